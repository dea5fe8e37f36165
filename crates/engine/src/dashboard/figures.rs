//! What was sold and used: by day and in all, over the last 30 days (UTC, today among them) and the 30 before.
//!
//! Licences, activations and payments of a day that is over do not change: they are counted once and kept in
//! memory. Only today is counted each time, and what was given back of earlier payments, which are few.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use domain::ids::TenantId;
use domain::money::Money;
use domain::timestamp::Timestamp;
use store::Conn;
use store::daily::{self, Days, Takings};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;

/// Days that are shown one by one.
const SHOWN: usize = 30;
/// The same, and as many before.
const COUNTED: i64 = 60;
const DAY_MILLIS: i64 = 86_400_000;
/// A transaction may be committed a little after the time that it names.
const SETTLED_AFTER_MINUTES: i64 = 15;
/// So that what a command wrote into the past is seen.
const KEPT_MINUTES: i64 = 10;

/// The figures of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// When each of the last 30 days began, the latest last.
    pub days: Vec<Timestamp>,
    /// Keys issued.
    pub keys: Counts,
    /// Devices that took a seat.
    pub activations: Counts,
    /// What was paid within the last 30 days, less what was given back of it; the currency with the most
    /// payments first.
    pub revenue: Vec<Money>,
}

/// One thing, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// On each of the last 30 days.
    pub by_day: Vec<i64>,
    /// In these 30 days.
    pub total: i64,
    /// In the 30 days before.
    pub before: i64,
}

/// Days that are over, by tenant and side.
#[derive(Default)]
pub(crate) struct PastDays(Mutex<HashMap<(TenantId, bool), Arc<Past>>>);

/// All that is counted of some days.
struct Past {
    days: Days,
    read_at: Timestamp,
    keys: Vec<i64>,
    activations: Vec<i64>,
    takings: Vec<Takings>,
}

/// The figures of one side, test or live.
pub(super) async fn find(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    livemode: bool,
) -> Result<Figures> {
    let now = engine.now();
    let (today, settled) = (day(now), day(now.plus_minutes(-SETTLED_AFTER_MINUTES)));
    let first = today - COUNTED + 1;
    let range = |first: i64, last: i64| Days {
        livemode,
        first,
        last,
    };
    let tenant = actor.tenant();
    let past = past(engine, conn, tenant, range(first, settled - 1)).await?;
    let latest = count(conn, tenant, (range(settled, today), now)).await?;
    let shown = today - i64::try_from(SHOWN).unwrap_or_default() + 1;
    let refunds = daily::refunds(conn, tenant, range(shown, today)).await?;
    Ok(Figures {
        days: (shown..=today).map(begin).collect(),
        keys: Counts::of(&past.keys, &latest.keys),
        activations: Counts::of(&past.activations, &latest.activations),
        revenue: revenue(past.takings.iter().chain(&latest.takings), &refunds),
    })
}

/// Days since 1970-01-01.
const fn day(at: Timestamp) -> i64 {
    at.millis().div_euclid(DAY_MILLIS)
}

fn begin(day: i64) -> Timestamp {
    Timestamp::from_millis(day * DAY_MILLIS)
}

async fn past(engine: &Engine, conn: &mut Conn, tenant: TenantId, days: Days) -> Result<Arc<Past>> {
    let now = engine.now();
    if let Some(known) = engine.past_days().find(tenant, (days, now)) {
        return Ok(known);
    }
    let past = Arc::new(count(conn, tenant, (days, now)).await?);
    engine.past_days().keep(tenant, past.clone());
    Ok(past)
}

/// Takings are those of the days that are shown one by one.
async fn count(conn: &mut Conn, tenant: TenantId, (days, now): (Days, Timestamp)) -> Result<Past> {
    let shown = day(now) - i64::try_from(SHOWN).unwrap_or_default() + 1;
    let paid = Days {
        first: days.first.max(shown),
        ..days
    };
    Ok(Past {
        days,
        read_at: now,
        keys: daily::licenses(conn, tenant, days).await?,
        activations: daily::activations(conn, tenant, days).await?,
        takings: daily::takings(conn, tenant, paid).await?,
    })
}

impl PastDays {
    fn find(&self, tenant: TenantId, (days, now): (Days, Timestamp)) -> Option<Arc<Past>> {
        let known = self.0.lock().expect("nothing panics while it holds this");
        let past = known.get(&(tenant, days.livemode))?;
        let is_fresh = now < past.read_at.plus_minutes(KEPT_MINUTES) && past.read_at <= now;
        (past.days == days && is_fresh).then(|| past.clone())
    }

    fn keep(&self, tenant: TenantId, past: Arc<Past>) {
        let mut known = self.0.lock().expect("nothing panics while it holds this");
        known.insert((tenant, past.days.livemode), past);
    }
}

impl Counts {
    fn of(past: &[i64], latest: &[i64]) -> Self {
        let all: Vec<i64> = past.iter().chain(latest).copied().collect();
        let (before, by_day) = all.split_at(all.len().saturating_sub(SHOWN));
        Self {
            total: by_day.iter().sum(),
            before: before.iter().sum(),
            by_day: by_day.to_vec(),
        }
    }
}

/// A payment whose currency nobody named counts nowhere.
fn revenue<'a>(takings: impl Iterator<Item = &'a Takings>, refunds: &[Takings]) -> Vec<Money> {
    let mut by_currency: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for taken in takings {
        let sum = by_currency.entry(&taken.currency).or_default();
        *sum = (sum.0 + taken.payments, sum.1 + taken.amount_minor);
    }
    for refund in refunds {
        by_currency.entry(&refund.currency).or_default().1 -= refund.amount_minor;
    }
    let mut sums: Vec<_> = by_currency.into_iter().collect();
    sums.sort_by_key(|(_, (payments, _))| -payments);
    let money =
        |(code, (_, minor)): (&str, (i64, i64))| Some(Money::new(minor, code.parse().ok()?));
    sums.into_iter().filter_map(money).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(currency: &str, amount_minor: i64, payments: i64) -> Takings {
        Takings {
            currency: currency.into(),
            amount_minor,
            payments,
        }
    }

    #[test]
    fn revenue_is_what_was_paid_less_what_was_given_back_the_commonest_currency_first() {
        let past = [taken("EUR", 5_000, 1), taken("USD", 900, 1)];
        let today = [taken("USD", 100, 2), taken("", 0, 9)];
        let found = revenue(past.iter().chain(&today), &[taken("USD", 400, 1)]);
        let found: Vec<_> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, ["6.00 USD", "50.00 EUR"]);
    }

    #[test]
    fn the_last_thirty_days_stand_one_by_one_and_those_before_as_a_sum() {
        let past: Vec<i64> = (1..=59).collect();
        let counts = Counts::of(&past, &[60]);
        assert_eq!(counts.by_day, (31..=60).collect::<Vec<_>>());
        assert_eq!((counts.before, counts.total), (465, 1_365));
    }

    #[test]
    fn past_days_are_believed_for_ten_minutes() {
        let (own, now) = (TenantId::from(1), Timestamp::from_millis(1_795_435_200_000));
        let days = Days {
            livemode: true,
            first: 1,
            last: 2,
        };
        let past = Past {
            days,
            read_at: now,
            keys: vec![1, 2],
            activations: vec![0, 0],
            takings: Vec::new(),
        };
        let kept = PastDays::default();
        kept.keep(own, Arc::new(past));
        let is_known = |tenant, days, now| kept.find(tenant, (days, now)).is_some();
        assert!(is_known(own, days, now.plus_minutes(9)));
        assert!(!is_known(own, days, now.plus_minutes(10)));
        assert!(!is_known(TenantId::from(2), days, now));
        assert!(!is_known(own, Days { last: 3, ..days }, now));
        let test = Days {
            livemode: false,
            ..days
        };
        assert!(!is_known(own, test, now));
    }
}
