//! The devices of a licence.

use domain::ids::LicenseId;
use store::activations::{self, NewActivation};
use store::devices::{self, Device};
use store::license_devices::{self, LicenseDevice};
use store::licenses;
use uuid::Uuid;

use crate::rows::{a_license, data_key, product, tenant};
use crate::support::{NOW, id, keep, on_each, read};

fn activation(n: u128, hardware_key: &str, at: i64) -> NewActivation<'_> {
    NewActivation {
        id: Uuid::from_u128(n),
        license_id: license(),
        hardware_key,
        version: "1.2",
        address: "203.0.113.9",
        email: "",
        at,
    }
}

fn license() -> LicenseId {
    id(1)
}

#[tokio::test]
async fn each_device_stands_once_by_its_last_activation_and_as_it_was_last_seen() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let atlas = product(db, acme).await;
        let row = a_license(1, (atlas, data_key(db, acme).await));
        let seen = Device {
            product_id: atlas,
            hardware_key: "AB".into(),
            first_seen_at: NOW,
            trial_ends_at: NOW,
            ever_activated_at: Some(NOW),
            last_seen_at: NOW + 9,
            address: "192.0.2.1".into(),
            version: "2.0".into(),
            contacts: 1,
        };
        keep(db, |tx| {
            licenses::insert(tx, acme, &row);
            activations::insert(tx, acme, &activation(10, "AB", NOW));
            activations::end(tx, acme, (license(), "AB"), NOW + 1);
            activations::insert(tx, acme, &activation(11, "CD", NOW + 2));
            activations::end(tx, acme, (license(), "CD"), NOW + 4);
            activations::insert(tx, acme, &activation(12, "AB", NOW + 3));
            activations::insert(tx, acme, &activation(13, "EF", NOW + 3));
            devices::note_activated(tx, acme, &seen);
        })
        .await;
        let list = async |tenant, part| {
            read(db, async move |c| {
                license_devices::list(c, tenant, license(), part).await
            })
            .await
        };
        let all: Vec<LicenseDevice> = list(acme, (None, 10)).await;
        let told = |d: &LicenseDevice| (d.hardware_key.clone(), d.activated_at, d.deactivated_at);
        assert_eq!(
            all.iter().map(told).collect::<Vec<_>>(),
            [
                ("EF".into(), NOW + 3, None),
                ("AB".into(), NOW + 3, None),
                ("CD".into(), NOW + 2, Some(NOW + 4)),
            ]
        );
        let known = |d: &LicenseDevice| (d.last_seen_at, d.address.clone(), d.version.clone());
        assert_eq!(known(&all[1]), (NOW + 9, "192.0.2.1".into(), "2.0".into()));
        assert_eq!(
            known(&all[2]),
            (NOW + 2, "203.0.113.9".into(), "1.2".into())
        );
        let first = list(acme, (None, 1)).await;
        assert_eq!(first, all[..1]);
        let place = Some((first[0].activated_at, first[0].id));
        assert_eq!(list(acme, (place, 10)).await, all[1..]);
        let blue = tenant(db).await;
        assert_eq!(list(blue, (None, 10)).await, []);
    })
    .await;
}
