//! The keys that seal a tenant's secrets, and the pairs that sign its offline codes.

use domain::signing_key_form::SigningKeyForm;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
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

/// The public half of a pair that signs offline codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKeyRow {
    /// Counted from 1.
    pub version: i32,
    /// True for the one that signs now.
    pub is_active: bool,
    /// How large it is: 2048 or 3072.
    pub bits: usize,
    /// As programs ship it.
    pub pem: String,
    /// When the pair was made.
    pub created_at: Timestamp,
    /// When the next one took its place.
    pub retired_at: Option<Timestamp>,
}

/// All of a tenant's, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantKeys {
    /// The keys that seal.
    pub keys: Vec<TenantKeyRow>,
    /// The keys that verify offline codes.
    pub public_keys: Vec<PublicKeyRow>,
    /// What happened to either, newest first.
    pub history: Vec<ChangeRow>,
    /// Whether whoever looks may change them.
    pub may_manage: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// The tenant's keys.
#[server]
pub async fn load_tenant_keys() -> Result<Sent<TenantKeys>, UiError> {
    use crate::ssr::{pack, refuse, signed_in, tenant_keys};
    let who = signed_in().await?;
    pack(&tenant_keys(&who).await.map_err(refuse)?)
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

/// Makes a new pair, which signs offline codes from now on.
#[server]
pub async fn rotate_signing_key(#[server(flatten)] form: SigningKeyForm) -> Result<Done, UiError> {
    use crate::ssr::{make_signing_pair, reply, signed_in};
    let who = signed_in().await?;
    let made = make_signing_pair(&who, &form).await;
    reply::<RotateSigningKey>(made, &form).await
}
