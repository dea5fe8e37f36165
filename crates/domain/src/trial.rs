//! Trying a product without a key: counted from a device's first contact, once and for ever.

use crate::timestamp::Timestamp;

/// What is remembered of a device and a product, whatever became of it since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialDevice {
    /// Fixed at the first contact by [`ends_at`]; no later setting moves it.
    pub trial_ends_at: Timestamp,
    /// A key of this product was activated here, even if it was deactivated since.
    pub was_activated: bool,
}

impl TrialDevice {
    /// A device that makes its first contact just now.
    pub fn first_contact(now: Timestamp, trial_days: i32) -> Self {
        Self {
            trial_ends_at: ends_at(now, trial_days),
            was_activated: false,
        }
    }

    /// How its trial stands. Who ever had a key has no trial any more.
    pub fn judge(self, now: Timestamp) -> Trial {
        if self.was_activated {
            Trial::Used
        } else if now < self.trial_ends_at {
            Trial::Running
        } else {
            Trial::Over
        }
    }
}

/// How a device's trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// May be used.
    Running,
    /// Its days are over, or the product has none.
    Over,
    /// A key was activated on the device: never a trial again.
    Used,
}

/// The moment when a trial is over: so many times 24 hours after the first contact, to the
/// millisecond; with 0 days there is none. Negative days count as 0.
pub fn ends_at(first_contact: Timestamp, trial_days: i32) -> Timestamp {
    first_contact.plus_days(i64::from(trial_days.max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const FIRST: Timestamp = Timestamp::from_millis(1_795_431_900_250);

    #[rstest]
    #[case::at_once(14, 0, Trial::Running)]
    #[case::on_the_last_millisecond(14, 14 * 86_400_000 - 1, Trial::Running)]
    #[case::after_it(14, 14 * 86_400_000, Trial::Over)]
    #[case::a_clock_set_back(14, -1_000, Trial::Running)]
    #[case::without_a_trial(0, 0, Trial::Over)]
    #[case::nonsense(-3, 0, Trial::Over)]
    fn a_trial_counts_whole_days_from_the_first_contact(
        #[case] days: i32,
        #[case] later: i64,
        #[case] trial: Trial,
    ) {
        let device = TrialDevice::first_contact(FIRST, days);
        assert_eq!(device.judge(FIRST.plus_millis(later)), trial);
    }

    #[rstest]
    #[case(0)]
    #[case(30)]
    fn who_ever_had_a_key_has_no_trial_any_more(#[case] days_later: i64) {
        let device = TrialDevice {
            was_activated: true,
            ..TrialDevice::first_contact(FIRST, 14)
        };
        assert_eq!(device.judge(FIRST.plus_days(days_later)), Trial::Used);
    }
}
