//! The change log, searched.

use domain::ids::TenantId;
use domain::list_order::LogOrder;
use store::change_search::{self, ChangeFilter};
use store::changes::{self, NewChange};

use crate::rows::tenant;
use crate::support::{NOW, TestDb, keep, on_each, read};

fn all() -> ChangeFilter {
    ChangeFilter {
        actor: String::new(),
        verb: String::new(),
        subject_kind: String::new(),
        subject_id: String::new(),
        order: LogOrder::Newest,
        since: 0,
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

#[tokio::test]
async fn lines_are_found_by_the_one_thing_and_by_the_time_that_they_are_about() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (tenant_id, subject_id, subject_kind, day) in [
            (acme, "1", "plan", 0),
            (acme, "1", "product", 1),
            (acme, "2", "plan", 1),
            (acme, "1", "plan", 2),
            (blue, "1", "plan", 2),
        ] {
            let change = NewChange {
                tenant_id,
                livemode: false,
                actor_kind: "person",
                actor_id: "",
                actor_name: "ann@example.com",
                subject_kind,
                subject_id,
                verb: "updated",
                data: "{}",
                hardware_key: None,
                at: NOW + day,
            };
            keep(db, |tx| changes::insert(tx, &change)).await;
        }
        let of_plan = ChangeFilter {
            subject_kind: "plan".into(),
            subject_id: "1".into(),
            ..all()
        };
        let lines = told(db, acme, &of_plan).await;
        assert_eq!(lines.len(), 2);
        let everything = told(db, acme, &all()).await;
        let [last, third, second, first] = everything.as_slice() else {
            panic!("four lines");
        };
        assert_eq!((lines[0].0, lines[1].0), (last.0, first.0));
        let one = ChangeFilter {
            looked_at: 1,
            ..of_plan.clone()
        };
        let until = async |filter: &ChangeFilter| {
            read(db, async |c| {
                change_search::looked_until(c, acme, filter).await
            })
            .await
        };
        assert_eq!(until(&one).await, Some(last.0));
        assert_eq!(until(&of_plan).await, None);
        let since =
            async |at| read(db, async |c| change_search::first_since(c, acme, at).await).await;
        let before =
            async |at| read(db, async |c| change_search::last_until(c, acme, at).await).await;
        assert_eq!(since(NOW).await, Some(first.0));
        assert_eq!(since(NOW + 1).await, Some(second.0));
        assert_eq!(since(NOW + 3).await, None);
        assert_eq!(before(NOW + 2).await, Some(third.0));
        assert_eq!(before(NOW).await, None);
        let middle = ChangeFilter {
            since: second.0,
            before: last.0,
            ..all()
        };
        assert_eq!(
            told(db, acme, &middle).await,
            [third.clone(), second.clone()]
        );
    })
    .await;
}

#[tokio::test]
async fn the_log_is_read_either_way_around() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for subject_id in ["1", "2", "1", "1", "2"] {
            let change = NewChange {
                tenant_id: acme,
                livemode: false,
                actor_kind: "person",
                actor_id: "",
                actor_name: "ann@example.com",
                subject_kind: "plan",
                subject_id,
                verb: "updated",
                data: "{}",
                hardware_key: None,
                at: NOW,
            };
            keep(db, |tx| changes::insert(tx, &change)).await;
        }
        let ids = async |filter: &ChangeFilter| {
            let lines = told(db, acme, filter).await.into_iter();
            lines.map(|(id, _)| id).collect::<Vec<_>>()
        };
        let until = async |filter: &ChangeFilter| {
            read(db, async |c| {
                change_search::looked_until(c, acme, filter).await
            })
            .await
        };
        let oldest = ChangeFilter {
            order: LogOrder::Oldest,
            ..all()
        };
        let mut expected = ids(&all()).await;
        expected.reverse();
        assert_eq!(expected.len(), 5);
        assert_eq!(ids(&oldest).await, expected);
        let first = ChangeFilter {
            limit: 2,
            looked_at: 3,
            ..oldest.clone()
        };
        assert_eq!(ids(&first).await, expected[..2]);
        assert_eq!(until(&first).await, Some(expected[2]));
        let rest = ChangeFilter {
            since: expected[2] + 1,
            looked_at: 3,
            ..oldest.clone()
        };
        assert_eq!(ids(&rest).await, expected[3..]);
        assert_eq!(until(&rest).await, None);
        let of_one = ChangeFilter {
            subject_kind: "plan".into(),
            subject_id: "1".into(),
            before: expected[3],
            ..oldest
        };
        assert_eq!(ids(&of_one).await, [expected[0], expected[2]]);
    })
    .await;
}
