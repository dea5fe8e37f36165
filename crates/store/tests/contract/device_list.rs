//! Lists of devices: every order, every state, page after page, with the licence that each has.

use domain::device_state::{DeviceOrder, DeviceState};
use domain::ids::{LicenseId, ProductId, TenantId};
use store::activations::{self, NewActivation};
use store::device_list::{self, DeviceFilter, DeviceLine, DevicePlace};
use store::devices::{self, Device};
use store::licenses;
use uuid::Uuid;

use crate::rows::{a_license, data_key, product, tenant};
use crate::support::{NOW, TestDb, id, keep, on_each, page_by_page, read, write};

fn device(product_id: ProductId, hardware_key: &str, at: i64) -> Device {
    Device {
        product_id,
        hardware_key: hardware_key.into(),
        first_seen_at: NOW - at,
        trial_ends_at: NOW + at,
        ever_activated_at: None,
        last_seen_at: NOW + at,
        address: "203.0.113.9".into(),
        version: "1.0".into(),
        contacts: 1,
    }
}

fn all(order: DeviceOrder) -> DeviceFilter {
    DeviceFilter {
        order,
        is_backwards: false,
        beginning: String::new(),
        after: None,
        product_id: 0,
        state: None,
        now: NOW,
        looked_at: 100,
        limit: 100,
    }
}

/// Four devices: one on trial, one whose trial is over, one activated, one that was.
async fn four(db: &TestDb) -> (TenantId, ProductId) {
    let acme = tenant(db).await;
    let atlas = product(db, acme).await;
    let license = a_license(1, (atlas, data_key(db, acme).await));
    for met in [device(atlas, "AA", 1), device(atlas, "AB", 0)] {
        write(db, async |tx| devices::meet(tx, acme, &met).await).await;
    }
    keep(db, |tx| {
        licenses::insert(tx, acme, &license);
        for (n, key) in [(10, "BA"), (11, "BB")] {
            let at = NOW + 10 + i64::try_from(n).unwrap_or_default();
            let activated = Device {
                ever_activated_at: Some(at),
                ..device(atlas, key, at - NOW)
            };
            devices::note_activated(tx, acme, &activated);
            activations::insert(tx, acme, &activation(n, key, at));
        }
        activations::end(tx, acme, (id(1), "BB"), NOW + 90);
    })
    .await;
    (acme, atlas)
}

fn activation(n: u128, hardware_key: &str, at: i64) -> NewActivation<'_> {
    let license_id: LicenseId = id(1);
    NewActivation {
        id: Uuid::from_u128(n),
        license_id,
        hardware_key,
        version: "1.2",
        address: "203.0.113.9",
        email: "",
        at,
    }
}

async fn listed(db: &TestDb, tenant: TenantId, filter: &DeviceFilter) -> Vec<DeviceLine> {
    read(db, async |c| device_list::list(c, tenant, filter).await).await
}

async fn keys(db: &TestDb, tenant: TenantId, filter: &DeviceFilter) -> Vec<String> {
    let lines = listed(db, tenant, filter).await;
    lines
        .into_iter()
        .map(|line| line.device.hardware_key)
        .collect()
}

#[tokio::test]
async fn devices_are_listed_in_each_order_with_the_licence_that_each_has() {
    on_each(async |db| {
        let (acme, atlas) = four(db).await;
        for (order, expected) in [
            (DeviceOrder::LastSeen, ["BB", "BA", "AA", "AB"]),
            (DeviceOrder::FirstSeen, ["AB", "AA", "BA", "BB"]),
            (DeviceOrder::HardwareId, ["AA", "AB", "BA", "BB"]),
        ] {
            assert_eq!(keys(db, acme, &all(order)).await, expected, "{order}");
            for (at, key) in expected.iter().enumerate() {
                let after = listed(db, acme, &all(order)).await;
                let place = place(&after[at].device, order);
                let rest = DeviceFilter {
                    after: Some(place),
                    ..all(order)
                };
                assert_eq!(
                    keys(db, acme, &rest).await,
                    expected[at + 1..],
                    "{order} {key}"
                );
            }
        }
        let licensed = |line: &DeviceLine| line.license_id.is_some();
        let lines = listed(db, acme, &all(DeviceOrder::HardwareId)).await;
        assert_eq!(
            lines.iter().map(licensed).collect::<Vec<_>>(),
            [false, false, true, false]
        );
        assert_eq!(
            lines[2].last_four.as_deref(),
            Some(a_license_end(db, acme).await.as_str())
        );
        let one = read(db, async |c| {
            device_list::find(c, acme, (atlas, "BA")).await
        })
        .await;
        assert_eq!(one.as_ref(), Some(&lines[2]));
        let blue = tenant(db).await;
        assert_eq!(listed(db, blue, &all(DeviceOrder::LastSeen)).await, []);
        assert_eq!(
            read(db, async |c| device_list::find(c, blue, (atlas, "BA"))
                .await)
            .await,
            None
        );
    })
    .await;
}

async fn a_license_end(db: &TestDb, tenant: TenantId) -> String {
    let row = read(db, async |c| licenses::find(c, tenant, id(1)).await).await;
    row.expect("is there").last_four
}

fn place(device: &Device, order: DeviceOrder) -> DevicePlace {
    DevicePlace {
        at: match order {
            DeviceOrder::LastSeen => device.last_seen_at,
            DeviceOrder::FirstSeen => device.first_seen_at,
            DeviceOrder::HardwareId => 0,
        },
        product_id: device.product_id,
        hardware_key: device.hardware_key.clone(),
    }
}

#[tokio::test]
async fn every_order_is_read_from_its_end_too_page_by_page() {
    on_each(async |db| {
        let (acme, _) = four(db).await;
        let page =
            async |order: DeviceOrder, beginning: &str, limit: i64, last: Option<&DeviceLine>| {
                let filter = DeviceFilter {
                    is_backwards: true,
                    beginning: beginning.into(),
                    after: last.map(|line| place(&line.device, order)),
                    limit,
                    ..all(order)
                };
                listed(db, acme, &filter).await
            };
        for (order, beginning, expected) in [
            (DeviceOrder::LastSeen, "", vec!["AB", "AA", "BA", "BB"]),
            (DeviceOrder::FirstSeen, "", vec!["BB", "BA", "AA", "AB"]),
            (DeviceOrder::HardwareId, "", vec!["BB", "BA", "AB", "AA"]),
            (DeviceOrder::HardwareId, "A", vec!["AB", "AA"]),
            (DeviceOrder::HardwareId, "BA", vec!["BA"]),
        ] {
            let lines = page_by_page(async |last: Option<&DeviceLine>| {
                page(order, beginning, 1, last).await
            });
            let keys = lines.await.into_iter().map(|line| line.device.hardware_key);
            let keys: Vec<_> = keys.collect();
            assert_eq!(keys, expected, "{order} {beginning}");
            let short = DeviceFilter {
                is_backwards: true,
                looked_at: 3,
                ..all(order)
            };
            let until = read(db, async |c| {
                device_list::looked_until(c, acme, &short).await
            })
            .await;
            let whole = page(order, "", 9, None).await;
            assert_eq!(until, Some(place(&whole[2].device, order)), "{order}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_narrowed_list_looks_at_so_many_and_says_how_far_it_came() {
    on_each(async |db| {
        let (acme, atlas) = four(db).await;
        let by_last = all(DeviceOrder::LastSeen);
        for (state, expected) in [
            (DeviceState::OnTrial, vec!["AA"]),
            (DeviceState::TrialOver, vec!["AB"]),
            (DeviceState::Activated, vec!["BA"]),
            (DeviceState::TrialUsed, vec!["BB"]),
        ] {
            let filter = DeviceFilter {
                state: Some(state),
                ..by_last.clone()
            };
            assert_eq!(keys(db, acme, &filter).await, expected, "{state}");
        }
        let of_none = DeviceFilter {
            product_id: atlas.get() + 1,
            ..by_last.clone()
        };
        assert_eq!(keys(db, acme, &of_none).await, [""; 0]);
        let beginning = DeviceFilter {
            beginning: "B".into(),
            ..all(DeviceOrder::HardwareId)
        };
        assert_eq!(keys(db, acme, &beginning).await, ["BA", "BB"]);
        let on_trial = Some(DeviceState::OnTrial);
        let short = DeviceFilter {
            state: on_trial,
            looked_at: 2,
            ..by_last
        };
        assert_eq!(
            keys(db, acme, &short).await,
            [""; 0],
            "the two latest have licences"
        );
        let until = read(db, async |c| {
            device_list::looked_until(c, acme, &short).await
        })
        .await;
        let further = DeviceFilter {
            after: until,
            ..short
        };
        assert_eq!(keys(db, acme, &further).await, ["AA"]);
        let until = read(db, async |c| {
            device_list::looked_until(c, acme, &further).await
        })
        .await;
        assert_eq!(until, None);
        for order in [DeviceOrder::FirstSeen, DeviceOrder::HardwareId] {
            let filter = DeviceFilter {
                looked_at: 3,
                ..all(order)
            };
            let until = read(db, async |c| {
                device_list::looked_until(c, acme, &filter).await
            })
            .await;
            let lines = listed(db, acme, &all(order)).await;
            assert_eq!(until, Some(place(&lines[2].device, order)), "{order}");
        }
    })
    .await;
}
