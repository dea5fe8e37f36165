//! Offline codes: signed for one device, kept sealed, and found again when a program gives one as a key.

use domain::features;
use domain::hardware_id::HardwareId;
use domain::ids::{LicenseId, PlanId, TenantId};
use domain::offline_code::{OfflineCode, OfflinePayload};
use domain::timestamp::Timestamp;
use store::licenses::License;
use store::offline_codes::{self, OfflineCode as Row};
use store::products::Product;
use store::signing_keys::SigningKey;
use store::{Conn, Tx, licenses, plans, signing_keys};
use uuid::Uuid;

use super::{rsa, signing_keys as pairs};
use crate::Engine;
use crate::error::{Error, Result};
use crate::keys::data_keys::{DataKeys, Place};

/// The licence that a code stands for, and what the code says; `None` where none of the tenant's keys
/// signed it, or it was not made here.
pub(crate) async fn open(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    code: &OfflineCode,
) -> Result<Option<(LicenseId, OfflinePayload)>> {
    let pairs = signing_keys::list(conn, tenant).await?;
    let is_genuine = |payload: &[u8], signature: &[u8]| {
        pairs
            .iter()
            .any(|pair| rsa::is_genuine(&pair.public_der, payload, signature))
    };
    let Some(payload) = code.open(is_genuine) else {
        return Ok(None);
    };
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let index = keys.index_of_code(code.signed_bytes())?;
    let license = offline_codes::find_license(conn, tenant, &index).await?;
    Ok(license.map(|license| (license, payload)))
}

/// What a code is made with: taken before the transaction, for making a pair takes its time.
pub(crate) struct Pen(SigningKey);

/// The tenant's pair that signs now.
pub(crate) async fn pen(engine: &Engine, tenant: TenantId) -> Result<Pen> {
    pairs::active(engine, tenant).await.map(Pen)
}

/// Makes a licence's code for a device and keeps it.
pub(crate) async fn write(
    engine: &Engine,
    tx: &mut Tx,
    (tenant, pen): (TenantId, &Pen),
    (license, product, device): (&License, &Product, &HardwareId),
) -> Result<OfflineCode> {
    let keys = DataKeys::load(engine, tx, tenant).await?;
    let payload = payload(tx, tenant, (license, product, device)).await?;
    let bytes = payload
        .to_bytes()
        .map_err(|refusal| Error::field("hardwareId", refusal.to_string()))?;
    let private = pairs::open_private(&keys, &pen.0)?;
    let signature = rsa::sign(&private, bytes.as_bytes())?;
    let code = bytes.signed(signature);
    let id: Uuid = engine.new_id();
    let row = Row {
        id,
        license_id: license.id,
        hardware_key: device.as_str().to_owned(),
        code_index: keys.index_of_code(code.signed_bytes())?,
        code_sealed: keys.seal_secret(engine, &place(&id.to_string()), &code.to_string())?,
        expires_at: license.expires_at,
        created_at: engine.now().millis(),
    };
    offline_codes::insert(tx, tenant, &row);
    licenses::mark_offline(tx, tenant, license.id);
    Ok(code)
}

/// What the code says; its features are those of this moment.
async fn payload(
    tx: &mut Tx,
    tenant: TenantId,
    (license, product, device): (&License, &Product, &HardwareId),
) -> Result<OfflinePayload> {
    let of_product: Vec<String> = serde_json::from_str(&product.features)?;
    let plan = match license.plan_id.map(PlanId::from) {
        Some(id) => plans::find(tx, tenant, id).await?,
        None => None,
    };
    let of_plan: Vec<String> = match plan {
        Some(plan) => serde_json::from_str(&plan.features)?,
        None => Vec::new(),
    };
    let own: Vec<String> = serde_json::from_str(&license.features)?;
    Ok(OfflinePayload {
        product_id: product.id,
        product_name: product.name.clone(),
        hardware_id: device.clone(),
        expiration_date: Timestamp::from_millis(license.expires_at),
        email: license.email.clone(),
        features: features::union(&[&of_product, &of_plan, &own]),
        tenant_id: tenant,
        version: product.version.clone(),
    })
}

/// The newest code of a licence as text, and the device that it is for.
pub(crate) async fn newest(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    license: LicenseId,
) -> Result<Option<(String, String)>> {
    let Some(row) = offline_codes::newest(conn, tenant, license).await? else {
        return Ok(None);
    };
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let code = keys
        .open_secret(&place(&row.id.to_string()), &row.code_sealed)
        .ok_or(Error::fault("an offline code cannot be opened"))?;
    Ok(Some((code.to_string(), row.hardware_key)))
}

const fn place(row: &str) -> Place<'_> {
    Place {
        table: "offline_codes",
        row,
        column: "code",
    }
}
