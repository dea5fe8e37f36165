//! Deliveries that nobody vouches for: written behind, few per address, few in all.

use std::sync::Mutex;

use domain::ids::{StripeAppId, TenantId};
use domain::timestamp::Timestamp;
use store::stripe_deliveries::{self, StripeDelivery};

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
        let mut waiting = self
            .0
            .lock()
            .expect("nothing panics while it holds this lock");
        let same = |w: &&mut StripeDelivery| {
            w.app_id == row.app_id && w.claimed_event_id == row.claimed_event_id
        };
        if let Some(known) = waiting.iter_mut().find(same) {
            known.receipts += 1;
            known.last_at = row.last_at;
        } else if waiting.len() < WAITING {
            waiting.push(row);
        }
    }

    fn take(&self) -> Vec<StripeDelivery> {
        std::mem::take(
            &mut *self
                .0
                .lock()
                .expect("nothing panics while it holds this lock"),
        )
    }
}

/// Writes what was put aside and forgets what is too old or too much. The worker calls it every
/// second and at shutdown; a crash loses at most that second of refused deliveries.
pub async fn flush(engine: &Engine) -> Result<usize> {
    let rows = engine.deliveries().take();
    if rows.is_empty() {
        return Ok(0);
    }
    let mut tx = engine.begin().await?;
    for row in &rows {
        stripe_deliveries::record(&mut tx, row).await?;
    }
    stripe_deliveries::prune(&mut tx, oldest(engine.now()), KEEP_ROWS).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// Forgets refused deliveries that are too old; the flush does it too, but only where new ones came.
pub(crate) async fn prune(engine: &Engine) -> Result<()> {
    let mut tx = engine.begin().await?;
    stripe_deliveries::prune(&mut tx, oldest(engine.now()), KEEP_ROWS).await?;
    Ok(tx.commit().await?)
}

fn oldest(now: Timestamp) -> i64 {
    now.plus_days(-KEEP_DAYS).millis()
}
