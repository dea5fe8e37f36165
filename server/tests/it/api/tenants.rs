//! Another tenant's things are 404 on every route that takes an id, and in no list.

use serde_json::{Value, json};

use super::stage::{SIGNING_SECRET, Stage, new_tenant, new_token, paid};

fn id(value: &Value) -> String {
    let text = value.as_str().map(str::to_owned);
    text.unwrap_or_else(|| value.to_string())
}

#[tokio::test]
async fn another_tenants_things_do_not_exist() {
    let mut stage = Stage::start().await;
    let (app, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let plan = stage
        .make("/api/plan", &json!({ "name": "Year", "durationDays": 365 }))
        .await;
    stage
        .deliver(&webhook, &paid(1, &product["id"]), SIGNING_SECRET)
        .await;
    stage
        .deliver(&webhook, &paid(2, &json!(9_999)), SIGNING_SECRET)
        .await;
    let license = stage.read("/api/license/").await[0].clone();
    let events = stage.read("/api/stripe/events").await;
    let order = stage.read("/api/stripe/review").await[0].clone();
    let mail = stage.read("/api/mail").await["items"][0].clone();
    let token = stage.read("/api/token").await[0].clone();

    let stranger = new_tenant(&stage.engine, "Blue").await;
    stage.token = new_token(&stage.engine, stranger, "generate,email,manage").await;
    let (product, app, event, order, mail, token) = (
        id(&product["id"]),
        id(&app["id"]),
        id(&events[0]["id"]),
        id(&order["orderId"]),
        id(&mail["id"]),
        id(&token["id"]),
    );
    let key = id(&license["activationKey"]);
    for path in [
        format!("/api/product/{product}"),
        format!("/api/stripe/apps/{app}"),
        format!("/api/stripe/events/{event}"),
        format!("/api/stripe/orders/{order}"),
        format!("/api/mail/{mail}"),
        format!("/api/license/{key}"),
        format!("/api/license/{key}/history"),
    ] {
        assert_eq!(stage.get(&path).await.refusal().0, 404, "GET {path}");
    }
    let email = json!({ "email": "eve@example.com" });
    for (path, body) in [
        (format!("/api/product/{product}"), json!({ "name": "Mine" })),
        (format!("/api/stripe/apps/{app}"), json!({ "name": "Mine" })),
        (format!("/api/mail/{mail}"), email.clone()),
        (format!("/api/stripe/orders/{order}"), email.clone()),
    ] {
        assert_eq!(stage.put(&path, &body).await.refusal().0, 404, "PUT {path}");
    }
    for (path, body) in [
        (format!("/api/product/{product}/test-mail"), email.clone()),
        (format!("/api/stripe/apps/{app}/check"), json!({})),
        (format!("/api/stripe/events/{event}/replay"), json!({})),
        (
            format!("/api/stripe/review/{order}/issue"),
            json!({ "productId": 1, "quantity": 1 }),
        ),
        (format!("/api/stripe/review/{order}/dismiss"), json!({})),
        (format!("/api/mail/{mail}/resend"), email),
        (
            "/api/plan".to_owned(),
            json!({ "id": plan["id"], "name": "Mine" }),
        ),
    ] {
        let (status, _, field) = stage.post(&path, &body).await.refusal();
        // Whether the order or the product is looked up first, the order is never found.
        assert!(
            status == 404 || field == "productId",
            "POST {path}: {status}"
        );
    }
    for path in [
        format!("/api/product/{product}"),
        format!("/api/stripe/apps/{app}"),
        format!("/api/token/{token}"),
    ] {
        assert_eq!(stage.delete(&path).await.refusal().0, 404, "DELETE {path}");
    }
    for path in [
        "/api/product/",
        "/api/plan",
        "/api/license/",
        "/api/stripe/apps",
        "/api/stripe/events",
        "/api/stripe/diagnostics",
        "/api/stripe/review",
    ] {
        assert_eq!(stage.read(path).await, json!([]), "{path}");
    }
    assert_eq!(stage.read("/api/mail").await["items"], json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn another_tenants_product_app_and_plan_cannot_be_sold() {
    let mut stage = Stage::start().await;
    let (app, _) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let stranger = new_tenant(&stage.engine, "Blue").await;
    stage.token = new_token(&stage.engine, stranger, "generate,manage").await;
    let own = stage.make("/api/product/", &json!({ "name": "Own" })).await;
    for (body, field) in [
        (
            json!({ "productId": product["id"], "livemode": false }),
            "productId",
        ),
        (
            json!({ "productId": own["id"], "appId": app["id"] }),
            "appId",
        ),
    ] {
        let reply = stage.post("/api/stripe/checkout/session", &body).await;
        assert_eq!(reply.refusal().2, field);
    }
    let wish = json!({ "productId": product["id"], "email": "eve@example.com" });
    let reply = stage.post("/api/activationkey/generate", &wish).await;
    assert_eq!(reply.refusal().2, "productId");
    stage.stop().await;
}

#[tokio::test]
async fn the_change_log_tells_a_tenant_its_own_changes_by_pages() {
    let mut stage = Stage::start().await;
    for name in ["Atlas", "Borealis"] {
        stage.make("/api/product/", &json!({ "name": name })).await;
    }
    let first = stage.read("/api/change?pageSize=1").await;
    let line = &first["items"][0];
    assert_eq!(
        (&line["subjectKind"], &line["verb"]),
        (&json!("product"), &json!("created"))
    );
    assert_eq!(
        (&line["actorKind"], &line["actorName"]),
        (&json!("token"), &json!("Test"))
    );
    let second = stage
        .read(&format!(
            "/api/change/?pageSize=1&before={}",
            first["before"]
        ))
        .await;
    assert_ne!(second["items"][0]["id"], line["id"]);
    let stranger = new_tenant(&stage.engine, "Blue").await;
    stage.token = new_token(&stage.engine, stranger, "manage").await;
    assert!(!stage.get("/api/change").await.text.contains("product"));
    stage.stop().await;
}
