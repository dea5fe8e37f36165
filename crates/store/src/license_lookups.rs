//! All that a program's question about a licence is judged from, in one statement.

use domain::ids::{LicenseId, ProductId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;

/// A licence with its product, its tenant's settings, and how one device stands to it.
#[derive(Clone, FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row has the columns that it has"
)]
pub struct LicenseLookup {
    /// The licence.
    #[sqlx(try_from = "Uuid")]
    pub id: LicenseId,
    /// Its product.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// Test or live.
    pub livemode: bool,
    /// `active`, `suspended`, `revoked` or `expired`, as the row says.
    pub state: String,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Seats, where it is a multi-seat licence.
    pub max_seats: Option<i32>,
    /// Seats taken.
    pub seats_used: i32,
    /// The licence's own features: JSON array of text.
    pub features: String,
    /// Whether its plan is active; absent where it has none.
    pub is_plan_active: Option<bool>,
    /// Its plan's features: JSON array of text; absent where it has none.
    pub plan_features: Option<String>,
    /// Whether its product is active and not archived.
    pub is_product_active: bool,
    /// The product's name today.
    pub product_name: String,
    /// The product's days of trial.
    pub trial_days: i32,
    /// The newest version of the program, or blank.
    pub product_version: String,
    /// The oldest version that is served.
    pub minimum_required_version: Option<String>,
    /// Whether older ones are refused.
    pub enforce_version_check: bool,
    /// Hours between two deactivations.
    pub deactivation_cooldown_hours: Option<i32>,
    /// The product's features: JSON array of text.
    pub product_features: String,
    /// The tenant's settings as JSON.
    pub settings: String,
    /// The product that has, or ever had, the name that was asked with.
    pub named_product_id: Option<i32>,
    /// True while the device has a seat.
    pub is_activated: bool,
    /// When the device was last seen with this product; absent where it never was.
    pub last_seen_at: Option<i64>,
    /// The address that it was last seen from.
    pub last_address: Option<String>,
    /// The version that it last said.
    pub last_version: Option<String>,
}

/// What a program says beside its key.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The device, folded; blank is none.
    pub hardware_key: &'a str,
    /// The product's name, folded; blank is none.
    pub name_key: &'a str,
}

macro_rules! lookup {
    () => {
        "select l.id, l.product_id, l.livemode, l.state, l.expires_at, l.max_seats, l.seats_used, l.features,
            pl.is_active as is_plan_active, pl.features as plan_features,
            (p.is_active and p.archived_at is null) as is_product_active, p.name as product_name, p.trial_days,
            p.version as product_version, p.minimum_required_version, p.enforce_version_check,
            p.deactivation_cooldown_hours, p.features as product_features, t.settings,
            (select n.product_id from product_names n where n.tenant_id = l.tenant_id and n.name_key = $4)
                as named_product_id,
            (a.id is not null) as is_activated, d.last_seen_at, d.address as last_address,
            d.version as last_version
        from licenses l
        join products p on p.id = l.product_id and p.tenant_id = l.tenant_id
        join tenants t on t.id = l.tenant_id
        left join plans pl on pl.id = l.plan_id and pl.tenant_id = l.tenant_id
        left join activations a on a.license_id = l.id and a.hardware_key = $3 and a.deactivated_at is null
        left join devices d on d.tenant_id = l.tenant_id and d.product_id = l.product_id
            and d.hardware_key = $3
        where l.tenant_id = $1 and "
    };
}

const BY_INDEX: &str = concat!(lookup!(), "l.key_index = $2");
const BY_ID: &str = concat!(lookup!(), "l.id = $2");

/// The licence with this key.
pub async fn find_by_index(
    conn: &mut Conn,
    tenant: TenantId,
    index: &[u8],
    asked: Asked<'_>,
) -> Result<Option<LicenseLookup>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_INDEX).bind(tenant.get()).bind(index).bind(asked.hardware_key)
        .bind(asked.name_key).fetch_optional(c).await?),
    )
}

/// The licence with this id.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: LicenseId,
    asked: Asked<'_>,
) -> Result<Option<LicenseLookup>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ID).bind(tenant.get()).bind(id.get()).bind(asked.hardware_key)
        .bind(asked.name_key).fetch_optional(c).await?),
    )
}
