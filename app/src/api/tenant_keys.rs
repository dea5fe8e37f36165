//! The keys that seal a tenant's secrets.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantKeyRow {
    /// Counted from 1.
    pub version: i32,
    /// `active` or `retired`.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the next one took its place.
    pub retired_at: Option<Timestamp>,
}

/// All of a tenant's, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantKeys {
    /// Them.
    pub keys: Vec<TenantKeyRow>,
    /// The server's clock.
    pub now: Timestamp,
}

/// The tenant's keys.
#[server]
pub async fn load_tenant_keys() -> Result<Sent<TenantKeys>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, tenant_key_row};
    let who = signed_in().await?;
    let keys = engine::keys::list_tenant_keys::execute(&who.engine, &who.actor).await;
    pack(&TenantKeys {
        keys: keys
            .map_err(refuse)?
            .into_iter()
            .map(tenant_key_row)
            .collect(),
        now: who.engine.now(),
    })
}

/// Makes a new tenant key and seals with it from now on.
#[server]
pub async fn activate_tenant_key() -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, Next, reply, signed_in};
    let who = signed_in().await?;
    let version = engine::keys::activate_tenant_key::execute(&who.engine, &who.actor).await;
    let next = version.map(|version| Next::stay(format!("Tenant key {version} is active.")));
    reply::<ActivateTenantKey>(next, NOTHING).await
}
