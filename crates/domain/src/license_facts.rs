//! What is known of a licence when a program asks, and what stands in its way, in the one order
//! that validating and activating share: version first, then state, then date.

use crate::license_state::LicenseState;
use crate::seats::Seats;
use crate::timestamp::Timestamp;
use crate::version::is_outdated;

/// The product that the program named; where it named none, the licence's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductFacts<'a> {
    /// Neither inactive nor archived.
    pub is_active: bool,
    /// Days of a trial that begins now; 0 is none.
    pub trial_days: i32,
    /// The oldest version that is served.
    pub minimum_required_version: Option<&'a str>,
    /// Whether older ones are refused.
    pub enforce_version_check: bool,
}

impl ProductFacts<'_> {
    /// True where the product refuses this version. No version, or an unreadable one, is not.
    pub fn refuses(&self, version: Option<&str>) -> bool {
        self.enforce_version_check && is_outdated(version, self.minimum_required_version)
    }
}

/// One licence, found by its key or by an offline code that was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LicenseFacts {
    /// False where the program named another product, or a name that no product ever had.
    pub is_of_named_product: bool,
    /// Test or live.
    pub livemode: bool,
    /// The tenant's setting: whether keys of the test side work.
    pub test_keys_valid: bool,
    /// As its row says; its end is judged here.
    pub state: LicenseState,
    /// Its end; the last second is valid.
    pub expires_at: Timestamp,
    /// Its seats.
    pub seats: Seats,
    /// How this device stands to it.
    pub device: Standing,
}

impl LicenseFacts {
    /// True where its only seat is another device's; multi-seat licences are never bound to one.
    pub fn is_taken(&self) -> bool {
        !self.seats.is_multi_seat() && !self.seats.has_capacity()
    }
}

/// How a device stands to a licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Activated.
    Activated,
    /// Not activated, or not any more; also where it gave an offline code that was made for it.
    NotActivated,
    /// The offline code that was given is for another device.
    CodeOfAnother,
}

/// What stands in a licence's way on whichever device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Obstacle {
    /// The program is too old.
    VersionOutdated,
    /// No licence has this key.
    NotFound,
    /// The licence is for another product.
    ProductMismatch,
    /// A test key, and the tenant takes none.
    TestKey,
    /// Revoked.
    Revoked,
    /// Suspended.
    Suspended,
    /// Over.
    Expired,
}

/// The first of all that stands in the way; `None` where only the device is left to be judged.
pub fn obstacle(
    product: Option<&ProductFacts<'_>>,
    version: Option<&str>,
    license: Option<&LicenseFacts>,
    now: Timestamp,
) -> Option<Obstacle> {
    if product.is_some_and(|product| product.refuses(version)) {
        return Some(Obstacle::VersionOutdated);
    }
    let Some(license) = license else {
        return Some(Obstacle::NotFound);
    };
    if !license.is_of_named_product {
        return Some(Obstacle::ProductMismatch);
    }
    if !license.livemode && !license.test_keys_valid {
        return Some(Obstacle::TestKey);
    }
    match license.state.at(now, license.expires_at) {
        LicenseState::Active => None,
        LicenseState::Revoked => Some(Obstacle::Revoked),
        LicenseState::Suspended => Some(Obstacle::Suspended),
        LicenseState::Expired => Some(Obstacle::Expired),
    }
}

/// Facts that nothing is wrong with, for the tests of every judgement.
#[cfg(test)]
pub(crate) mod example {
    use super::{LicenseFacts, LicenseState, ProductFacts, Seats, Standing, Timestamp};

    // 2026-11-23T11:00:00Z
    pub(crate) const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    pub(crate) const PRODUCT: ProductFacts<'_> = ProductFacts {
        is_active: true,
        trial_days: 14,
        minimum_required_version: Some("2.0"),
        enforce_version_check: true,
    };

    pub(crate) const FRESH: LicenseFacts = LicenseFacts {
        is_of_named_product: true,
        livemode: true,
        test_keys_valid: true,
        state: LicenseState::Active,
        expires_at: NOW.plus_days(30),
        seats: Seats { max: None, used: 0 },
        device: Standing::NotActivated,
    };
}

#[cfg(test)]
mod tests {
    use super::example::{FRESH, NOW, PRODUCT};
    use super::*;
    use rstest::rstest;

    fn judge(version: &str, license: Option<LicenseFacts>) -> Option<Obstacle> {
        obstacle(Some(&PRODUCT), Some(version), license.as_ref(), NOW)
    }

    /// Everything is wrong at once; one after the other is mended.
    #[test]
    fn version_comes_first_then_whose_it_is_then_state_then_date() {
        let mut license = LicenseFacts {
            is_of_named_product: false,
            livemode: false,
            test_keys_valid: false,
            state: LicenseState::Revoked,
            expires_at: NOW.plus_days(-1),
            ..FRESH
        };
        assert_eq!(judge("1.9", Some(license)), Some(Obstacle::VersionOutdated));
        assert_eq!(judge("1.9", None), Some(Obstacle::VersionOutdated));
        assert_eq!(judge("2.0", None), Some(Obstacle::NotFound));
        assert_eq!(judge("2.0", Some(license)), Some(Obstacle::ProductMismatch));
        license.is_of_named_product = true;
        assert_eq!(judge("2.0", Some(license)), Some(Obstacle::TestKey));
        license.test_keys_valid = true;
        assert_eq!(judge("2.0", Some(license)), Some(Obstacle::Revoked));
        license.state = LicenseState::Suspended;
        assert_eq!(judge("2.0", Some(license)), Some(Obstacle::Suspended));
        license.state = LicenseState::Active;
        assert_eq!(judge("2.0", Some(license)), Some(Obstacle::Expired));
        license.expires_at = NOW;
        assert_eq!(judge("2.0", Some(license)), None);
    }

    #[test]
    fn live_keys_do_not_ask_for_the_setting_of_test_keys() {
        let license = LicenseFacts {
            test_keys_valid: false,
            ..FRESH
        };
        assert_eq!(judge("2.0", Some(license)), None);
    }

    #[rstest]
    #[case(Some("1.0"), None, true)]
    #[case(None, Some("2.0"), true)]
    #[case(Some("1.0"), Some("2.0"), false)]
    fn an_old_version_is_refused_only_where_it_is_said_and_enforced(
        #[case] version: Option<&str>,
        #[case] minimum_required_version: Option<&str>,
        #[case] enforce_version_check: bool,
    ) {
        let product = ProductFacts {
            minimum_required_version,
            enforce_version_check,
            ..PRODUCT
        };
        assert_eq!(obstacle(Some(&product), version, Some(&FRESH), NOW), None);
    }
}
