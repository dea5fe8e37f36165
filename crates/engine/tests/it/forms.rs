//! What stands around forms and calls: flash rows, idempotency keys.

use engine::idempotency::{self, Answer, Begun, Call};
use engine::{Actor, Error, flash};
use serde_json::json;

use crate::support::TestEngine;

#[tokio::test]
async fn what_a_refused_form_leaves_is_taken_once_and_within_ten_minutes() {
    let t = TestEngine::start().await;
    let data = json!({ "errors": [{ "field": "name", "message": "Give it a name." }] });
    let id = flash::put(&t.engine, &data).await.expect("is put aside");
    assert_eq!(
        flash::take(&t.engine, &id).await.expect("takes"),
        Some(data.clone())
    );
    assert_eq!(flash::take(&t.engine, &id).await.expect("takes"), None);
    let late = flash::put(&t.engine, &data).await.expect("is put aside");
    t.clock.advance_seconds(601);
    assert_eq!(flash::take(&t.engine, &late).await.expect("takes"), None);
    assert_eq!(flash::prune(&t.engine).await.expect("prunes"), 1);
    for nonsense in ["", "1", "'; drop table flash"] {
        assert_eq!(flash::take(&t.engine, nonsense).await.expect("takes"), None);
    }
}

const fn call<'a>(key: &'a str, route: &'a str, body: u8) -> Call<'a> {
    Call {
        key,
        route,
        body_hash: [body; 32],
    }
}

#[tokio::test]
async fn the_same_call_gets_the_same_answer_for_a_day() {
    let t = TestEngine::start().await;
    let (engine, actor) = (&t.engine, t.system());
    let first = call("key-1", "POST /api/plan", 1);
    let begin = async |call: &Call<'_>| idempotency::begin(engine, &actor, call).await;
    assert_eq!(begin(&first).await.expect("begins"), Begun::Fresh);
    let running = begin(&first).await;
    assert!(matches!(
        running,
        Err(Error::Conflict {
            code: "still_running",
            ..
        })
    ));
    let answer = Answer::Repeatable(201, r#"{"id":7}"#);
    idempotency::finish(engine, &actor, "key-1", &answer)
        .await
        .expect("finishes");
    let replay = Begun::Replay {
        status: 201,
        answer: r#"{"id":7}"#.into(),
    };
    assert_eq!(begin(&first).await.expect("replays"), replay);
    for other in [
        call("key-1", "POST /api/plan", 2),
        call("key-1", "POST /api/product/", 1),
    ] {
        assert_eq!(begin(&other).await.expect("compares"), Begun::Mismatch);
    }
    t.clock.advance_seconds(86_400);
    assert_eq!(begin(&first).await.expect("replays"), replay);
    t.clock.advance_seconds(1);
    assert_eq!(begin(&first).await.expect("begins"), Begun::Fresh);
}

#[tokio::test]
async fn a_secret_that_was_shown_once_is_not_kept_for_a_second_showing() {
    let t = TestEngine::start().await;
    let (engine, actor) = (&t.engine, t.system());
    let first = call("key-1", "POST /api/tokens", 1);
    let begun = idempotency::begin(engine, &actor, &first).await;
    assert_eq!(begun.expect("begins"), Begun::Fresh);
    idempotency::finish(engine, &actor, "key-1", &Answer::ShownOnce(201))
        .await
        .expect("finishes");
    let begun = idempotency::begin(engine, &actor, &first).await;
    assert_eq!(begun.expect("compares"), Begun::AlreadyCreated);
}

#[tokio::test]
async fn a_call_without_effect_gives_its_key_back_and_a_dead_one_does_not() {
    let t = TestEngine::start().await;
    let (engine, actor) = (&t.engine, t.system());
    let first = call("key-1", "POST /api/plan", 1);
    for _ in 0..2 {
        let begun = idempotency::begin(engine, &actor, &first).await;
        assert_eq!(begun.expect("begins"), Begun::Fresh);
        idempotency::release(engine, &actor, "key-1")
            .await
            .expect("releases");
    }
    let begun = idempotency::begin(engine, &actor, &first).await;
    assert_eq!(begun.expect("begins"), Begun::Fresh);
    t.clock.advance_seconds(120);
    let begun = idempotency::begin(engine, &actor, &first).await;
    assert!(matches!(
        begun,
        Err(Error::Conflict {
            code: "outcome_unknown",
            ..
        })
    ));
    t.clock.advance_seconds(86_400);
    assert_eq!(idempotency::prune(engine).await.expect("prunes"), 1);
}

#[tokio::test]
async fn a_key_stands_for_a_call_of_its_own_tenant_and_is_plain_text() {
    let t = TestEngine::start().await;
    let other = engine::tenants::create::execute(&t.engine, "Blue")
        .await
        .expect("is created");
    for actor in [t.system(), Actor::system(other)] {
        let begun = idempotency::begin(&t.engine, &actor, &call("k", "POST /api/plan", 1)).await;
        assert_eq!(begun.expect("begins"), Begun::Fresh);
    }
    let endless = "k".repeat(256);
    for wrong in ["", "with space", "línea", "a\nb", endless.as_str()] {
        let refused =
            idempotency::begin(&t.engine, &t.system(), &call(wrong, "POST /api/plan", 1)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{wrong}");
    }
}
