//! Rows that other rows need: tenants, products, apps, orders and the like, with nothing special in them.

use domain::ids::{DataKeyId, OrderId, ProductId, StripeAppId, TenantId};
use store::licenses::License;
use store::orders::Order;
use store::products::Product;
use store::stripe_apps::StripeApp;
use store::tenant_keys::{self, NewDataKey, NewTenantKey};
use store::{orders, products, stripe_apps, tenants};

use crate::support::{NOW, TestDb, id, keep, write};

pub async fn tenant(db: &TestDb) -> TenantId {
    write(db, async |tx| tenants::insert(tx, "Acme", NOW).await).await
}

pub fn a_product(name: &str) -> Product {
    Product {
        id: ProductId::from(0),
        name: name.into(),
        version: "1.0".into(),
        description: "Maps".into(),
        is_active: true,
        price_minor: 4_900,
        currency: "EUR".into(),
        trial_days: 14,
        default_license_days: 365,
        features: r#"["maps"]"#.into(),
        max_seats: Some(5),
        seats_from_quantity: false,
        minimum_required_version: Some("0.9".into()),
        enforce_version_check: true,
        send_purchase_email: true,
        send_renewal_reminders: false,
        renewal_reminder_days: None,
        deactivation_cooldown_hours: Some(24),
        email_subject: "Key".into(),
        email_template: "{{ActivationKey}}".into(),
        template_version: 1,
        refund_policy: "revoke".into(),
        created_at: NOW,
        updated_at: None,
        archived_at: None,
    }
}

pub async fn product(db: &TestDb, tenant: TenantId) -> ProductId {
    let row = a_product("Atlas");
    write(db, async |tx| products::insert(tx, tenant, &row).await).await
}

pub fn an_app(tenant: TenantId, n: u128) -> StripeApp {
    StripeApp {
        id: id(n),
        tenant_id: tenant,
        public_id: format!("public-{n}"),
        name: format!("App {n}"),
        publishable_key: "pk_test_1".into(),
        secret_key_sealed: Some(vec![1]),
        secret_key_last_four: "1111".into(),
        signing_secret_sealed: Some(vec![2]),
        signing_secret_last_four: "2222".into(),
        signing_secret_fingerprint: Some(n.to_be_bytes().to_vec()),
        previous_signing_secret_sealed: None,
        previous_signing_secret_until: None,
        previous_signing_secret_fingerprint: None,
        is_live: false,
        is_active: true,
        is_default: false,
        default_currency: "EUR".into(),
        row_version: 1,
        created_at: NOW,
        updated_at: None,
        archived_at: None,
    }
}

pub async fn app(db: &TestDb, tenant: TenantId, n: u128) -> StripeAppId {
    let row = an_app(tenant, n);
    write(db, async |tx| stripe_apps::insert(tx, &row).await).await;
    row.id
}

pub fn an_order(tenant: TenantId, n: u128) -> Order {
    Order {
        id: id(n),
        tenant_id: tenant,
        app_id: None,
        livemode: false,
        state: "open".into(),
        named_product: "1".into(),
        product_id: None,
        plan_id: None,
        plan_days: None,
        quantity: 3,
        email: String::new(),
        email_key: String::new(),
        amount_minor: None,
        currency: String::new(),
        quote_minor: Some(14_700),
        quote_currency: "EUR".into(),
        review_reason: None,
        paid_at: None,
        issued_at: None,
        created_at: NOW + i64::try_from(n).expect("a small number"),
        updated_at: NOW,
    }
}

pub async fn order(db: &TestDb, tenant: TenantId, n: u128) -> OrderId {
    let row = an_order(tenant, n);
    keep(db, |tx| orders::insert(tx, &row)).await;
    row.id
}

/// A tenant key and a data key under it.
pub async fn data_key(db: &TestDb, tenant: TenantId) -> DataKeyId {
    write(db, async |tx| {
        let key = NewTenantKey {
            id: id(1),
            version: 1,
            key_wrapped: &[7],
            created_at: NOW,
        };
        tenant_keys::insert(tx, tenant, &key).await?;
        let data_key = NewDataKey {
            id: id(2),
            purpose: "license_keys",
            tenant_key_id: key.id,
            key_wrapped: &[8],
            created_at: NOW,
        };
        tenant_keys::insert_data_key(tx, tenant, &data_key).await?;
        Ok(data_key.id)
    })
    .await
}

pub fn a_license(n: u128, of: (ProductId, DataKeyId)) -> License {
    License {
        id: id(n),
        order_id: None,
        position: None,
        product_id: of.0,
        plan_id: None,
        data_key_id: of.1,
        key_sealed: vec![1, 2, 3],
        key_index: n.to_be_bytes().to_vec(),
        last_four: format!("{n:04}"),
        email: String::new(),
        email_key: String::new(),
        manual_end: None,
        max_seats: None,
        seats_used: 0,
        features: "[]".into(),
        corporate_name: None,
        note: None,
        livemode: false,
        state: "active".into(),
        expires_at: NOW + 1_000,
        created_at: NOW + i64::try_from(n).expect("a small number"),
        updated_at: None,
        hardware_key: None,
        activated_at: None,
        version: None,
        is_offline: false,
    }
}
