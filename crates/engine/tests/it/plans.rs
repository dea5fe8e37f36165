//! Plans: a name for a length, unique in the tenant.

use domain::ids::PlanId;
use domain::plan::PlanForm;
use engine::plans::{create, list, update};
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
