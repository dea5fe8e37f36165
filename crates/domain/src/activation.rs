//! Whether a key may be activated on a device, and deactivated again.

use crate::license_facts::{LicenseFacts, Obstacle, ProductFacts, Standing, obstacle};
use crate::timestamp::Timestamp;
use crate::words::words;

words! {
    /// Why not, in one word for programs.
    pub enum RefusalCode as "refusal" {
        /// No licence has this key, or it is a test key that is not taken any more.
        InvalidKey => "invalid_key",
        /// The licence is over.
        Expired => "expired",
        /// The licence was taken back.
        Revoked => "revoked",
        /// The licence, or every new activation of its product or plan, is held back.
        Suspended => "suspended",
        /// The key is for another product.
        ProductMismatch => "product_mismatch",
        /// The licence is for one device, and in use on another.
        AlreadyActivated => "already_activated",
        /// All seats are taken.
        SeatsExhausted => "seats_exhausted",
        /// The program is older than the product's minimum.
        VersionOutdated => "version_outdated",
        /// Deactivation: the key is not activated on this device.
        HardwareMismatch => "hardware_mismatch",
        /// Deactivation: too soon after the last one.
        Cooldown => "cooldown",
    }
}

/// Why a key cannot be activated. Its text is one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActivationRefusal {
    /// No licence has this key.
    #[error("No licence has this key. Check it against the mail that it came in.")]
    UnknownKey,
    /// A test key after Go live.
    #[error("This is a test key, and test keys are switched off. Use a live key.")]
    TestKey,
    /// The licence is for another product.
    #[error("This key is for another product. Use the key of this product.")]
    ProductMismatch,
    /// Revoked.
    #[error("This licence was revoked. Ask the seller why.")]
    Revoked,
    /// Suspended.
    #[error("This licence is suspended. Ask the seller what to do.")]
    Suspended,
    /// Over.
    #[error("This licence is over. Renew it, then activate it.")]
    Expired,
    /// The product or the plan is inactive.
    #[error(
        "New activations are switched off for this product. Ask the seller; devices that are \
         activated already go on working."
    )]
    NotOffered,
    /// The offline code is for another device.
    #[error("This offline code is for another device. Ask the seller for one for this device.")]
    CodeOfAnother,
    /// In use on another device.
    #[error("This key is in use on another device. Deactivate it there, then activate it here.")]
    AlreadyActivated,
    /// All seats are taken.
    #[error(
        "All {max_seats} seats of this licence are taken. Deactivate it on another device, or ask \
         the seller for more seats."
    )]
    SeatsExhausted {
        /// Seats of the licence.
        max_seats: i32,
    },
    /// The program is too old.
    #[error("This version is not supported any more. Update to version {minimum} or newer first.")]
    VersionOutdated {
        /// The product's minimum as the seller wrote it.
        minimum: String,
    },
}

impl ActivationRefusal {
    /// The word for programs.
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::UnknownKey | Self::TestKey => RefusalCode::InvalidKey,
            Self::ProductMismatch => RefusalCode::ProductMismatch,
            Self::Revoked => RefusalCode::Revoked,
            Self::Suspended | Self::NotOffered => RefusalCode::Suspended,
            Self::Expired => RefusalCode::Expired,
            Self::CodeOfAnother | Self::AlreadyActivated => RefusalCode::AlreadyActivated,
            Self::SeatsExhausted { .. } => RefusalCode::SeatsExhausted,
            Self::VersionOutdated { .. } => RefusalCode::VersionOutdated,
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Take a seat by ONE conditional update; who finds none left asks [`no_seat_left`].
    Activate,
    /// It is activated on this device: the same answer again, nothing is written.
    Already,
}

/// Everything that an activation is judged from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The named product; `None` where no product ever had the name.
    pub product: Option<ProductFacts<'a>>,
    /// The program's version as it says it.
    pub version: Option<&'a str>,
    /// The licence; `None` where the key is no licence's.
    pub license: Option<LicenseFacts>,
    /// Whether its plan still is offered; true where it has none.
    pub is_plan_active: bool,
}

/// Judges an activation, in the order in which validating judges. Activating twice on one device is
/// fine, even where new activations are switched off.
pub fn judge_activation(
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<Activation, ActivationRefusal> {
    let product = facts.product.as_ref();
    let license = facts.license.as_ref();
    if let Some(obstacle) = obstacle(product, facts.version, license, now) {
        return Err(refusal(obstacle, product));
    }
    let Some(license) = license else {
        return Err(ActivationRefusal::UnknownKey);
    };
    match license.device {
        Standing::Activated => return Ok(Activation::Already),
        Standing::CodeOfAnother => return Err(ActivationRefusal::CodeOfAnother),
        Standing::NotActivated => {}
    }
    if !facts.is_plan_active || product.is_some_and(|product| !product.is_active) {
        return Err(ActivationRefusal::NotOffered);
    }
    if license.seats.has_capacity() {
        Ok(Activation::Activate)
    } else {
        Err(no_seat_left(license.seats.max))
    }
}

/// The refusal of a licence without a free seat, also for who lost the race for the last one.
pub fn no_seat_left(max_seats: Option<i32>) -> ActivationRefusal {
    max_seats.map_or(ActivationRefusal::AlreadyActivated, |max_seats| {
        ActivationRefusal::SeatsExhausted { max_seats }
    })
}

fn refusal(obstacle: Obstacle, product: Option<&ProductFacts<'_>>) -> ActivationRefusal {
    match obstacle {
        Obstacle::NotFound => ActivationRefusal::UnknownKey,
        Obstacle::ProductMismatch => ActivationRefusal::ProductMismatch,
        Obstacle::TestKey => ActivationRefusal::TestKey,
        Obstacle::Revoked => ActivationRefusal::Revoked,
        Obstacle::Suspended => ActivationRefusal::Suspended,
        Obstacle::Expired => ActivationRefusal::Expired,
        Obstacle::VersionOutdated => ActivationRefusal::VersionOutdated {
            minimum: product
                .and_then(|product| product.minimum_required_version)
                .unwrap_or_default()
                .to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license_facts::example::{FRESH, NOW, PRODUCT};
    use crate::license_state::LicenseState;
    use crate::seats::Seats;
    use rstest::rstest;

    const fn facts(license: LicenseFacts) -> Facts<'static> {
        Facts {
            product: Some(PRODUCT),
            version: Some("2.0"),
            license: Some(license),
            is_plan_active: true,
        }
    }

    const fn here(license: LicenseFacts) -> LicenseFacts {
        LicenseFacts {
            device: Standing::Activated,
            ..license
        }
    }

    const fn seats(max: Option<i32>, used: i32) -> LicenseFacts {
        LicenseFacts {
            seats: Seats { max, used },
            ..FRESH
        }
    }

    fn code(facts: &Facts<'_>) -> &'static str {
        match judge_activation(facts, NOW) {
            Ok(Activation::Activate) => "activate",
            Ok(Activation::Already) => "already",
            Err(refusal) => refusal.code().as_str(),
        }
    }

    #[rstest]
    #[case::fresh(FRESH, "activate")]
    #[case::again_on_the_same_device(here(seats(None, 1)), "already")]
    #[case::on_a_second_device(seats(None, 1), "already_activated")]
    #[case::the_last_seat(seats(Some(5), 4), "activate")]
    #[case::no_seat_left(seats(Some(5), 5), "seats_exhausted")]
    #[case::a_seat_of_its_own_though_none_is_left(here(seats(Some(5), 5)), "already")]
    #[case::a_seat_too_many_after_a_cut(seats(Some(2), 5), "seats_exhausted")]
    #[case::another_devices_code(
        LicenseFacts { device: Standing::CodeOfAnother, ..FRESH }, "already_activated")]
    #[case::of_another_product(
        LicenseFacts { is_of_named_product: false, ..FRESH }, "product_mismatch")]
    #[case::a_test_key(LicenseFacts { livemode: false, ..FRESH }, "activate")]
    #[case::a_test_key_after_go_live(
        LicenseFacts { livemode: false, test_keys_valid: false, ..FRESH }, "invalid_key")]
    #[case::revoked(LicenseFacts { state: LicenseState::Revoked, ..FRESH }, "revoked")]
    #[case::suspended(LicenseFacts { state: LicenseState::Suspended, ..FRESH }, "suspended")]
    #[case::revoked_though_activated(
        LicenseFacts { state: LicenseState::Revoked, ..here(FRESH) }, "revoked")]
    #[case::over(LicenseFacts { expires_at: NOW.plus_seconds(-1), ..FRESH }, "expired")]
    #[case::over_and_full(
        LicenseFacts { expires_at: NOW.plus_seconds(-1), ..seats(None, 1) }, "expired")]
    #[case::its_last_second(LicenseFacts { expires_at: NOW, ..FRESH }, "activate")]
    fn an_activation_is_answered(#[case] license: LicenseFacts, #[case] answer: &str) {
        assert_eq!(code(&facts(license)), answer);
    }

    #[test]
    fn a_text_that_is_no_licences_key_is_refused() {
        let unknown = Facts {
            license: None,
            ..facts(FRESH)
        };
        assert_eq!(code(&unknown), "invalid_key");
        let nothing_known = Facts {
            product: None,
            ..unknown
        };
        assert_eq!(code(&nothing_known), "invalid_key");
    }

    #[rstest]
    #[case(facts(FRESH))]
    #[case(facts(here(FRESH)))]
    #[case(facts(LicenseFacts { state: LicenseState::Revoked, ..FRESH }))]
    #[case(Facts { license: None, ..facts(FRESH) })]
    fn an_outdated_version_is_said_before_all_else(#[case] facts: Facts<'_>) {
        let old = Facts {
            version: Some("1.9"),
            ..facts
        };
        assert_eq!(code(&old), "version_outdated");
    }

    #[rstest]
    #[case::product(Facts { product: Some(ProductFacts { is_active: false, ..PRODUCT }), ..facts(FRESH) })]
    #[case::plan(Facts { is_plan_active: false, ..facts(FRESH) })]
    fn what_is_not_offered_is_not_activated_anew(#[case] facts: Facts<'_>) {
        assert_eq!(code(&facts), "suspended");
        assert_eq!(
            judge_activation(&facts, NOW),
            Err(ActivationRefusal::NotOffered)
        );
        let again = Facts {
            license: Some(here(FRESH)),
            ..facts
        };
        assert_eq!(code(&again), "already");
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        assert_eq!(
            no_seat_left(Some(5)).to_string(),
            "All 5 seats of this licence are taken. Deactivate it on another device, or ask the \
             seller for more seats."
        );
        let old = Facts {
            version: Some("1.9"),
            ..facts(FRESH)
        };
        let refusal = judge_activation(&old, NOW).expect_err("too old");
        assert_eq!(
            refusal.to_string(),
            "This version is not supported any more. Update to version 2.0 or newer first."
        );
    }
}
