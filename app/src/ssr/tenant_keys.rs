//! Tenant keys and public keys between the engine and their page.

use domain::permission::Permission;
use domain::signing_key_form::SigningKeyForm;
use engine::Error;
use engine::crypto::signing_keys::{self, PublicKeyView};
use engine::keys::list_tenant_keys::{self, TenantKeyView};

use super::changes::history_of_kinds;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::tenant_keys::{PublicKeyRow, TenantKeyRow, TenantKeys};

/// The keys that seal, and the keys that verify.
pub async fn tenant_keys(who: &SignedIn) -> Result<TenantKeys, Error> {
    let keys = list_tenant_keys::execute(&who.engine, &who.actor).await?;
    let public_keys = signing_keys::list(&who.engine, &who.actor).await?;
    Ok(TenantKeys {
        keys: keys.into_iter().map(tenant_key_row).collect(),
        public_keys: public_keys.into_iter().map(public_key_row).collect(),
        history: history_of_kinds(who, &["tenant_key", "signing_key"], |_| None).await?,
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        now: who.engine.now(),
    })
}

fn tenant_key_row(key: TenantKeyView) -> TenantKeyRow {
    TenantKeyRow {
        version: key.version,
        state: key.state,
        created_at: key.created_at,
        retired_at: key.retired_at,
    }
}

fn public_key_row(key: PublicKeyView) -> PublicKeyRow {
    PublicKeyRow {
        version: key.version,
        is_active: key.is_active,
        bits: key.bits,
        pem: key.pem,
        created_at: key.created_at,
        retired_at: key.retired_at,
    }
}

/// Makes the pair that signs offline codes from now on.
pub async fn make_signing_pair(who: &SignedIn, form: &SigningKeyForm) -> Result<Next, Error> {
    let key = signing_keys::rotate(&who.engine, &who.actor, form).await?;
    Ok(Next::stay(format!(
        "Public key {} is active. Ship it with your next version.",
        key.version
    )))
}
