//! Products and plans by the JSON API, and calls that are repeated.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Reply, Stage, send};

async fn post_once(stage: &Stage, path: &str, key: &str, body: &Value) -> Reply {
    let request = stage
        .request(Method::POST, path)
        .header("Idempotency-Key", key)
        .json(body);
    send(request).await
}

#[tokio::test]
async fn a_product_is_made_read_changed_and_archived_with_and_without_a_slash() {
    let stage = Stage::start().await;
    let made = stage
        .make(
            "/api/product",
            &json!({ "name": "Atlas", "price": 49.9, "currency": "eur", "defaultLicenseDays": 365,
                "features": ["maps", "layers"], "maxSeats": null }),
        )
        .await;
    assert_eq!(
        (&made["price"], &made["currency"]),
        (&json!(49.9), &json!("EUR"))
    );
    assert_eq!(made["features"], json!(["maps", "layers"]));
    assert_eq!(made.get("maxSeats"), None);
    let id = made["id"].as_i64().expect("an id");
    for path in [format!("/api/product/{id}"), format!("/api/product/{id}/")] {
        let read = stage.read(&path).await;
        for field in ["id", "name", "price", "features", "createdAt"] {
            assert_eq!(read[field], made[field], "{field}");
        }
        let changed = stage.put(&path, &json!({ "trialDays": 14 })).await;
        assert_eq!(changed.json()["trialDays"], 14);
        assert_eq!(changed.json()["name"], "Atlas");
        stage.put(&path, &json!({ "trialDays": 0 })).await;
    }
    let listed = stage.read("/api/product/").await;
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(
        stage.delete(&format!("/api/product/{id}")).await.status,
        204
    );
    assert_eq!(stage.read("/api/product").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn a_name_in_use_also_as_a_former_name_is_409() {
    let stage = Stage::start().await;
    let made = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let path = format!("/api/product/{}", made["id"]);
    stage.put(&path, &json!({ "name": "Atlas 2" })).await;
    for name in ["atlas", " ATLAS 2 "] {
        let reply = stage.post("/api/product/", &json!({ "name": name })).await;
        let (status, code, _) = reply.refusal();
        assert_eq!((status, code.as_str()), (409, "name_in_use"), "{name}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_template_with_an_unknown_placeholder_or_without_end_is_refused_beside_its_field() {
    let stage = Stage::start().await;
    for template in [
        "{{Nonsense}}",
        "{{",
        "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}",
    ] {
        let body = json!({ "name": "Atlas", "emailTemplate": template });
        let (status, _, field) = stage.post("/api/product/", &body).await.refusal();
        assert_eq!(
            (status, field.as_str()),
            (422, "emailTemplate"),
            "{template}"
        );
    }
    assert_eq!(stage.read("/api/product/").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn the_documented_plan_body_makes_a_plan_and_its_id_changes_it() {
    let stage = Stage::start().await;
    let body = json!({ "id": null, "name": "Year", "durationDays": 365, "isActive": true });
    let made = stage.make("/api/plan", &body).await;
    let body = json!({ "id": made["id"], "isActive": false });
    let changed = stage.post("/api/plan/", &body).await;
    assert_eq!(changed.status, 200);
    let expected = json!([{ "id": made["id"], "name": "Year", "durationDays": 365, "features": [], "isActive": false }]);
    assert_eq!(stage.read("/api/plan").await, expected);
    let unknown = stage
        .post("/api/plan", &json!({ "id": 999, "name": "x" }))
        .await;
    assert_eq!(unknown.refusal().0, 404);
    stage.stop().await;
}

#[tokio::test]
async fn a_call_repeated_with_its_key_has_one_effect_and_one_answer() {
    let stage = Stage::start().await;
    let body = json!({ "name": "Atlas" });
    let first = post_once(&stage, "/api/product/", "key-1", &body).await;
    let again = post_once(&stage, "/api/product", "key-1", &body).await;
    assert_eq!((first.status, &first.text), (again.status, &again.text));
    assert_eq!(again.headers["content-type"], "application/json");
    assert_eq!(
        stage.read("/api/product").await.as_array().map(Vec::len),
        Some(1)
    );
    let other_body = post_once(&stage, "/api/product", "key-1", &json!({ "name": "B" })).await;
    assert_eq!(
        other_body.refusal(),
        (422, "invalid".into(), "Idempotency-Key".into())
    );
    let other_route = post_once(&stage, "/api/plan", "key-1", &body).await;
    assert_eq!(other_route.refusal().0, 422);
    stage.stop().await;
}

#[tokio::test]
async fn a_refused_call_gives_its_key_back() {
    let stage = Stage::start().await;
    let refused = post_once(&stage, "/api/product", "key-1", &json!({ "name": "" })).await;
    assert_eq!(refused.status, 422);
    let taken = post_once(&stage, "/api/product", "key-1", &json!({ "name": "Atlas" })).await;
    assert_eq!(taken.status, 201);
    let wrong_key = post_once(&stage, "/api/product", "a b", &json!({ "name": "B" })).await;
    assert_eq!(wrong_key.refusal().2, "Idempotency-Key");
    stage.stop().await;
}

#[tokio::test]
async fn a_test_mail_is_queued_from_the_template() {
    let stage = Stage::start().await;
    let made = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let path = format!("/api/product/{}/test-mail", made["id"]);
    let queued = stage
        .make(&path, &json!({ "email": "ann@example.com" }))
        .await;
    let id = queued["mailId"].as_str().expect("an id");
    let mail = stage.read(&format!("/api/mail/{id}")).await;
    assert_eq!(
        (&mail["kind"], &mail["recipient"]),
        (&json!("test"), &json!("ann@example.com"))
    );
    let refused = stage.post(&path, &json!({ "email": "ann" })).await;
    let (status, _, field) = refused.refusal();
    assert_eq!((status, field.as_str()), (422, "email"));
    stage.stop().await;
}

#[tokio::test]
async fn a_draft_is_rendered_with_example_keys_or_refused_beside_its_field() {
    let stage = Stage::start().await;
    let path = "/api/product/preview-template";
    let draft = json!({ "name": "Atlas", "emailSubject": "{{ProductName}}!",
        "emailTemplate": "<p>{{ActivationKey}}</p>" });
    let shown = stage.post(path, &draft).await.json();
    assert_eq!(shown["subject"], "Atlas!");
    assert!(
        shown["html"]
            .as_str()
            .is_some_and(|html| html.contains("TEST-TEST-TEST-TEST<br>"))
    );
    let refused = stage
        .post(path, &json!({ "emailSubject": "{{Nonsense}}" }))
        .await;
    assert_eq!(
        refused.refusal(),
        (422, "invalid".into(), "emailSubject".into())
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_caller_who_hung_up_gets_the_answer_by_calling_again() {
    let stage = Stage::start().await;
    let body = json!({ "name": "Atlas" });
    stage.post_and_hang_up("/api/product", "key-1", &body).await;
    let answer = loop {
        let reply = post_once(&stage, "/api/product", "key-1", &body).await;
        if reply.status == 201 || reply.refusal().1 != "still_running" {
            break reply;
        }
    };
    assert_eq!(answer.status, 201, "{}", answer.text);
    let listed = stage.read("/api/product").await;
    assert_eq!(listed, json!([answer.json()]));
    stage.stop().await;
}
