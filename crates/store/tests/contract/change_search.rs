//! The change log, searched.

use domain::ids::TenantId;
use store::change_search::{self, ChangeFilter};
use store::changes::{self, NewChange};

use crate::rows::tenant;
use crate::support::{NOW, TestDb, keep, on_each, read};

fn all() -> ChangeFilter {
    ChangeFilter {
        actor: String::new(),
        verb: String::new(),
        subject_kind: String::new(),
        before: i64::MAX,
        looked_at: 100,
        limit: 100,
    }
}

async fn told(db: &TestDb, tenant: TenantId, filter: &ChangeFilter) -> Vec<(i64, String)> {
    let lines = read(db, async |c| change_search::list(c, tenant, filter).await).await;
    let told = lines.into_iter().map(|line| (line.id, line.subject_id));
    told.collect()
}

#[tokio::test]
async fn lines_are_found_by_who_did_what_to_which_kind_of_thing() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for (subject_id, actor_name, verb, subject_kind) in [
            ("1", "ann@example.com", "created", "plan"),
            ("2", "anna@example.com", "created", "product"),
            ("3", "bob@example.com", "updated", "plan"),
        ] {
            let change = NewChange {
                tenant_id: acme,
                livemode: false,
                actor_kind: "person",
                actor_id: "",
                actor_name,
                subject_kind,
                subject_id,
                verb,
                data: "{}",
                hardware_key: None,
                at: NOW,
            };
            keep(db, |tx| changes::insert(tx, &change)).await;
        }
        let found = async |filter: ChangeFilter| {
            let told = told(db, acme, &filter).await;
            told.into_iter()
                .map(|(_, subject)| subject)
                .collect::<Vec<_>>()
        };
        assert_eq!(found(all()).await, ["3", "2", "1"]);
        let by_ann = ChangeFilter {
            actor: "ann".into(),
            ..all()
        };
        assert_eq!(found(by_ann).await, ["2", "1"]);
        let created = ChangeFilter {
            verb: "created".into(),
            ..all()
        };
        assert_eq!(found(created).await, ["2", "1"]);
        let plans = ChangeFilter {
            subject_kind: "plan".into(),
            ..all()
        };
        assert_eq!(found(plans.clone()).await, ["3", "1"]);
        let short = ChangeFilter {
            looked_at: 2,
            ..plans
        };
        assert_eq!(found(short.clone()).await, ["3"]);
        let until = read(db, async |c| {
            change_search::looked_until(c, acme, &short).await
        })
        .await;
        let further = ChangeFilter {
            before: until.expect("goes on"),
            ..short
        };
        assert_eq!(found(further.clone()).await, ["1"]);
        let until = read(db, async |c| {
            change_search::looked_until(c, acme, &further).await
        })
        .await;
        assert_eq!(until, None);
        let blue = tenant(db).await;
        assert_eq!(told(db, blue, &all()).await, []);
    })
    .await;
}
