//! The pairs that sign a tenant's offline codes: one is active, former ones still verify.

use domain::ids::TenantId;
use domain::permission::Permission;
use domain::signing_key_form::{RsaSize, SigningKeyForm};
use domain::timestamp::Timestamp;
use serde_json::json;
use store::signing_keys::{self, SigningKey};
use store::{Tx, tenants};
use uuid::Uuid;
use zeroize::Zeroizing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rsa::{self, NewPair};
use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::keys::data_keys::{DataKeys, Place};

/// A public key as programs verify with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKeyView {
    /// Counted from 1.
    pub version: i32,
    /// True for the one that signs now.
    pub is_active: bool,
    /// How large it is: 2048 or 3072.
    pub bits: usize,
    /// PEM, `BEGIN PUBLIC KEY`.
    pub pem: String,
    /// When the pair was made.
    pub created_at: Timestamp,
    /// When the next one took its place.
    pub retired_at: Option<Timestamp>,
}

/// The tenant's public keys, newest first; any token may read them, for programs ship them.
pub async fn list(engine: &Engine, actor: &Actor) -> Result<Vec<PublicKeyView>> {
    active(engine, actor.tenant()).await?;
    let mut conn = engine.read().await?;
    let rows = signing_keys::list(&mut conn, actor.tenant()).await?;
    Ok(rows.iter().map(view).collect())
}

/// The public key of the pair that signs now.
pub async fn current(engine: &Engine, actor: &Actor) -> Result<PublicKeyView> {
    Ok(view(&active(engine, actor.tenant()).await?))
}

/// Makes a new pair, which signs from now on; answers its public key. Codes that the former one
/// signed are still taken here, and by programs that still have its public key.
pub async fn rotate(
    engine: &Engine,
    actor: &Actor,
    form: &SigningKeyForm,
) -> Result<PublicKeyView> {
    actor.may(Permission::Manage)?;
    let pair = draw(form.parse()?).await?;
    let mut tx = engine.begin();
    tenants::lock(&mut tx, actor.tenant()).await?;
    let key = put(engine, &mut tx, actor, &pair).await?;
    tx.commit().await?;
    Ok(view(&key))
}

/// Makes a new tenant's first pair. Drawing it takes its time, so it is not made in the transaction that
/// creates the tenant; should it fail, the first use makes it.
pub(crate) async fn prepare(engine: &Engine, tenant: TenantId) {
    if let Err(error) = active(engine, tenant).await {
        tracing::error!(tenant.id = tenant.get(), ?error, "no signing key was made");
    }
}

/// The pair that signs now. A tenant that has none yet gets one.
pub(super) async fn active(engine: &Engine, tenant: TenantId) -> Result<SigningKey> {
    let mut conn = engine.read().await?;
    let rows = signing_keys::list(&mut conn, tenant).await?;
    drop(conn);
    if let Some(key) = rows.into_iter().find(is_active) {
        return Ok(key);
    }
    let pair = draw(RsaSize::default()).await?;
    let mut tx = engine.begin();
    tenants::lock(&mut tx, tenant).await?;
    // Somebody else may have been first: what counts is what is there.
    let rows = signing_keys::list(&mut tx, tenant).await?;
    if let Some(key) = rows.into_iter().find(is_active) {
        return Ok(key);
    }
    let key = put(engine, &mut tx, &Actor::system(tenant), &pair).await?;
    tx.commit().await?;
    Ok(key)
}

fn is_active(key: &SigningKey) -> bool {
    key.state == "active"
}

async fn draw(size: RsaSize) -> Result<NewPair> {
    tokio::task::spawn_blocking(move || rsa::generate(size))
        .await
        .map_err(|_| Error::fault("making an RSA pair ended before its time"))?
}

async fn put(engine: &Engine, tx: &mut Tx, actor: &Actor, pair: &NewPair) -> Result<SigningKey> {
    let (tenant, now) = (actor.tenant(), engine.now());
    let keys = DataKeys::load(engine, tx, tenant).await?;
    let newest = signing_keys::list(tx, tenant).await?;
    let id: Uuid = engine.new_id();
    let text = Zeroizing::new(STANDARD.encode(pair.private_der.as_slice()));
    let key = SigningKey {
        id,
        version: newest.first().map_or(1, |key| key.version + 1),
        state: "active".into(),
        public_der: pair.public_der.clone(),
        private_sealed: keys.seal_secret(engine, &place(&id.to_string()), &text)?,
        created_at: now.millis(),
        retired_at: None,
    };
    signing_keys::retire_active(tx, tenant, now.millis());
    signing_keys::insert(tx, tenant, &key);
    let what = Change {
        subject: ("signing_key", id.to_string()),
        verb: "activated",
        data: json!({ "version": key.version, "bits": rsa::bits(&key.public_der) }),
        livemode: false,
    };
    change::write(tx, actor, now, what);
    Ok(key)
}

/// Opens the private half, in DER.
pub(super) fn open_private(keys: &DataKeys, key: &SigningKey) -> Result<Zeroizing<Vec<u8>>> {
    let text = keys
        .open_secret(&place(&key.id.to_string()), &key.private_sealed)
        .ok_or(Error::fault("a signing key cannot be opened"))?;
    let der = STANDARD
        .decode(text.as_bytes())
        .map_err(|_| Error::fault("a signing key is no base64"))?;
    Ok(Zeroizing::new(der))
}

const fn place(row: &str) -> Place<'_> {
    Place {
        table: "signing_keys",
        row,
        column: "private",
    }
}

fn view(row: &SigningKey) -> PublicKeyView {
    PublicKeyView {
        version: row.version,
        is_active: is_active(row),
        bits: rsa::bits(&row.public_der),
        pem: rsa::pem(&row.public_der),
        created_at: Timestamp::from_millis(row.created_at),
        retired_at: row.retired_at.map(Timestamp::from_millis),
    }
}
