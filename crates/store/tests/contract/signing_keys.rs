//! Signing keys and the codes that they signed.

use store::activations::{self, NewActivation};
use store::licenses::{self, License};
use store::offline_codes::{self, OfflineCode};
use store::signing_keys::{self, SigningKey};

use crate::rows::{a_license, data_key, product, tenant};
use crate::support::{NOW, id, keep, on_each, read};

fn key(version: i32) -> SigningKey {
    SigningKey {
        id: uuid::Uuid::from_u128(u128::from(version.unsigned_abs())),
        version,
        state: "active".into(),
        public_der: vec![1],
        private_sealed: vec![2],
        created_at: NOW,
        retired_at: None,
    }
}

#[tokio::test]
async fn there_is_one_active_key_and_former_ones_stay() {
    on_each(async |db| {
        let acme = tenant(db).await;
        keep(db, |tx| signing_keys::insert(tx, acme, &key(1))).await;
        let mut tx = db.begin();
        signing_keys::insert(&mut tx, acme, &key(2));
        assert!(tx.commit().await.is_err_and(|e| e.is_unique_violation()));
        keep(db, |tx| {
            signing_keys::retire_active(tx, acme, NOW + 1);
            signing_keys::insert(tx, acme, &key(2));
        })
        .await;
        let kept = read(db, async |c| signing_keys::list(c, acme).await).await;
        let told: Vec<_> = kept
            .iter()
            .map(|k| (k.version, k.state.as_str(), k.retired_at))
            .collect();
        assert_eq!(told, [(2, "active", None), (1, "retired", Some(NOW + 1))]);
        assert_eq!(
            (&kept[0].public_der, &kept[0].private_sealed),
            (&vec![1], &vec![2])
        );
    })
    .await;
}

#[tokio::test]
async fn a_code_stands_for_the_licence_that_still_is_good() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (product(db, acme).await, data_key(db, acme).await);
        let code = |n: u128, license: u128| OfflineCode {
            id: uuid::Uuid::from_u128(n),
            license_id: id(license),
            hardware_key: "AB".into(),
            code_index: vec![7],
            code_sealed: vec![8],
            expires_at: NOW,
            created_at: NOW + i64::try_from(n).expect("small"),
        };
        let revoked = License {
            state: "revoked".into(),
            ..a_license(2, of)
        };
        keep(db, |tx| {
            licenses::insert(tx, acme, &a_license(1, of));
            licenses::insert(tx, acme, &revoked);
            offline_codes::insert(tx, acme, &code(5, 1));
            offline_codes::insert(tx, acme, &code(6, 2));
        })
        .await;
        let found = read(db, async |c| {
            offline_codes::find_license(c, acme, &[7]).await
        });
        assert_eq!(found.await, Some(id(1)));
        let unknown = read(db, async |c| {
            offline_codes::find_license(c, acme, &[9]).await
        });
        assert_eq!(unknown.await, None);
        let newest = read(db, async |c| offline_codes::newest(c, acme, id(2)).await).await;
        let newest = newest.expect("is there");
        assert_eq!(
            (newest.code_sealed, newest.hardware_key.as_str()),
            (vec![8], "AB")
        );
        let blue = tenant(db).await;
        let foreign = read(db, async |c| offline_codes::newest(c, blue, id(2)).await);
        assert!(foreign.await.is_none());
    })
    .await;
}

#[tokio::test]
async fn of_two_good_licences_a_code_stands_for_the_one_that_its_device_has_a_seat_of() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let of = (product(db, acme).await, data_key(db, acme).await);
        let code = |n: u128| OfflineCode {
            id: uuid::Uuid::from_u128(n),
            license_id: id(n),
            hardware_key: "AB".into(),
            code_index: vec![7],
            code_sealed: vec![8],
            expires_at: NOW,
            created_at: NOW + i64::try_from(n).expect("small"),
        };
        let seat = |n: u128| NewActivation {
            id: uuid::Uuid::from_u128(n),
            license_id: id(n),
            hardware_key: "AB",
            version: "",
            address: "::1",
            email: "",
            at: NOW,
        };
        keep(db, |tx| {
            for n in [1, 2] {
                licenses::insert(tx, acme, &a_license(n, of));
                activations::insert(tx, acme, &seat(n));
                offline_codes::insert(tx, acme, &code(n));
            }
            activations::end(tx, acme, (id(2), "AB"), NOW);
        })
        .await;
        let found = read(db, async |c| {
            offline_codes::find_license(c, acme, &[7]).await
        });
        assert_eq!(found.await, Some(id(1)));
    })
    .await;
}
