//! What a program's question is judged from.

use domain::ids::PlanId;
use futures::future::join_all;
use store::activations::{self, NewActivation};
use store::devices::{self, Device};
use store::license_lookups::{self, Asked, Question};
use store::licenses::License;
use store::plans::{self, Plan};
use store::{licenses, products, tenants};

use crate::rows::{a_license, a_product, data_key, product, tenant};
use crate::support::{NOW, id, keep, on_each, read, write};

#[tokio::test]
async fn one_look_tells_licence_product_settings_name_and_device() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let row = a_product("Atlas");
        let atlas = write(db, async |tx| {
            let atlas = products::insert(tx, acme, &row).await?;
            products::insert_name(tx, acme, ("atlas", atlas), NOW).await?;
            tenants::update(tx, acme, ("Acme", r#"{"testKeysValid":false}"#)).await?;
            Ok(atlas)
        })
        .await;
        let license = a_license(1, (atlas, data_key(db, acme).await));
        let activation = NewActivation {
            id: uuid::Uuid::from_u128(5),
            license_id: license.id,
            hardware_key: "AB",
            version: "",
            address: "::1",
            email: "",
            at: NOW,
        };
        let device = Device {
            product_id: atlas,
            hardware_key: "AB".into(),
            first_seen_at: NOW,
            trial_ends_at: NOW,
            ever_activated_at: Some(NOW),
            last_seen_at: NOW + 7,
            address: "::1".into(),
            version: "1.0".into(),
            contacts: 1,
        };
        keep(db, |tx| {
            licenses::insert(tx, acme, &license);
            activations::insert(tx, acme, &activation);
            activations::take_seat(tx, acme, &activation, "");
            devices::note_activated(tx, acme, &device);
        })
        .await;
        let asked = |hardware_key: &'static str, name_key: &'static str| Asked {
            hardware_key,
            name_key,
        };
        let index = license.key_index.clone();
        let found = read(db, async |c| {
            license_lookups::find_by_index(c, acme, &index, asked("AB", "atlas")).await
        });
        let found = found.await.expect("is there");
        assert_eq!((found.id, found.product_id), (license.id, atlas));
        assert!(found.is_activated && found.is_product_active && found.enforce_version_check);
        assert_eq!((found.seats_used, found.last_seen_at), (1, Some(NOW + 7)));
        assert_eq!(found.named_product_id, Some(atlas.get()));
        assert_eq!(
            (found.is_plan_active, found.product_version.as_str()),
            (None, "1.0")
        );
        assert!(found.settings.contains("testKeysValid"));
        let elsewhere = read(db, async |c| {
            license_lookups::find(c, acme, license.id, asked("CD", "other")).await
        });
        let elsewhere = elsewhere.await.expect("is there");
        assert!(!elsewhere.is_activated);
        assert_eq!(
            (elsewhere.named_product_id, elsewhere.last_seen_at),
            (None, None)
        );
        assert_eq!(elsewhere.plan_features, None);
        let blue = tenant(db).await;
        let foreign = read(db, async |c| {
            license_lookups::find(c, blue, id(1), asked("AB", "atlas")).await
        });
        assert!(foreign.await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_licence_of_a_plan_is_found_with_what_the_plan_unlocks_now() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let atlas = product(db, acme).await;
        let studio = Plan {
            id: PlanId::from(0),
            name: "Studio".into(),
            name_key: "studio".into(),
            duration_days: 30,
            features: r#"["api"]"#.into(),
            is_active: false,
            created_at: NOW,
            updated_at: None,
            archived_at: None,
        };
        let plan = write(db, async |tx| plans::insert(tx, acme, &studio).await).await;
        let license = License {
            plan_id: plan.map(PlanId::get),
            ..a_license(1, (atlas, data_key(db, acme).await))
        };
        keep(db, |tx| licenses::insert(tx, acme, &license)).await;
        let asked = Asked {
            hardware_key: "",
            name_key: "",
        };
        let found = read(db, async |c| {
            license_lookups::find(c, acme, license.id, asked).await
        });
        let found = found.await.expect("is there");
        assert_eq!(
            (found.is_plan_active, found.plan_features.as_deref()),
            (Some(false), Some(r#"["api"]"#))
        );
    })
    .await;
}

#[tokio::test]
async fn who_asks_at_the_same_moment_as_others_gets_the_answer_to_its_own_question() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let atlas = product(db, acme).await;
        let data_key = data_key(db, acme).await;
        let licenses: Vec<_> = (1..=20).map(|n| a_license(n, (atlas, data_key))).collect();
        keep(db, |tx| {
            for license in &licenses {
                licenses::insert(tx, acme, license);
            }
        })
        .await;
        let question = |tenant, key_index: &[u8]| Question {
            tenant,
            key_index: key_index.to_owned(),
            hardware_key: "AB".into(),
            name_key: String::new(),
        };
        let own = licenses.iter().map(|l| question(acme, &l.key_index));
        let foreign = licenses.iter().map(|l| question(blue, &l.key_index));
        let unknown = [question(acme, b"no such key")];
        let asked = own.chain(foreign).chain(unknown);
        let told = join_all(asked.map(|question| db.look_up_license(question))).await;
        let told = told.into_iter().map(|answer| answer.expect("an answer"));
        let told: Vec<_> = told.map(|found| found.map(|found| found.id)).collect();
        let expected = licenses.iter().map(|license| Some(license.id));
        let expected: Vec<_> = expected.chain(std::iter::repeat_n(None, 21)).collect();
        assert_eq!(told, expected);
        db.close().await;
        let afterwards = db.look_up_license(question(acme, b"closed")).await;
        assert!(afterwards.is_err(), "nobody waits for ever");
    })
    .await;
}
