//! A licence's state, from all facts by one pure function.

use crate::timestamp::Timestamp;
use crate::words::words;

words! {
    /// What a licence is just now.
    pub enum LicenseState as "license state" {
        /// May be used.
        Active => "active",
        /// Held back for a while.
        Suspended => "suspended",
        /// Taken back for good.
        Revoked => "revoked",
        /// Over.
        Expired => "expired",
    }
}

impl LicenseState {
    /// The state at `now` of a licence whose row says `self`: nobody writes the row at its end.
    /// The licence's last second is valid.
    #[must_use]
    pub const fn at(self, now: Timestamp, expires_at: Timestamp) -> Self {
        match self {
            Self::Active if now.unix_seconds() > expires_at.unix_seconds() => Self::Expired,
            state => state,
        }
    }
}

words! {
    /// What a hold does.
    pub enum HoldKind as "hold kind" {
        /// Until it is lifted.
        Suspend => "suspend",
        /// For good, unless it is lifted.
        Revoke => "revoke",
    }
}

words! {
    /// Where a hold comes from; lifting one cause never lifts another.
    pub enum HoldCause as "hold cause" {
        /// A person or a program of the tenant.
        Manual => "manual",
        /// The payment was refunded.
        Refund => "refund",
        /// The payment is disputed.
        Dispute => "dispute",
        /// The subscription is paused or over.
        Subscription => "subscription",
    }
}

/// One reason to hold a licence back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// What it does.
    pub kind: HoldKind,
    /// When it was taken away again.
    pub lifted_at: Option<Timestamp>,
}

/// Revoked beats suspended beats expired. The end belongs to the licence: its last second is valid.
pub fn state(holds: &[Hold], expires_at: Timestamp, now: Timestamp) -> LicenseState {
    let has = |kind| {
        holds
            .iter()
            .any(|hold| hold.kind == kind && hold.lifted_at.is_none())
    };
    if has(HoldKind::Revoke) {
        LicenseState::Revoked
    } else if has(HoldKind::Suspend) {
        LicenseState::Suspended
    } else {
        LicenseState::Active.at(now, expires_at)
    }
}

#[cfg(test)]
mod tests {
    use super::HoldKind::{Revoke, Suspend};
    use super::*;
    use rstest::rstest;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    const fn hold(kind: HoldKind) -> Hold {
        Hold {
            kind,
            lifted_at: None,
        }
    }

    const fn lifted(kind: HoldKind) -> Hold {
        Hold {
            kind,
            lifted_at: Some(NOW),
        }
    }

    #[rstest]
    #[case(&[], 1, "active")]
    #[case(&[], 0, "active")]
    #[case(&[], -1, "expired")]
    #[case(&[hold(Suspend)], 1, "suspended")]
    #[case(&[hold(Suspend)], -1, "suspended")]
    #[case(&[lifted(Suspend)], 1, "active")]
    #[case(&[lifted(Suspend), hold(Suspend)], 1, "suspended")]
    #[case(&[hold(Suspend), hold(Revoke)], 1, "revoked")]
    #[case(&[hold(Suspend), lifted(Revoke)], 1, "suspended")]
    #[case(&[hold(Revoke)], -1, "revoked")]
    fn the_strongest_open_hold_counts_then_the_end(
        #[case] holds: &[Hold],
        #[case] seconds_left: i64,
        #[case] word: &str,
    ) {
        let now = NOW.plus_millis(999);
        assert_eq!(
            state(holds, NOW.plus_seconds(seconds_left), now).as_str(),
            word
        );
    }

    #[rstest]
    #[case(LicenseState::Active, -1, LicenseState::Expired)]
    #[case(LicenseState::Active, 0, LicenseState::Active)]
    #[case(LicenseState::Suspended, -1, LicenseState::Suspended)]
    #[case(LicenseState::Revoked, -1, LicenseState::Revoked)]
    fn only_what_was_good_expires(
        #[case] stored: LicenseState,
        #[case] seconds_left: i64,
        #[case] shown: LicenseState,
    ) {
        assert_eq!(stored.at(NOW, NOW.plus_seconds(seconds_left)), shown);
    }
}
