//! Deliveries that nobody vouches for: written behind, few per address, few in all.

use std::sync::{Mutex, MutexGuard};

use domain::ids::{StripeAppId, TenantId};
use domain::timestamp::Timestamp;
use store::stripe_deliveries::{self, StripeDelivery};
use uuid::Uuid;

use crate::Engine;
use crate::error::Result;

/// Rows that are kept at most, and for how long.
const KEEP_ROWS: i64 = 1_000;
const KEEP_DAYS: i64 = 7;
/// Bodies above this are not kept, only measured.
const KEEP_BODY: usize = 64 * 1024;
/// Deliveries that wait for the next flush at most; more are dropped, for they prove nothing.
const WAITING: usize = 256;

/// What the webhook refused, on its way to the table.
#[derive(Default)]
pub(crate) struct Deliveries(Mutex<Vec<StripeDelivery>>);

/// A refused delivery as it came.
pub(crate) struct Refused<'a> {
    /// The app that the URL names; none for the shared URL.
    pub app: Option<(TenantId, StripeAppId)>,
    /// What the body claims to be.
    pub claimed: (String, String),
    /// `failed` or `received`.
    pub status: &'static str,
    /// Why.
    pub cause: String,
    /// The signature header.
    pub signature: &'a str,
    /// The body.
    pub body: &'a [u8],
}

impl Deliveries {
    /// Puts a refused delivery aside for the next flush. Never waits.
    pub(crate) fn put_aside(&self, engine: &Engine, refused: Refused<'_>) -> Result<()> {
        let now = engine.now().millis();
        let id = engine.new_id::<domain::ids::StripeDeliveryId>();
        let body_sealed = if refused.body.len() <= KEEP_BODY {
            let nonce = engine.random();
            let sealed =
                engine
                    .installation()
                    .seal_delivery(nonce, &id.to_string(), refused.body)?;
            Some(sealed)
        } else {
            None
        };
        let row = StripeDelivery {
            id,
            tenant_id: refused.app.map(|(tenant, _)| tenant.get()),
            app_id: refused.app.map(|(_, app)| app.get()),
            claimed_event_id: refused.claimed.0,
            claimed_type: refused.claimed.1,
            status: refused.status.into(),
            cause: refused.cause,
            signature: refused.signature.chars().take(1024).collect(),
            body_sealed,
            body_bytes: i64::try_from(refused.body.len()).unwrap_or(i64::MAX),
            receipts: 1,
            first_at: now,
            last_at: now,
        };
        self.push(row);
        Ok(())
    }

    fn push(&self, row: StripeDelivery) {
        keep(&mut self.lock(), row);
    }

    /// In one order: two nodes that count up the same rows never wait crosswise.
    fn take(&self) -> Vec<StripeDelivery> {
        let mut taken = std::mem::take(&mut *self.lock());
        taken.sort_by(|one, other| place(one).cmp(&place(other)));
        taken
    }

    /// What could not be written, together with what came since.
    fn put_back(&self, taken: Vec<StripeDelivery>) {
        let mut waiting = self.lock();
        let newer = std::mem::replace(&mut *waiting, taken);
        for row in newer {
            keep(&mut waiting, row);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<StripeDelivery>> {
        self.0
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

/// What makes two deliveries one row: the URL and the claimed id.
fn place(row: &StripeDelivery) -> (Option<Uuid>, &str) {
    (row.app_id, &row.claimed_event_id)
}

fn keep(waiting: &mut Vec<StripeDelivery>, row: StripeDelivery) {
    let same = |known: &&mut StripeDelivery| place(known) == place(&row);
    if let Some(known) = waiting.iter_mut().find(same) {
        known.receipts += row.receipts;
        known.last_at = row.last_at;
    } else if waiting.len() < WAITING {
        waiting.push(row);
    }
}

/// Writes what was put aside and forgets what is too old or too much; what could not be written waits for
/// the next time. The worker calls it every second and at shutdown; a crash loses at most what waits.
pub async fn flush(engine: &Engine) -> Result<usize> {
    let rows = engine.deliveries().take();
    if rows.is_empty() {
        return Ok(0);
    }
    if let Err(error) = write(engine, &rows).await {
        engine.deliveries().put_back(rows);
        return Err(error);
    }
    prune(engine).await?;
    Ok(rows.len())
}

async fn write(engine: &Engine, rows: &[StripeDelivery]) -> Result<()> {
    let mut tx = engine.begin();
    for row in rows {
        stripe_deliveries::record(&mut tx, row).await?;
    }
    Ok(tx.commit().await?)
}

/// Forgets refused deliveries that are too old; the flush does it too, but only where new ones came.
pub(crate) async fn prune(engine: &Engine) -> Result<()> {
    let mut tx = engine.begin();
    stripe_deliveries::prune(&mut tx, oldest(engine.now()), KEEP_ROWS).await?;
    Ok(tx.commit().await?)
}

fn oldest(now: Timestamp) -> i64 {
    now.plus_days(-KEEP_DAYS).millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(event: &str, at: i64) -> StripeDelivery {
        StripeDelivery {
            id: Uuid::from_u128(at.unsigned_abs().into()).into(),
            tenant_id: None,
            app_id: None,
            claimed_event_id: event.into(),
            claimed_type: "ping".into(),
            status: "failed".into(),
            cause: "no app matched signature".into(),
            signature: format!("t={at}"),
            body_sealed: None,
            body_bytes: 2,
            receipts: 1,
            first_at: at,
            last_at: at,
        }
    }

    fn told(rows: &[StripeDelivery]) -> Vec<(&str, i64, i64, i64)> {
        rows.iter()
            .map(|row| {
                let times = (row.first_at, row.last_at);
                (&*row.claimed_event_id, row.receipts, times.0, times.1)
            })
            .collect()
    }

    #[test]
    fn what_could_not_be_written_is_put_back_and_counted_with_what_came_since() {
        let deliveries = Deliveries::default();
        for (event, at) in [("evt_b", 1), ("evt_a", 2), ("evt_b", 3)] {
            deliveries.push(delivery(event, at));
        }
        let unwritten = deliveries.take();
        let expected = [("evt_a", 1, 2, 2), ("evt_b", 2, 1, 3)];
        assert_eq!(told(&unwritten), expected, "always in one order");
        deliveries.push(delivery("evt_b", 4));
        deliveries.push(delivery("evt_c", 5));
        deliveries.put_back(unwritten);
        let taken = deliveries.take();
        let expected = [("evt_a", 1, 2, 2), ("evt_b", 3, 1, 4), ("evt_c", 1, 5, 5)];
        assert_eq!(told(&taken), expected);
        assert_eq!(taken[1].signature, "t=1", "it belongs to the first receipt");
    }

    #[test]
    fn so_many_wait_at_most_however_long_nothing_can_be_written() {
        let deliveries = Deliveries::default();
        for round in 0..3 {
            for number in 0..200 {
                deliveries.push(delivery(&format!("evt_{round}_{number}"), 1));
            }
            let unwritten = deliveries.take();
            assert!(unwritten.len() <= WAITING, "{}", unwritten.len());
            deliveries.put_back(unwritten);
        }
        assert_eq!(deliveries.take().len(), WAITING);
    }
}
