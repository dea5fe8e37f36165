//! What is counted by day.

use domain::ids::TenantId;
use store::activations::{self, NewActivation};
use store::daily::{self, Days, Takings};
use store::licenses::{self, License};
use store::payments::{self, Payment};

use crate::rows::{a_license, data_key, order, product, tenant};
use crate::support::{TestDb, id, keep, on_each, read};

/// 2026-11-23, the day of the rows.
const TODAY: i64 = 20_780;
const DAY: i64 = 86_400_000;

fn days(first: i64, last: i64) -> Days {
    Days {
        livemode: false,
        first,
        last,
    }
}

fn taken(currency: &str, amount_minor: i64, payments: i64) -> Takings {
    Takings {
        currency: currency.into(),
        amount_minor,
        payments,
    }
}

#[tokio::test]
async fn keys_and_activations_are_counted_on_their_day_and_on_their_side() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = (product(db, acme).await, data_key(db, acme).await);
        let moments = [
            (1, TODAY * DAY - 1, false),
            (2, TODAY * DAY, false),
            (3, (TODAY + 1) * DAY - 1, false),
            (4, (TODAY + 1) * DAY, false),
            (5, TODAY * DAY, true),
        ];
        for (n, created_at, livemode) in moments {
            let license = License {
                created_at,
                livemode,
                ..a_license(n, of)
            };
            let seat = NewActivation {
                id: uuid::Uuid::from_u128(n),
                license_id: id(n),
                hardware_key: "AB",
                version: "1.2",
                address: "203.0.113.9",
                email: "",
                at: created_at + DAY,
            };
            keep(db, |tx| {
                licenses::insert(tx, acme, &license);
                activations::insert(tx, acme, &seat);
            })
            .await;
        }
        let issued = |tenant, days| read(db, async move |c| daily::licenses(c, tenant, days).await);
        assert_eq!(issued(acme, days(TODAY - 2, TODAY + 1)).await, [0, 1, 2, 1]);
        assert_eq!(issued(blue, days(TODAY, TODAY)).await, [0]);
        let live = Days {
            livemode: true,
            ..days(TODAY, TODAY + 1)
        };
        assert_eq!(issued(acme, live).await, [1, 0]);
        let used =
            |tenant, days| read(db, async move |c| daily::activations(c, tenant, days).await);
        assert_eq!(used(acme, days(TODAY, TODAY + 2)).await, [1, 2, 1]);
        assert_eq!(used(acme, live).await, [0, 1]);
        assert_eq!(used(blue, days(TODAY + 1, TODAY + 1)).await, [0]);
    })
    .await;
}

async fn pay(db: &TestDb, tenant: TenantId, (n, paid_at, amount): (u128, i64, (i64, &str))) {
    let row = Payment {
        id: id(n),
        order_id: order(db, tenant, n).await,
        kind: "payment_intent".into(),
        stripe_id: format!("pi_{n}"),
        livemode: false,
        amount_minor: amount.0,
        currency: amount.1.into(),
        paid_at,
    };
    keep(db, |tx| payments::record(tx, tenant, &row)).await;
}

#[tokio::test]
async fn takings_are_told_by_currency() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        pay(db, acme, (1, TODAY * DAY, (4_900, "EUR"))).await;
        pay(db, acme, (2, TODAY * DAY + 1, (100, "EUR"))).await;
        pay(db, acme, (3, (TODAY + 1) * DAY - 1, (9_000, "JPY"))).await;
        pay(db, acme, (4, (TODAY + 1) * DAY, (1, "EUR"))).await;
        let takings = |tenant, days| read(db, async move |c| daily::takings(c, tenant, days).await);
        let both = [taken("EUR", 5_000, 2), taken("JPY", 9_000, 1)];
        assert_eq!(takings(acme, days(TODAY, TODAY)).await, both);
        assert_eq!(takings(acme, days(TODAY + 2, TODAY + 9)).await, []);
        assert_eq!(takings(blue, days(TODAY, TODAY)).await, []);
        let refunds = |days| read(db, async move |c| daily::refunds(c, acme, days).await);
        assert_eq!(
            refunds(days(TODAY, TODAY)).await,
            [],
            "nothing was given back"
        );
    })
    .await;
}
