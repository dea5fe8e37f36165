//! The tenant's keys: versions and states, never the keys.

use domain::timestamp::Timestamp;
use store::tenant_keys;

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;

/// One tenant key as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantKeyView {
    /// Counted from 1.
    pub version: i32,
    /// `active` or `retired`.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the next one took its place.
    pub retired_at: Option<Timestamp>,
}

/// All of them, newest first.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<TenantKeyView>> {
    actor.may_read()?;
    let mut conn = engine.read().await?;
    let rows = tenant_keys::list(&mut conn, actor.tenant()).await?;
    let view = |row: tenant_keys::TenantKey| TenantKeyView {
        version: row.version,
        state: row.state,
        created_at: Timestamp::from_millis(row.created_at),
        retired_at: row.retired_at.map(Timestamp::from_millis),
    };
    Ok(rows.into_iter().map(view).collect())
}
