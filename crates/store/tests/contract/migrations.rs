//! What migrations make of rows that are there before them.

use domain::ids::{ProductId, TenantId};
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection, SqliteConnection};
use store::devices::{self, Device};
use store::named::NameFilter;
use store::{Db, products};

use crate::support::{on_each_empty, read};

static SQLITE: Migrator = sqlx::migrate!("../../migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../../migrations/postgres");

/// Brings a database to a version, and writes rows into it.
async fn fill(url: &str, version: i64, rows: &'static str) {
    macro_rules! fill {
        ($connection:ty, $url:expr, $migrations:expr) => {{
            let mut conn = <$connection>::connect($url).await.expect("opens");
            let migrated = $migrations.run_to(version, &mut conn).await;
            migrated.expect("the migrations up to there apply");
            let written = sqlx::raw_sql(rows).execute(&mut conn).await;
            written.expect("the rows are written");
            conn.close().await.expect("the connection ends");
        }};
    }
    if url.starts_with("sqlite:") {
        fill!(SqliteConnection, &format!("{url}?mode=rwc"), SQLITE);
    } else {
        fill!(PgConnection, url, POSTGRES);
    }
}

/// Opens it and migrates it to the end, as the server does.
async fn open(url: &str) -> Db {
    let db = Db::open(url).await.expect("the database opens");
    db.migrate().await.expect("the further migrations apply");
    db
}

const ACME: &str = "insert into tenants (id, name, settings, created_at) values (1, 'Acme', '{}', 1);
    with named (id, name) as (values (1, 'Mira'), (2, 'Öl'), (3, 'Atlas'))
    insert into products (id, tenant_id, name, version, description, is_active, price_minor, currency,
        trial_days, default_license_days, features, seats_from_quantity, enforce_version_check,
        send_purchase_email, send_renewal_reminders, email_subject, email_template, template_version,
        refund_policy, created_at)
    select id, 1, name, '1.0', '', true, 4900, 'EUR', 14, 365, '[]', false, false, true, false, 'Key',
        'Key', 1, 'revoke', 1 from named;";

const NAMES: &str = "insert into product_names (tenant_id, name_key, product_id, created_at) values
    (1, 'yonder', 1, 1), (1, 'mira', 1, 2), (1, 'anders', 2, 1), (1, 'öl', 2, 2),
    (1, 'atlas', 3, 1), (1, 'zeta', 3, 2);";

const DEVICES: &str = "insert into devices (tenant_id, product_id, hardware_key, first_seen_at,
        trial_ends_at, ever_activated_at, last_seen_at, address, version, contacts) values
    (1, 3, 'AB12', 10, 20, 15, 30, '203.0.113.9', '1.0', 4),
    (1, 1, 'AB12', 11, 21, null, 31, '203.0.113.9', '', 1);";

#[tokio::test]
async fn a_product_that_got_a_former_name_back_is_listed_by_that_name() {
    on_each_empty(async |url: String| {
        fill(&url, 15, ACME).await;
        fill(&url, 15, NAMES).await;
        let db = open(&url).await;
        let by_name = NameFilter {
            shelf: Shelf::Current,
            beginning: String::new(),
            order: NameOrder::Name,
            after: None,
            limit: 9,
        };
        let acme = TenantId::from(1);
        let listed = read(&db, async |c| products::page(c, acme, &by_name).await).await;
        let names: Vec<_> = listed.iter().map(|product| product.name.as_str()).collect();
        assert_eq!(names, ["Atlas", "Mira", "Öl"]);
        db.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_device_is_remembered_as_it_was() {
    on_each_empty(async |url: String| {
        fill(&url, 14, ACME).await;
        fill(&url, 14, DEVICES).await;
        let db = open(&url).await;
        let activated = Device {
            product_id: ProductId::from(3),
            hardware_key: "AB12".into(),
            first_seen_at: 10,
            trial_ends_at: 20,
            ever_activated_at: Some(15),
            last_seen_at: 30,
            address: "203.0.113.9".into(),
            version: "1.0".into(),
            contacts: 4,
        };
        let met = Device {
            product_id: ProductId::from(1),
            first_seen_at: 11,
            trial_ends_at: 21,
            ever_activated_at: None,
            last_seen_at: 31,
            version: String::new(),
            contacts: 1,
            ..activated.clone()
        };
        let acme = TenantId::from(1);
        for device in [activated, met] {
            let of = (device.product_id, "AB12");
            let kept = read(&db, async |c| devices::find(c, acme, of).await).await;
            assert_eq!(kept, Some(device));
        }
        db.close().await;
    })
    .await;
}
