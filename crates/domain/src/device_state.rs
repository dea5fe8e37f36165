//! How a device stands to a product: trying it, having a licence, or neither any more.

use crate::timestamp::Timestamp;
use crate::trial::{Trial, TrialDevice};
use crate::words::words;

words! {
    /// How a device stands to a product now.
    pub enum DeviceState as "state of a device" {
        /// Its trial runs.
        OnTrial => "on_trial",
        /// Its trial is over, or there was none.
        TrialOver => "trial_over",
        /// A licence of the product is activated on it.
        Activated => "activated",
        /// A licence was activated on it, and is not any more: never a trial again.
        TrialUsed => "trial_used",
    }
}

words! {
    /// In which order devices are listed.
    pub enum DeviceOrder as "order of devices" {
        /// What was seen last comes first.
        LastSeen => "last_seen",
        /// What was seen for the first time most lately comes first.
        FirstSeen => "first_seen",
        /// By the alphabet.
        HardwareId => "hardware_id",
    }
}

impl DeviceState {
    /// The state of a device that has, or has not, an activated licence.
    pub fn of(device: TrialDevice, now: Timestamp, license: Standing) -> Self {
        match (license, device.judge(now)) {
            (Standing::Licensed, _) => Self::Activated,
            (Standing::Unlicensed, Trial::Running) => Self::OnTrial,
            (Standing::Unlicensed, Trial::Over) => Self::TrialOver,
            (Standing::Unlicensed, Trial::Used) => Self::TrialUsed,
        }
    }
}

/// Whether a licence of the product is activated on a device now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// One is.
    Licensed,
    /// None is.
    Unlicensed,
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    #[rstest]
    #[case::running(1, false, Standing::Unlicensed, DeviceState::OnTrial)]
    #[case::at_its_end(0, false, Standing::Unlicensed, DeviceState::TrialOver)]
    #[case::never_again(1, true, Standing::Unlicensed, DeviceState::TrialUsed)]
    #[case::with_a_licence(1, true, Standing::Licensed, DeviceState::Activated)]
    fn a_device_is_in_one_state(
        #[case] millis_left: i64,
        #[case] was_activated: bool,
        #[case] license: Standing,
        #[case] state: DeviceState,
    ) {
        let device = TrialDevice {
            trial_ends_at: NOW.plus_millis(millis_left),
            was_activated,
        };
        assert_eq!(DeviceState::of(device, NOW, license), state);
    }
}
