//! How much wants attention: the counts that stand beside every page, cheap enough for that.

use store::event_log::{self, FailureFilter};
use store::{mails, orders};

use crate::Engine;
use crate::actor::Actor;
use crate::dashboard::problems::FAILURES_DAYS;
use crate::error::Result;
use crate::stripe::events::sees_shared;

/// Counted one by one at most; nobody reads a larger number differently.
const COUNTED: i64 = 100;

/// Counts of one side, test or live.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanting {
    /// Events and deliveries that failed within the last 7 days.
    pub failed_events: i64,
    /// Payments that wait for a decision, at most 100.
    pub reviews: i64,
    /// Mails that were given up within the last 7 days.
    pub failed_mails: i64,
}

/// The counts of one side.
pub async fn execute(engine: &Engine, actor: &Actor, livemode: bool) -> Result<Wanting> {
    actor.may_read()?;
    let tenant = actor.tenant();
    let mut conn = engine.read().await?;
    let failures = FailureFilter {
        livemode,
        since: engine.now().plus_days(-FAILURES_DAYS).millis(),
        with_shared: sees_shared(&mut conn, actor).await?,
    };
    let causes = event_log::failed_causes(&mut conn, tenant, &failures).await?;
    let reviews = orders::list_by_state(&mut conn, tenant, (livemode, "review"), COUNTED).await?;
    let given_up = (livemode, failures.since);
    Ok(Wanting {
        failed_events: causes.iter().map(|cause| cause.count).sum(),
        reviews: i64::try_from(reviews.len()).unwrap_or(COUNTED),
        failed_mails: mails::count_failed(&mut conn, tenant, given_up).await?,
    })
}
