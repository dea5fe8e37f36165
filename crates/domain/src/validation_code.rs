//! The words that answer a program, and the sentence for the person in front of it.

use crate::license_facts::Obstacle;
use crate::words::words;

words! {
    /// The answer in one word, as client libraries know it.
    pub enum Status as "validation status" {
        /// A key is valid on this device.
        Licensed => "licensed",
        /// A trial is running.
        Trial => "trial",
        /// A licence or a trial is over.
        Expired => "expired",
        /// Anything else that is in the way; the code says what.
        Invalid => "invalid",
        /// The program must be updated first.
        VersionOutdated => "version_outdated",
    }
}

words! {
    /// Why, for programs that want to know more than the status.
    pub enum Code as "validation code" {
        /// Nothing is in the way.
        Ok => "ok",
        /// No licence has this key; without a key: no product to try has this name.
        NotFound => "not_found",
        /// The licence was taken back.
        Revoked => "revoked",
        /// The licence is held back.
        Suspended => "suspended",
        /// The key is fine and this device was never activated, or not since.
        NotActivated => "not_activated",
        /// The key is bound to another device.
        HardwareMismatch => "hardware_mismatch",
        /// The key is for another product.
        ProductMismatch => "product_mismatch",
        /// A test key, and the tenant takes none.
        TestKey => "test_key",
        /// No key, on a device that once had one: never a trial again.
        TrialUsed => "trial_used",
        /// The licence is over.
        Expired => "expired",
        /// The trial is over, or the product has none.
        TrialOver => "trial_over",
        /// The program is older than the product's minimum.
        VersionOutdated => "version_outdated",
    }
}

impl Code {
    /// One sentence for people that says what to do.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Ok => "Everything is in order.",
            Self::NotFound => "No licence has this key. Check it against the mail that it came in.",
            Self::Revoked => "This licence was revoked. Ask the seller why.",
            Self::Suspended => "This licence is suspended. Ask the seller what to do.",
            Self::NotActivated => "This key is not activated on this device. Activate it first.",
            Self::HardwareMismatch => {
                "This key is in use on another device. Deactivate it there, then activate it here."
            }
            Self::ProductMismatch => {
                "This key is for another product. Use the key of this product."
            }
            Self::TestKey => "This is a test key, and test keys are switched off. Use a live key.",
            Self::TrialUsed => {
                "This device had a licence, so there is no trial any more. Enter the key again."
            }
            Self::Expired => "This licence is over. Renew it to go on.",
            Self::TrialOver => "This device has no trial left. Enter an activation key to go on.",
            Self::VersionOutdated => {
                "This version is not supported any more. Update the program first."
            }
        }
    }

    /// The status that goes with it; a running trial's is `trial`.
    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Ok => Status::Licensed,
            Self::Expired | Self::TrialOver => Status::Expired,
            Self::VersionOutdated => Status::VersionOutdated,
            Self::NotFound
            | Self::Revoked
            | Self::Suspended
            | Self::NotActivated
            | Self::HardwareMismatch
            | Self::ProductMismatch
            | Self::TestKey
            | Self::TrialUsed => Status::Invalid,
        }
    }
}

impl From<Obstacle> for Code {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::VersionOutdated => Self::VersionOutdated,
            Obstacle::NotFound => Self::NotFound,
            Obstacle::ProductMismatch => Self::ProductMismatch,
            Obstacle::TestKey => Self::TestKey,
            Obstacle::Revoked => Self::Revoked,
            Obstacle::Suspended => Self::Suspended,
            Obstacle::Expired => Self::Expired,
        }
    }
}
