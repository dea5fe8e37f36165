//! Stripe by the JSON API: apps, diagnostics, the event log, replay, review, checkout, dashboard.

use engine::ports::StripeProblem;
use reqwest::Method;
use serde_json::json;

use super::stage::{SIGNING_SECRET, Stage, paid, send};

#[tokio::test]
async fn secrets_go_in_and_never_come_out() {
    let stage = Stage::start().await;
    let (app, _) = stage.make_app().await;
    assert_eq!(
        (&app["hasSecret"], &app["hasWebhookSigningSecret"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(
        (&app["secretKeyLastFour"], &app["status"]),
        (&json!("uvwx"), &json!("Ready"))
    );
    let id = app["id"].as_str().expect("an id");
    let path = format!("/api/stripe/apps/{id}");
    let changed = stage.put(&path, &json!({ "name": "Shop" })).await.json();
    assert_eq!(
        (&changed["name"], &changed["hasSecret"]),
        (&json!("Shop"), &json!(true))
    );
    for path in [
        path.as_str(),
        "/api/stripe/apps",
        "/api/stripe/diagnostics",
        "/api/change",
    ] {
        let text = stage.get(path).await.text;
        assert!(
            !text.contains("sk_test_abc") && !text.contains("whsec_abc"),
            "{path}"
        );
    }
    assert_eq!(stage.delete(&path).await.status, 204);
    assert_eq!(stage.get(&path).await.refusal().0, 404);
    assert_eq!(stage.read("/api/stripe/apps/").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn keys_of_the_wrong_kind_or_mode_are_refused_beside_their_field() {
    let stage = Stage::start().await;
    for (name, value) in [
        ("secretKey", "pk_test_abcdefghijklmnop"),
        ("secretKey", "sk_live_abcdefghijklmnop"),
        ("webhookSigningSecret", "sk_test_abcdefghijklmnop"),
        ("publishableKey", "sk_test_abcdefghijklmnop"),
    ] {
        let reply = stage
            .post("/api/stripe/apps", &json!({ "name": "Store", name: value }))
            .await;
        let (status, _, field) = reply.refusal();
        assert_eq!((status, field.as_str()), (422, name), "{value}");
        assert!(
            !reply.text.contains("abcdefgh"),
            "the secret is not repeated"
        );
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_signing_secret_of_another_app_is_refused_without_saying_whose() {
    let stage = Stage::start().await;
    stage.make_app().await;
    let body = json!({ "name": "Second", "webhookSigningSecret": SIGNING_SECRET });
    let (status, _, field) = stage.post("/api/stripe/apps", &body).await.refusal();
    assert_eq!((status, field.as_str()), (422, "webhookSigningSecret"));
    stage.stop().await;
}

#[tokio::test]
async fn diagnostics_have_the_names_that_the_guide_promises() {
    let stage = Stage::start().await;
    stage.make_app().await;
    stage
        .make("/api/stripe/apps", &json!({ "name": "Empty" }))
        .await;
    let apps = stage.read("/api/stripe/diagnostics").await;
    let ready = &apps[0];
    let names: Vec<_> = ready
        .as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect();
    for name in [
        "Id",
        "Name",
        "IsLive",
        "IsActive",
        "IsDefault",
        "HasSecret",
        "HasWebhookSigningSecret",
        "Status",
        "Problems",
    ] {
        assert!(
            names.contains(&name.to_owned()),
            "{name} is missing in {names:?}"
        );
    }
    assert_eq!(
        (&ready["HasSecret"], &ready["Status"]),
        (&json!(true), &json!("Ready"))
    );
    assert_eq!(ready["Problems"], json!([]));
    let empty = &apps[1];
    assert_eq!(
        (&empty["HasSecret"], &empty["Status"]),
        (&json!(false), &json!("Not configured"))
    );
    assert!(
        empty["Problems"][0]["Remedy"]
            .as_str()
            .is_some_and(|words| !words.is_empty())
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_payment_becomes_keys_that_the_log_the_dashboard_and_the_outbox_show() {
    let stage = Stage::start().await;
    let (_, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let event = paid(1, &product["id"]);
    assert_eq!(
        stage.deliver(&webhook, &event, SIGNING_SECRET).await.status,
        200
    );

    let log = stage
        .read("/api/stripe/events?status=verified&type=checkout.session.completed")
        .await;
    let line = &log[0];
    assert_eq!(
        (&line["stripeEventId"], &line["processing"]),
        (&json!("evt_1"), &json!("fulfilled"))
    );
    assert_eq!(
        (&line["app"], &line["livemode"]),
        (&json!("Store"), &json!(false))
    );
    let path = format!("/api/stripe/events/{}", line["id"].as_str().expect("an id"));
    let whole = stage.read(&path).await;
    assert_eq!(whole["issued"].as_array().map(Vec::len), Some(1));
    let replayed = stage.post(&format!("{path}/replay"), &json!({})).await;
    assert_eq!(replayed.status, 200, "{}", replayed.text);

    let licenses = stage.read("/api/license/").await;
    assert_eq!(
        licenses.as_array().map(Vec::len),
        Some(1),
        "a replay issues nothing again"
    );
    let dashboard = stage.read("/api/dashboard?livemode=false").await;
    assert_eq!(dashboard["latest"][0], licenses[0]);
    assert_eq!(
        (&dashboard["keysIssued"], &dashboard["problems"]),
        (&json!(1), &json!([]))
    );
    let (days, revenue) = (&dashboard["days"], &dashboard["revenue"]);
    assert_eq!(days.as_array().map(Vec::len), Some(30));
    assert_eq!(
        (
            &days[29]["keysIssued"],
            &days[28]["keysIssued"],
            &days[29]["activations"]
        ),
        (&json!(1), &json!(0), &json!(0))
    );
    assert_eq!(revenue, &json!([{ "amount": 49.0, "currency": "EUR" }]));
    assert_eq!(stage.read("/api/dashboard").await["keysIssued"], 0);
    stage.stop().await;
}

#[tokio::test]
async fn a_forged_delivery_is_logged_and_stays_unfulfilled_when_replayed() {
    let stage = Stage::start().await;
    let (_, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let event = paid(1, &product["id"]);
    assert_eq!(
        stage.deliver(&webhook, &event, "whsec_forged").await.status,
        400
    );
    engine::stripe::deliveries::flush(&stage.engine)
        .await
        .expect("is written");
    let log = stage.read("/api/stripe/events?status=failed").await;
    assert!(
        log[0]["error"]
            .as_str()
            .is_some_and(|why| why.contains("no app matched signature"))
    );
    let id = log[0]["id"].as_str().expect("an id");
    let replayed = stage
        .post(&format!("/api/stripe/events/{id}/replay"), &json!({}))
        .await;
    assert_eq!(replayed.refusal().0, 409);
    assert_eq!(stage.read("/api/license/").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn a_payment_that_cannot_be_fulfilled_is_decided_by_a_person_once() {
    let stage = Stage::start().await;
    let (_, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    for number in [1, 2] {
        let event = paid(number, &json!(9_999));
        assert_eq!(
            stage.deliver(&webhook, &event, SIGNING_SECRET).await.status,
            200
        );
    }
    let orders = stage.read("/api/stripe/review").await;
    assert_eq!(orders.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&orders[0]["amount"], &orders[0]["currency"]),
        (&json!(49.0), &json!("EUR"))
    );
    assert!(
        orders[0]["reason"]
            .as_str()
            .is_some_and(|why| why.contains("9999"))
    );
    let path = |order: usize, what: &str| {
        let id = orders[order]["orderId"].as_str().expect("an id");
        format!("/api/stripe/review/{id}/{what}")
    };
    let wish = json!({ "productId": product["id"], "quantity": 2 });
    let refused = stage
        .post(
            &path(0, "issue"),
            &json!({ "productId": product["id"], "quantity": 0 }),
        )
        .await;
    assert_eq!(refused.refusal().2, "quantity");
    assert_eq!(
        stage.make(&path(0, "issue"), &wish).await,
        json!({ "issued": 2 })
    );
    assert_eq!(
        stage.post(&path(0, "issue"), &wish).await.refusal().1,
        "not_in_review"
    );
    assert_eq!(
        stage.post(&path(1, "dismiss"), &json!({})).await.status,
        204
    );
    assert_eq!(
        stage.read("/api/stripe/review?livemode=false").await,
        json!([])
    );
    assert_eq!(
        stage.read("/api/license/").await.as_array().map(Vec::len),
        Some(2)
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_checkout_session_is_made_or_stripes_words_are_passed_on() {
    let stage = Stage::start().await;
    stage.make_app().await;
    let product = stage
        .make(
            "/api/product/",
            &json!({ "name": "Atlas", "price": 49, "currency": "EUR" }),
        )
        .await;
    let body = json!({ "productId": product["id"], "quantity": 3, "livemode": false });
    let made = stage.make("/api/stripe/checkout/session/", &body).await;
    assert!(
        made["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("cs_test_"))
    );
    assert_eq!(made["url"], "https://checkout.example/pay");
    for (name, value) in [
        ("productId", json!(999)),
        ("quantity", json!(0)),
        ("quantity", json!(101)),
        ("quantity", json!("x")),
        ("planId", json!(7)),
        ("customerEmail", json!("ann")),
        ("successUrl", json!("javascript:alert(1)")),
        ("currency", json!("USD")),
        ("appId", json!("nonsense")),
        ("appId", json!("00000000-0000-7000-8000-000000000000")),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let (status, _, field) = stage
            .post("/api/stripe/checkout/session", &body)
            .await
            .refusal();
        assert_eq!((status, field.as_str()), (422, name), "{body}");
    }
    stage.stripe.set_problem(StripeProblem::Unreachable);
    let (status, code, _) = stage
        .post("/api/stripe/checkout/session", &body)
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (502, "upstream"));
    stage.stop().await;
}

#[tokio::test]
async fn a_checkout_that_stripe_could_not_make_is_made_by_the_same_call_again() {
    let stage = Stage::start().await;
    stage.make_app().await;
    let product = json!({ "name": "Atlas", "price": 49, "currency": "EUR" });
    let product = stage.make("/api/product/", &product).await;
    let body = json!({ "productId": product["id"], "livemode": false });
    let call = || {
        let request = stage.request(Method::POST, "/api/stripe/checkout/session");
        send(request.header("Idempotency-Key", "order-7").json(&body))
    };
    stage.stripe.set_problem(StripeProblem::Unreachable);
    for _ in 0..2 {
        assert_eq!(call().await.refusal().0, 502, "the key is not taken");
    }
    stage.stripe.mend();
    let made = call().await;
    assert!(made.status < 300, "{}", made.text);
    assert_eq!(call().await.text, made.text);
    stage.stop().await;
}

#[tokio::test]
async fn a_saved_key_can_be_tried_at_stripe() {
    let stage = Stage::start().await;
    let (app, _) = stage.make_app().await;
    let path = format!(
        "/api/stripe/apps/{}/check",
        app["id"].as_str().expect("an id")
    );
    assert_eq!(stage.post(&path, &json!({})).await.status, 204);
    stage.stripe.set_problem(StripeProblem::WrongKey);
    assert_eq!(stage.post(&path, &json!({})).await.refusal().1, "upstream");
    stage.stop().await;
}
