//! A licence with its key opened, as an admin may see it.

use std::collections::HashMap;

use domain::activation_key::ActivationKey;
use domain::ids::{LicenseId, OrderId, PlanId, ProductId, TenantId};
use domain::license_state::LicenseState;
use domain::timestamp::Timestamp;
use store::licenses::License;
use store::{Conn, products};

use crate::Engine;
use crate::crypto::offline;
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;

/// One licence. It holds the key in clear: there is no `Debug`.
#[derive(Clone)]
pub struct LicenseView {
    /// Id.
    pub id: LicenseId,
    /// The key.
    pub activation_key: ActivationKey,
    /// The holder's address as typed, or empty.
    pub email: String,
    /// Product.
    pub product_id: ProductId,
    /// Its name today.
    pub product_name: String,
    /// Plan, where one was named.
    pub plan_id: Option<PlanId>,
    /// State as of now.
    pub state: LicenseState,
    /// Its end; perpetual is the end of 2049.
    pub expires_at: Timestamp,
    /// When it was issued.
    pub created_at: Timestamp,
    /// Test or live.
    pub livemode: bool,
    /// Seats, where it is a multi-seat licence.
    pub max_seats: Option<i32>,
    /// Seats taken.
    pub seats_used: i32,
    /// The order that it was bought with.
    pub order_id: Option<OrderId>,
    /// What it unlocks beside its product's and its plan's.
    pub features: Vec<String>,
    /// For admins only.
    pub note: Option<String>,
    /// The holder's company.
    pub corporate_name: Option<String>,
    /// The device that was activated last, while it is.
    pub hardware_id: Option<String>,
    /// When it was.
    pub activated_at: Option<Timestamp>,
    /// The version that its program said.
    pub version: Option<String>,
    /// Whether an offline code was made for it.
    pub is_offline: bool,
    /// The newest of them; only where one licence alone is looked at.
    pub offline_code: Option<String>,
    /// The device that it is for.
    pub offline_code_device: Option<String>,
}

/// Opens the rows of one tenant.
pub(crate) async fn open(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    rows: &[License],
) -> Result<Vec<LicenseView>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let names = products::names(conn, tenant).await?.into_iter().collect();
    rows.iter()
        .map(|row| one(row, (&keys, &names), engine.now()))
        .collect()
}

/// Opens one row whose product's name is known, with its newest offline code.
pub(crate) async fn named(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    (row, product_name): (&License, String),
) -> Result<LicenseView> {
    let keys = DataKeys::load(engine, conn, tenant).await?;
    let names = HashMap::from([(row.product_id, product_name)]);
    let mut view = one(row, (&keys, &names), engine.now())?;
    if row.is_offline {
        let newest = offline::newest(engine, conn, tenant, row.id).await?;
        (view.offline_code, view.offline_code_device) = newest.unzip();
    }
    Ok(view)
}

fn one(
    row: &License,
    (keys, names): (&DataKeys, &HashMap<ProductId, String>),
    now: Timestamp,
) -> Result<LicenseView> {
    let expires_at = Timestamp::from_millis(row.expires_at);
    let stored: LicenseState = row
        .state
        .parse()
        .map_err(|_| Error::fault("a licence's state is not known"))?;
    Ok(LicenseView {
        id: row.id,
        activation_key: keys.open_activation_key(&row.id.to_string(), &row.key_sealed)?,
        email: row.email.clone(),
        product_id: row.product_id,
        product_name: names.get(&row.product_id).cloned().unwrap_or_default(),
        plan_id: row.plan_id.map(PlanId::from),
        state: stored.at(now, expires_at),
        expires_at,
        created_at: Timestamp::from_millis(row.created_at),
        livemode: row.livemode,
        max_seats: row.max_seats,
        seats_used: row.seats_used,
        order_id: row.order_id.map(OrderId::from),
        features: serde_json::from_str(&row.features)?,
        note: row.note.clone(),
        corporate_name: row.corporate_name.clone(),
        hardware_id: row.hardware_key.clone(),
        activated_at: row.activated_at.map(Timestamp::from_millis),
        version: row.version.clone(),
        is_offline: row.is_offline,
        offline_code: None,
        offline_code_device: None,
    })
}
