//! The change log.

use domain::ids::TenantId;
use store::changes::{self, NewChange};

use crate::rows::tenant;
use crate::support::{NOW, keep, on_each, read};

const fn change<'a>(tenant_id: TenantId, subject_id: &'a str, verb: &'a str) -> NewChange<'a> {
    NewChange {
        tenant_id,
        livemode: true,
        actor_kind: "person",
        actor_id: "1",
        actor_name: "ann@example.com",
        subject_kind: "license",
        subject_id,
        verb,
        data: r#"{"a":1}"#,
        hardware_key: None,
        at: NOW,
    }
}

#[tokio::test]
async fn changes_are_read_newest_first_before_a_cursor() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for row in [
            change(acme, "1", "issued"),
            change(blue, "1", "issued"),
            change(acme, "2", "issued"),
            change(acme, "1", "revoked"),
        ] {
            keep(db, |tx| changes::insert(tx, &row)).await;
        }
        let first = read(db, async |c| changes::list(c, acme, (i64::MAX, 2)).await).await;
        let verbs: Vec<_> = first.iter().map(|c| c.verb.as_str()).collect();
        assert_eq!(verbs, ["revoked", "issued"]);
        assert!(first[0].livemode && first[0].data == r#"{"a":1}"# && first[0].at == NOW);
        let rest = read(db, async |c| changes::list(c, acme, (first[1].id, 9)).await).await;
        assert_eq!(rest.len(), 1);
        assert!(rest[0].id < first[1].id);
        let of_one = read(db, async |c| {
            changes::list_by_subject(c, acme, ("license", "1"), 9).await
        });
        let verbs: Vec<_> = of_one.await.into_iter().map(|c| c.verb).collect();
        assert_eq!(verbs, ["revoked", "issued"]);
    })
    .await;
}

#[tokio::test]
async fn what_happened_to_a_kind_of_things_is_read_without_the_sign_ins() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let of = |tenant, kind, verb| NewChange {
            subject_kind: kind,
            ..change(tenant, "1", verb)
        };
        for row in [
            of(acme, "person", "joined"),
            of(acme, "license", "issued"),
            of(blue, "person", "removed"),
            of(acme, "person", "signed_in"),
            of(acme, "person", "session_ended"),
            of(acme, "person", "signed_out"),
            of(acme, "person", "signed_out_everywhere"),
            of(acme, "person", "role_changed"),
        ] {
            keep(db, |tx| changes::insert(tx, &row)).await;
        }
        let list = async |limit| {
            let rows = read(db, async |c| {
                changes::list_by_kind(c, acme, "person", limit).await
            });
            let verbs = rows.await.into_iter().map(|c| c.verb);
            verbs.collect::<Vec<_>>()
        };
        assert_eq!(list(9).await, ["role_changed", "joined"]);
        assert_eq!(list(1).await, ["role_changed"]);
    })
    .await;
}

#[tokio::test]
async fn what_a_device_was_part_of_is_told_once_and_read_by_pages() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let on_device = |verb: &'static str| NewChange {
            hardware_key: Some("AB"),
            ..change(acme, "1", verb)
        };
        keep(db, |tx| changes::insert(tx, &on_device("activated"))).await;
        for _ in 0..2 {
            keep(db, |tx| changes::insert_first(tx, &on_device("validated"))).await;
        }
        keep(db, |tx| changes::insert(tx, &change(acme, "1", "revoked"))).await;
        let list = |page| {
            read(db, async move |c| {
                changes::list_by_device(c, acme, "AB", page).await
            })
        };
        let verbs: Vec<_> = list((9, 0)).await.into_iter().map(|c| c.verb).collect();
        assert_eq!(verbs, ["validated", "activated"]);
        assert_eq!(list((1, 1)).await[0].verb, "activated");
        let before = |part| {
            read(db, async move |c| {
                changes::list_by_device_before(c, acme, "AB", part).await
            })
        };
        let newest = before((i64::MAX, 1)).await;
        assert_eq!((newest.len(), newest[0].verb.as_str()), (1, "validated"));
        let older = before((newest[0].id, 9)).await;
        assert_eq!((older.len(), older[0].verb.as_str()), (1, "activated"));
        let count = |device: &'static str| {
            read(db, async move |c| {
                changes::count_by_device(c, acme, device, 100).await
            })
        };
        assert_eq!((count("AB").await, count("CD").await), (2, 0));
    })
    .await;
}
