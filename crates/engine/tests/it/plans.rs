//! Plans: a name for a length, unique in the tenant.

use domain::ids::PlanId;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use domain::plan::PlanForm;
use engine::named::NameQuery;
use engine::plans::{archive, create, list, update};
use engine::{Actor, Error};
use serde_json::{Value, json};

use crate::support::TestEngine;

fn form(json: Value) -> PlanForm {
    serde_json::from_value(json).expect("a form")
}

#[tokio::test]
async fn a_plan_is_created_changed_and_listed() {
    let t = TestEngine::start().await;
    let sent = json!({ "id": null, "name": "Yearly", "durationDays": 365, "isActive": true,
        "features": "maps, api" });
    let made = create::execute(&t.engine, &t.system(), &form(sent))
        .await
        .expect("is created");
    t.clock.advance_seconds(1);
    let sent = json!({ "name": "Per year", "isActive": false });
    let changed = update::execute(&t.engine, &t.system(), made.id, &form(sent))
        .await
        .expect("is changed");
    assert_eq!(changed.fields.name, "Per year");
    assert_eq!(changed.fields.duration_days, 365);
    assert!(!changed.fields.is_active);
    assert_eq!(changed.fields.features, ["maps", "api"]);
    assert_eq!(changed.updated_at, Some(t.engine.now()));
    let all = list::execute(&t.engine, &t.system()).await.expect("lists");
    assert_eq!(all, [changed]);
}

#[tokio::test]
async fn a_name_in_use_is_refused_and_leaves_everything_as_it_was() {
    let t = TestEngine::start().await;
    let system = t.system();
    for name in ["Monthly", "Yearly"] {
        let sent = json!({ "name": name, "durationDays": 30 });
        create::execute(&t.engine, &system, &form(sent))
            .await
            .expect("is created");
    }
    let before = list::execute(&t.engine, &system).await.expect("lists");
    let is_in_use = |refused: Option<Error>| {
        matches!(
            refused,
            Some(Error::Conflict {
                code: "name_in_use",
                ..
            })
        )
    };
    let sent = form(json!({ "name": "MONTHLY", "durationDays": 1 }));
    assert!(is_in_use(
        create::execute(&t.engine, &system, &sent).await.err()
    ));
    let sent = form(json!({ "name": " monthly" }));
    let refused = update::execute(&t.engine, &system, before[1].id, &sent).await;
    assert!(is_in_use(refused.err()));
    let own = update::execute(&t.engine, &system, before[0].id, &sent).await;
    assert_eq!(own.expect("its own name").fields.name, "monthly");
    let after = list::execute(&t.engine, &system).await.expect("lists");
    assert_eq!(after[1], before[1]);
}

#[tokio::test]
async fn another_tenants_plan_is_not_there() {
    let t = TestEngine::start().await;
    let sent = form(json!({ "name": "Yearly", "durationDays": 365 }));
    let made = create::execute(&t.engine, &t.system(), &sent)
        .await
        .expect("is created");
    let other = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    let stranger = Actor::system(other);
    for id in [made.id, PlanId::from(i32::MAX)] {
        let refused = update::execute(&t.engine, &stranger, id, &sent).await;
        assert!(matches!(refused, Err(Error::NotFound("plan"))));
    }
    let seen = list::execute(&t.engine, &stranger).await.expect("lists");
    assert_eq!(seen, []);
}

#[tokio::test]
async fn an_archived_plan_leaves_the_list_and_comes_back_not_on_sale() {
    let t = TestEngine::start().await;
    let system = t.system();
    let mut ids = Vec::new();
    for name in ["Monthly", "Yearly"] {
        let sent = form(json!({ "name": name, "durationDays": 30 }));
        ids.push(
            create::execute(&t.engine, &system, &sent)
                .await
                .expect("is created")
                .id,
        );
    }
    for _ in 0..2 {
        archive::execute(&t.engine, &system, ids[0])
            .await
            .expect("is archived");
    }
    let page = async |shelf, search: &str| {
        let query = NameQuery {
            shelf,
            search: search.into(),
            order: NameOrder::Newest,
            after: None,
            limit: 50,
        };
        let page = list::page(&t.engine, &system, &query).await.expect("lists");
        page.items
            .into_iter()
            .map(|plan| plan.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(page(Shelf::Current, "").await, [ids[1]]);
    assert_eq!(page(Shelf::Archived, " MON").await, [ids[0]]);
    let listed = list::execute(&t.engine, &system).await.expect("lists");
    assert_eq!(listed.len(), 1, "it can be chosen no more");
    let refused = update::execute(&t.engine, &system, ids[0], &form(json!({}))).await;
    assert!(matches!(
        refused,
        Err(Error::Conflict {
            code: "archived",
            ..
        })
    ));
    for _ in 0..2 {
        archive::restore(&t.engine, &system, ids[0])
            .await
            .expect("comes back");
    }
    let latest_first = [ids[1], ids[0]];
    assert_eq!(page(Shelf::Current, "").await, latest_first);
    let back = list::find(&t.engine, &system, ids[0])
        .await
        .expect("is found");
    assert!(!back.fields.is_active && back.archived_at.is_none());
    let id = ids[0].to_string();
    let log = engine::audit::list::by_subject(&t.engine, &system, ("plan", &id)).await;
    let verbs: Vec<_> = log
        .expect("is written")
        .into_iter()
        .map(|c| c.verb)
        .collect();
    assert_eq!(verbs, ["restored", "archived", "created"]);
}
