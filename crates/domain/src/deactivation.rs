//! Whether a device may give its activation back: only itself, and not too often.

use crate::activation::RefusalCode;
use crate::timestamp::Timestamp;

/// Why a key cannot be deactivated. Its text is one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeactivationRefusal {
    /// No licence has this key.
    #[error("No licence has this key. Check it against the mail that it came in.")]
    UnknownKey,
    /// The licence is for another product.
    #[error("This key is for another product. Use the key of this product.")]
    ProductMismatch,
    /// This device never had it.
    #[error("This key is not activated on this device. Deactivate it on the device that uses it.")]
    HardwareMismatch,
    /// Too soon after the last one.
    #[error("This licence was deactivated a short while ago. Try again after {until}.")]
    Cooldown {
        /// From then on.
        until: Timestamp,
        /// Seconds from now, at least 1.
        retry_after_seconds: u64,
    },
}

impl DeactivationRefusal {
    /// The word for programs.
    pub const fn code(&self) -> RefusalCode {
        match self {
            Self::UnknownKey => RefusalCode::InvalidKey,
            Self::ProductMismatch => RefusalCode::ProductMismatch,
            Self::HardwareMismatch => RefusalCode::HardwareMismatch,
            Self::Cooldown { .. } => RefusalCode::Cooldown,
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deactivation {
    /// End the activation and free its seat.
    Deactivate,
    /// It was deactivated on this device before: the same answer again, nothing is written.
    Already,
}

/// How a device stands to the licence that it gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// Activated.
    Activated,
    /// Was activated once.
    GivenBack,
    /// Never was.
    Never,
}

/// A licence that a device wants to give back. State and date do not matter: a licence that is over
/// may be given back too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// False where the program named another product, or a name that no product ever had.
    pub is_of_named_product: bool,
    /// How this device stands to it.
    pub device: Holding,
    /// When it was deactivated last, on whichever device.
    pub last_deactivated_at: Option<Timestamp>,
    /// The product's hours between two deactivations of a licence; `None` and 0 are no wait.
    pub cooldown_hours: Option<i32>,
}

/// Judges a deactivation; `None` is a key of no licence. Deactivating twice on one device is fine.
pub fn judge_deactivation(
    license: Option<&Facts>,
    now: Timestamp,
) -> Result<Deactivation, DeactivationRefusal> {
    let license = license.ok_or(DeactivationRefusal::UnknownKey)?;
    if !license.is_of_named_product {
        return Err(DeactivationRefusal::ProductMismatch);
    }
    match license.device {
        Holding::Never => Err(DeactivationRefusal::HardwareMismatch),
        Holding::GivenBack => Ok(Deactivation::Already),
        Holding::Activated => cooled_down(license, now).map(|()| Deactivation::Deactivate),
    }
}

fn cooled_down(license: &Facts, now: Timestamp) -> Result<(), DeactivationRefusal> {
    let hours = i64::from(license.cooldown_hours.unwrap_or(0).max(0));
    let Some(last) = license.last_deactivated_at else {
        return Ok(());
    };
    let until = last.plus_hours(hours);
    if now >= until {
        return Ok(());
    }
    let millis = until.millis().saturating_sub(now.millis()).unsigned_abs();
    Err(DeactivationRefusal::Cooldown {
        until,
        retry_after_seconds: millis.div_ceil(1_000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // 2026-11-23T11:00:00Z
    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    const HERE: Facts = Facts {
        is_of_named_product: true,
        device: Holding::Activated,
        last_deactivated_at: None,
        cooldown_hours: None,
    };

    const fn after(millis: i64, cooldown_hours: Option<i32>) -> Facts {
        Facts {
            last_deactivated_at: Some(NOW.plus_millis(-millis)),
            cooldown_hours,
            ..HERE
        }
    }

    fn code(license: Option<&Facts>) -> &'static str {
        match judge_deactivation(license, NOW) {
            Ok(Deactivation::Deactivate) => "deactivate",
            Ok(Deactivation::Already) => "already",
            Err(refusal) => refusal.code().as_str(),
        }
    }

    #[rstest]
    #[case::unknown(None, "invalid_key")]
    #[case::here(Some(HERE), "deactivate")]
    #[case::twice(Some(Facts { device: Holding::GivenBack, ..HERE }), "already")]
    #[case::another_device(Some(Facts { device: Holding::Never, ..HERE }), "hardware_mismatch")]
    #[case::another_product(Some(Facts { is_of_named_product: false, ..HERE }), "product_mismatch")]
    #[case::without_a_cooldown(Some(after(1, None)), "deactivate")]
    #[case::a_cooldown_of_nothing(Some(after(0, Some(0))), "deactivate")]
    #[case::for_the_first_time(Some(Facts { cooldown_hours: Some(24), ..HERE }), "deactivate")]
    #[case::too_soon(Some(after(86_399_999, Some(24))), "cooldown")]
    #[case::long_enough_ago(Some(after(86_400_000, Some(24))), "deactivate")]
    #[case::twice_while_cooling_down(
        Some(Facts { device: Holding::GivenBack, ..after(1, Some(24)) }), "already")]
    fn a_deactivation_is_answered(#[case] license: Option<Facts>, #[case] answer: &str) {
        assert_eq!(code(license.as_ref()), answer);
    }

    #[rstest]
    #[case(3_600_000, 82_800)]
    #[case(86_399_999, 1)]
    #[case(86_398_999, 2)]
    fn a_cooldown_says_how_long(#[case] millis_ago: i64, #[case] seconds: u64) {
        let refusal = judge_deactivation(Some(&after(millis_ago, Some(24))), NOW);
        let expected = DeactivationRefusal::Cooldown {
            until: NOW.plus_millis(-millis_ago).plus_hours(24),
            retry_after_seconds: seconds,
        };
        assert_eq!(refusal, Err(expected));
    }

    #[test]
    fn a_cooldown_names_its_end() {
        let refusal = judge_deactivation(Some(&after(3_600_000, Some(24))), NOW);
        assert_eq!(
            refusal.expect_err("too soon").to_string(),
            "This licence was deactivated a short while ago. Try again after 2026-11-24T10:00:00Z."
        );
    }
}
