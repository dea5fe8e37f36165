//! Devices: one first contact for ever.

use domain::ids::ProductId;
use store::StoreError;
use store::devices::{self, Device, Sighting};

use crate::rows::{product, tenant};
use crate::support::{NOW, keep, on_each, read, together, write};

fn device(product_id: ProductId, first_seen_at: i64) -> Device {
    Device {
        product_id,
        hardware_key: "AB12".into(),
        first_seen_at,
        trial_ends_at: first_seen_at + 1_000,
        ever_activated_at: None,
        last_seen_at: first_seen_at,
        address: "203.0.113.9".into(),
        version: "1.0".into(),
        contacts: 1,
    }
}

#[tokio::test]
async fn of_many_first_contacts_at_once_one_is_the_first_for_all() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let atlas = product(db, acme).await;
        let race = (0..20).map(|n| {
            let db = db.db.clone();
            async move {
                let mut tx = db.begin();
                let met = devices::meet(&mut tx, acme, &device(atlas, NOW + n)).await;
                tx.commit().await.expect("commits");
                met.expect("is met").first_seen_at
            }
        });
        let dates = together(race).await;
        assert!(dates.iter().all(|date| *date == dates[0]), "{dates:?}");
        let of = (atlas, "AB12");
        let kept = read(db, async |c| devices::find(c, acme, of).await).await;
        assert_eq!(kept, Some(device(atlas, dates[0])));
        let blue = tenant(db).await;
        assert_eq!(
            read(db, async |c| devices::find(c, blue, of).await).await,
            None
        );
    })
    .await;
}

#[tokio::test]
async fn an_activation_and_sightings_leave_the_first_contact_and_what_was_seen_later_as_they_were()
{
    on_each(async |db| {
        let acme = tenant(db).await;
        let atlas = product(db, acme).await;
        let first = device(atlas, NOW);
        write(db, async |tx| devices::meet(tx, acme, &first).await).await;
        for at in [NOW + 10, NOW + 20] {
            let activated = Device {
                ever_activated_at: Some(at),
                version: String::new(),
                ..device(atlas, at)
            };
            keep(db, |tx| devices::note_activated(tx, acme, &activated)).await;
        }
        // The later one is written first: another node was faster.
        for (at, version, address) in [
            (NOW + 40, "2.0", "198.51.100.1"),
            (NOW + 30, "1.5", "192.0.2.1"),
            (NOW + 40, "", "198.51.100.1"),
        ] {
            let seen = Sighting {
                product_id: atlas,
                hardware_key: "AB12",
                at,
                address,
                version,
                contacts: 4,
            };
            keep(db, |tx| devices::note_seen(tx, acme, &seen)).await;
        }
        let of = (atlas, "AB12");
        let kept = read(db, async |c| devices::find(c, acme, of).await).await;
        let expected = Device {
            ever_activated_at: Some(NOW + 10),
            last_seen_at: NOW + 40,
            address: "198.51.100.1".into(),
            version: "2.0".into(),
            contacts: 15,
            ..first
        };
        assert_eq!(kept, Some(expected));
    })
    .await;
}

#[tokio::test]
async fn a_trial_gets_another_end_until_a_key_was_activated() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let atlas = product(db, acme).await;
        let first = device(atlas, NOW);
        let of = (atlas, "AB12");
        write(db, async |tx| devices::meet(tx, acme, &first).await).await;
        keep(db, |tx| devices::set_trial_end(tx, acme, of, NOW + 7)).await;
        let met = write(db, async |tx| devices::meet(tx, acme, &first).await).await;
        assert_eq!(met.trial_ends_at, NOW + 7, "coming again moves nothing");
        let blue = tenant(db).await;
        let activated = Device {
            ever_activated_at: Some(NOW),
            ..first
        };
        for (tenant, activate) in [(blue, None), (acme, Some(&activated))] {
            let mut tx = db.db.begin();
            if let Some(device) = activate {
                devices::note_activated(&mut tx, acme, device);
            }
            devices::set_trial_end(&mut tx, tenant, of, NOW + 8);
            assert!(matches!(tx.commit().await, Err(StoreError::Overtaken)));
        }
    })
    .await;
}
