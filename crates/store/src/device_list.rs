//! Lists of devices: by when they were seen, or by their hardware id, with the licence that each has now.
//!
//! A page is cut from an index first and narrowed afterwards, so that no question walks through all devices
//! of a tenant: a narrowed page may be short, and says from where to look further.

use domain::device_state::{DeviceOrder, DeviceState};
use domain::ids::{ProductId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::devices::Device;
use crate::error::Result;

/// A device and the licence of its product that is activated on it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DeviceLine {
    /// The device's row.
    #[sqlx(flatten)]
    pub device: Device,
    /// The licence that was activated last, while it is.
    pub license_id: Option<Uuid>,
    /// Last four characters of its key.
    pub last_four: Option<String>,
}

/// A place in a list of devices.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct DevicePlace {
    /// Unix milliseconds of what the list is sorted by; 0 where that is the hardware id.
    pub at: i64,
    /// Product.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// The device, folded.
    pub hardware_key: String,
}

/// Which devices are wanted.
#[derive(Debug, Clone)]
pub struct DeviceFilter {
    /// In which order.
    pub order: DeviceOrder,
    /// That order from its end.
    pub is_backwards: bool,
    /// How the hardware id begins, folded, or empty; asked for in the order of hardware ids alone.
    pub beginning: String,
    /// Only what comes after this place.
    pub after: Option<DevicePlace>,
    /// A product's id, or 0 for all.
    pub product_id: i32,
    /// A state as of `now`, or all.
    pub state: Option<DeviceState>,
    /// Unix milliseconds.
    pub now: i64,
    /// Devices that are looked at, at most.
    pub looked_at: i64,
    /// Rows wanted at most.
    pub limit: i64,
}

// The latest licence of the device's product that is activated on it.
macro_rules! lines {
    ($from:literal) => {
        concat!(
            "select d.product_id, d.hardware_key, d.first_seen_at, d.trial_ends_at, d.ever_activated_at,
            d.last_seen_at, d.address, d.version, d.contacts, l.id as license_id, l.last_four
        from ",
            $from,
            " left join licenses l on l.tenant_id = $1 and l.id = (select a.license_id
            from activations a join licenses o on o.id = a.license_id
            where a.tenant_id = $1 and a.hardware_key = d.hardware_key and a.deactivated_at is null
                and o.product_id = d.product_id
            order by a.activated_at desc, a.id desc limit 1)"
        )
    };
}

// `cross join` keeps SQLite from turning the two around.
macro_rules! listed {
    ($beyond:literal, $order:literal, $sorted:literal) => {
        concat!(
            "with part (product_id, hardware_key) as materialized (
            select product_id, hardware_key from devices where tenant_id = $1 and ",
            $beyond,
            " order by ",
            $order,
            " limit $5) ",
            lines!("part cross join devices d"),
            " where d.tenant_id = $1 and d.product_id = part.product_id
            and d.hardware_key = part.hardware_key and ($6 = 0 or d.product_id = $6)
            and ($7 = '' or $7 = case when l.id is not null then 'activated'
                when d.ever_activated_at is not null then 'trial_used'
                when d.trial_ends_at > $8 then 'on_trial' else 'trial_over' end)
        order by ",
            $sorted,
            " limit $9"
        )
    };
}
macro_rules! looked_at {
    ($at:literal, $beyond:literal, $order:literal) => {
        concat!(
            "select ",
            $at,
            " as at, product_id, hardware_key from devices where tenant_id = $1 and ",
            $beyond,
            " order by ",
            $order,
            " limit 2 offset $5"
        )
    };
}

/// Statements of an order: its pages, and where they stop looking.
#[derive(Clone, Copy)]
struct Statements {
    listed: &'static str,
    looked_at: &'static str,
}

macro_rules! statements {
    ($at:literal, $beyond:literal, $order:literal, $sorted:literal) => {
        Statements {
            listed: listed!($beyond, $order, $sorted),
            looked_at: looked_at!($at, $beyond, $order),
        }
    };
}

const BY_LAST_SEEN: Statements = statements!(
    "last_seen_at",
    "(last_seen_at, product_id, hardware_key) < ($2, $3, $4)",
    "last_seen_at desc, product_id desc, hardware_key desc",
    "d.last_seen_at desc, d.product_id desc, d.hardware_key desc"
);
const BY_LAST_SEEN_BACKWARDS: Statements = statements!(
    "last_seen_at",
    "(last_seen_at, product_id, hardware_key) > ($2, $3, $4)",
    "last_seen_at, product_id, hardware_key",
    "d.last_seen_at, d.product_id, d.hardware_key"
);
const BY_FIRST_SEEN: Statements = statements!(
    "first_seen_at",
    "(first_seen_at, product_id, hardware_key) < ($2, $3, $4)",
    "first_seen_at desc, product_id desc, hardware_key desc",
    "d.first_seen_at desc, d.product_id desc, d.hardware_key desc"
);
const BY_FIRST_SEEN_BACKWARDS: Statements = statements!(
    "first_seen_at",
    "(first_seen_at, product_id, hardware_key) > ($2, $3, $4)",
    "first_seen_at, product_id, hardware_key",
    "d.first_seen_at, d.product_id, d.hardware_key"
);
const BY_HARDWARE: Statements = statements!(
    "cast(0 as bigint)",
    "(hardware_key, product_id) > ($2, $3) and hardware_key < $4",
    "hardware_key, product_id",
    "d.hardware_key, d.product_id"
);
const BY_HARDWARE_BACKWARDS: Statements = statements!(
    "cast(0 as bigint)",
    "(hardware_key, product_id) < ($2, $3) and hardware_key >= $4",
    "hardware_key desc, product_id desc",
    "d.hardware_key desc, d.product_id desc"
);
const FIND: &str = concat!(
    lines!("devices d"),
    " where d.tenant_id = $1 and d.product_id = $2 and d.hardware_key = $3"
);

impl DeviceFilter {
    /// What the list has before its first row.
    fn begins_after(&self) -> DevicePlace {
        let (at, product_id, hardware_key) = match (self.order, self.is_backwards) {
            (DeviceOrder::HardwareId, false) => (0, 0, self.beginning.clone()),
            (DeviceOrder::HardwareId, true) => (0, i32::MAX, self.last()),
            (_, false) => (i64::MAX, i32::MAX, String::new()),
            (_, true) => (i64::MIN, 0, String::new()),
        };
        let outermost = DevicePlace {
            at,
            product_id: ProductId::from(product_id),
            hardware_key,
        };
        self.after.clone().unwrap_or(outermost)
    }

    /// What its last row comes before, or is: what begins so ends there.
    fn ends_at(&self) -> String {
        if self.is_backwards {
            self.beginning.clone()
        } else {
            self.last()
        }
    }

    /// What lies behind all ids that begin so: the greatest of all characters.
    fn last(&self) -> String {
        format!("{}\u{10ffff}", self.beginning)
    }

    const fn statements(&self) -> Statements {
        match (self.order, self.is_backwards) {
            (DeviceOrder::LastSeen, false) => BY_LAST_SEEN,
            (DeviceOrder::LastSeen, true) => BY_LAST_SEEN_BACKWARDS,
            (DeviceOrder::FirstSeen, false) => BY_FIRST_SEEN,
            (DeviceOrder::FirstSeen, true) => BY_FIRST_SEEN_BACKWARDS,
            (DeviceOrder::HardwareId, false) => BY_HARDWARE,
            (DeviceOrder::HardwareId, true) => BY_HARDWARE_BACKWARDS,
        }
    }
}

// A place is bound as its order wants it.
macro_rules! from_place {
    ($query:expr, $filter:expr, $tenant:expr) => {{
        let place = $filter.begins_after();
        let query = $query.bind($tenant.get());
        match $filter.order {
            DeviceOrder::HardwareId => query
                .bind(place.hardware_key)
                .bind(place.product_id.get())
                .bind($filter.ends_at()),
            DeviceOrder::LastSeen | DeviceOrder::FirstSeen => query
                .bind(place.at)
                .bind(place.product_id.get())
                .bind(place.hardware_key),
        }
    }};
}

/// Devices by filter, out of the next `looked_at` ones of the order.
pub async fn list(conn: &mut Conn, tenant: TenantId, f: &DeviceFilter) -> Result<Vec<DeviceLine>> {
    let text = f.statements().listed;
    let state = f.state.map_or("", DeviceState::as_str);
    Ok(
        on!(conn, c => from_place!(sqlx::query_as(text), f, tenant).bind(f.looked_at)
        .bind(f.product_id).bind(state).bind(f.now).bind(f.limit).fetch_all(c).await?),
    )
}

/// Where [`list`] stopped looking; `None` where nothing comes after that.
pub async fn looked_until(
    conn: &mut Conn,
    tenant: TenantId,
    f: &DeviceFilter,
) -> Result<Option<DevicePlace>> {
    let text = f.statements().looked_at;
    let last: Vec<DevicePlace> = on!(conn, c => from_place!(sqlx::query_as(text), f, tenant)
        .bind(f.looked_at - 1).fetch_all(c).await?);
    Ok(match last.as_slice() {
        [last, _] => Some(last.clone()),
        _ => None,
    })
}

/// One device with its licence.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    of: (ProductId, &str),
) -> Result<Option<DeviceLine>> {
    Ok(
        on!(conn, c => sqlx::query_as(FIND).bind(tenant.get()).bind(of.0.get()).bind(of.1)
        .fetch_optional(c).await?),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

    #[tokio::test]
    async fn a_page_is_cut_from_the_index_of_its_order() {
        let mut conn = SqliteConnection::connect("sqlite::memory:")
            .await
            .expect("a database in memory");
        let migrated = crate::migrate::SQLITE.run(&mut conn).await;
        migrated.expect("the migrations apply");
        let last = "devices_by_last_seen (tenant_id=? AND (last_seen_at,";
        let first = "devices_by_first_seen (tenant_id=? AND (first_seen_at,";
        let hardware = "devices_by_hardware (tenant_id=? AND (hardware_key,";
        let backwards = "devices_by_hardware (tenant_id=? AND ";
        let licensed = "activations_by_hardware (tenant_id=? AND hardware_key=?)";
        for (sql, found_by) in [
            (BY_LAST_SEEN.listed, last),
            (BY_LAST_SEEN_BACKWARDS.listed, last),
            (BY_FIRST_SEEN.listed, first),
            (BY_FIRST_SEEN_BACKWARDS.listed, first),
            (BY_HARDWARE.listed, hardware),
            (BY_HARDWARE_BACKWARDS.listed, backwards),
            (BY_LAST_SEEN.listed, licensed),
            (FIND, licensed),
            (BY_LAST_SEEN.looked_at, last),
            (BY_LAST_SEEN_BACKWARDS.looked_at, last),
            (BY_FIRST_SEEN.looked_at, first),
            (BY_FIRST_SEEN_BACKWARDS.looked_at, first),
            (BY_HARDWARE.looked_at, "COVERING INDEX devices_by_hardware"),
            (
                BY_HARDWARE_BACKWARDS.looked_at,
                "COVERING INDEX devices_by_hardware",
            ),
        ] {
            let explain = format!("explain query plan {sql}");
            let rows = sqlx::query(AssertSqlSafe(explain))
                .fetch_all(&mut conn)
                .await;
            let rows = rows.expect("the statement is understood");
            let steps = rows.iter().map(|row| row.get::<String, _>("detail"));
            let plan = steps.collect::<Vec<_>>().join("\n");
            assert!(plan.contains(found_by), "{sql}\nis done so:\n{plan}");
        }
    }
}
