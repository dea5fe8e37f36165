//! What anybody may send to the door: always an answer below 500, in JSON where programs ask. Only where
//! something of ours fails it is 500 or above, so that Stripe comes again.

use engine::stripe::apps;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::stripe_apps;

use crate::harness::{House, SIGNING_SECRET, on_each};

const MIB: usize = 1024 * 1024;

/// Sends a body with these headers; answers the status and the JSON of the answer.
async fn send(
    house: &House,
    (method, path): (Method, &str),
    headers: &[(&str, &[u8])],
    body: Vec<u8>,
) -> (StatusCode, Value) {
    let mut request = house
        .http
        .request(method, format!("{}{path}", house.nodes[0].url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.body(body).send().await.expect("an answer");
    let status = answer.status();
    assert!(
        answer.headers().contains_key("x-request-id"),
        "{path}: every answer says which request it was"
    );
    let text = answer.text().await.expect("a text");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn is_told(json: &Value) -> bool {
    let says = |name: &str| json[name].as_str().is_some_and(|text| !text.is_empty());
    says("error") && says("message")
}

#[tokio::test]
async fn bodies_up_to_1_mib_are_read_and_larger_ones_are_413() {
    on_each(async |house| {
        let hooks = [house.shop.hook.as_str(), "/api/stripe/webhook"];
        for hook in hooks {
            let whole = vec![b' '; MIB];
            let (status, json) = send(house, (Method::POST, hook), &[], whole).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            assert_eq!(json["error"], "not_verified");
            for length in [MIB + 1, 10 * MIB] {
                let body = vec![b' '; length];
                let (status, json) = send(house, (Method::POST, hook), &[], body).await;
                assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{length}");
                assert!(is_told(&json), "{json}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nonsense_at_the_webhook_is_refused_with_a_reason_and_never_a_fault() {
    on_each(async |house| {
        let hex = "0".repeat(64);
        let fresh = format!("t={},v1={hex}", house.engine().now().unix_seconds());
        let deep = "[".repeat(200_000);
        let bodies: [&[u8]; 9] = [
            b"",
            b"null",
            b"{",
            b"\xff\xfe\x00",
            b"{\"id\":\"evt_1\"}",
            b"{\"id\":\"evt_1\\u0000\",\"type\":1}",
            b"id=evt_1&type=x",
            b"{\"id\":{\"id\":\"evt_1\"},\"livemode\":1e999}",
            deep.as_bytes(),
        ];
        let signatures: [&[u8]; 6] = [
            b"",
            b"t=,v1=",
            b"\xe9\xe8",
            b"t=99999999999999999999,v1=00",
            fresh.as_bytes(),
            hex.as_bytes(),
        ];
        for body in bodies {
            for signature in signatures {
                for kind in [&b"application/json"[..], b"text/html", b"\xff", b""] {
                    let headers = [("stripe-signature", signature), ("content-type", kind)];
                    let hook = (Method::POST, house.shop.hook.as_str());
                    let (status, json) = send(house, hook, &headers, body.to_vec()).await;
                    assert_eq!(status, StatusCode::BAD_REQUEST, "{json}");
                    assert!(is_told(&json), "{json}");
                }
            }
        }
        assert!(house.keys().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_signed_event_with_absurd_contents_is_taken_and_issues_nothing() {
    on_each(async |house| {
        let product = house.shop.product;
        let objects = [
            "null".to_owned(),
            "[]".into(),
            "{\"mode\":\"payment\",\"metadata\":[]}".into(),
            format!(
                "{{\"id\":\"cs_1\",\"mode\":\"payment\",\"payment_status\":\"paid\",\
                 \"amount_total\":1e308,\"currency\":\"\\u0000\",\"payment_intent\":{{}},\
                 \"metadata\":{{\"productId\":\"{product}\",\"quantity\":\"99999999999999999999\",\
                 \"planId\":-1,\"planDays\":\"\\u0007\",\"orderId\":\"x\"}}}}"
            ),
            "{\"id\":\"cs_2\",\"mode\":\"payment\",\"payment_status\":\"paid\",\
             \"metadata\":{\"productId\":\"a\\u0000b\"}}"
                .into(),
        ];
        for (number, object) in objects.iter().enumerate() {
            let body = format!(
                "{{\"id\":\"evt_{number}\",\"type\":\"checkout.session.completed\",\
                 \"livemode\":false,\"api_version\":\"\\u0000\",\"data\":{{\"object\":{object}}}}}"
            );
            let header = house.sandbox.sign(SIGNING_SECRET, &body, None);
            let headers = [("stripe-signature", header.as_bytes())];
            let hook = (Method::POST, house.shop.hook.as_str());
            let (status, json) = send(house, hook, &headers, body.into_bytes()).await;
            assert_eq!(status, StatusCode::OK, "{object}: {json}");
            let outcome = json["outcome"].as_str().expect("an outcome");
            assert!(!outcome.contains("worker"), "{object}: {outcome}");
        }
        assert!(house.keys().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_signed_event_whose_envelope_is_absurd_is_no_fault() {
    on_each(async |house| {
        for (number, data) in ["null", "\"x\"", "[]", "7", "{}", "{\"object\":7}"]
            .iter()
            .enumerate()
        {
            let body = format!(
                "{{\"id\":\"evt_{number}\",\"type\":\"payment_intent.succeeded\",\
                 \"livemode\":false,\"account\":{{}},\"created\":\"x\",\"data\":{data}}}"
            );
            let header = house.sandbox.sign(SIGNING_SECRET, &body, None);
            let headers = [("stripe-signature", header.as_bytes())];
            let hook = (Method::POST, house.shop.hook.as_str());
            let (status, json) = send(house, hook, &headers, body.into_bytes()).await;
            assert_eq!(status, StatusCode::OK, "{data}: {json}");
        }
        assert!(house.keys().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_answered_in_json() {
    on_each(async |house| {
        for path in [
            "/api",
            "/api/",
            "/api/nothing",
            "/api/stripe/webhook/0123456789abcdef0123456789abcdef",
            "/api/stripe/webhook/%00%ff/",
            "/api/stripe/webhook/a/b",
        ] {
            let (status, json) = send(house, (Method::POST, path), &[], Vec::new()).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
            assert!(is_told(&json), "{path}: {json}");
        }
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            for path in [&house.shop.hook, "/api/stripe/webhook"] {
                let (status, json) = send(house, (method.clone(), path), &[], Vec::new()).await;
                assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
                assert!(is_told(&json), "{path}: {json}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn both_forms_of_the_webhooks_path_work() {
    on_each(async |house| {
        for (number, slash) in ["", "/"].into_iter().enumerate() {
            for hook in [&house.shop.hook, "/api/stripe/webhook"] {
                let body =
                    format!("{{\"id\":\"evt_{number}\",\"type\":\"ping\",\"livemode\":false}}");
                let header = house.sandbox.sign(SIGNING_SECRET, &body, None);
                let headers = [("stripe-signature", header.as_bytes())];
                let path = format!("{hook}{slash}");
                let (status, _) =
                    send(house, (Method::POST, &path), &headers, body.into_bytes()).await;
                assert_eq!(status, StatusCode::OK, "{path}");
            }
        }
    })
    .await;
}

/// Sends a rightly signed event; answers the status and the JSON of the answer.
async fn send_signed(house: &House, hook: &str) -> (StatusCode, Value) {
    let body = "{\"id\":\"evt_1\",\"type\":\"ping\",\"livemode\":false}";
    let header = house.sandbox.sign(SIGNING_SECRET, body, None);
    let headers = [("stripe-signature", header.as_bytes())];
    send(house, (Method::POST, hook), &headers, body.into()).await
}

#[tokio::test]
async fn an_event_that_cannot_be_stored_is_500_so_that_stripe_sends_it_again() {
    on_each(async |house| {
        house.engine().db().close().await;
        for hook in [house.shop.hook.as_str(), "/api/stripe/webhook"] {
            let (status, json) = send_signed(house, hook).await;
            assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "{hook}: {json}");
            assert_eq!(json["error"], "fault");
            assert!(is_told(&json), "{json}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_signing_secret_that_cannot_be_opened_is_503_until_it_is_saved_again() {
    on_each(async |house| {
        let (actor, app) = (&house.shop.actor, house.shop.app);
        let mut tx = house.engine().db().begin();
        let row = stripe_apps::find(&mut tx, actor.tenant(), app).await;
        let mut row = row.expect("the row is read").expect("the app is there");
        row.signing_secret_sealed = Some(b"not what was sealed".to_vec());
        let is_written = stripe_apps::update(&mut tx, &row).await;
        assert!(is_written.expect("the row is written"));
        tx.commit().await.expect("it is committed");
        let (status, json) = send_signed(house, &house.shop.hook).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{json}");
        assert_eq!(json["error"], "secret_unreadable");
        assert!(is_told(&json), "{json}");
        let form = json!({ "webhookSigningSecret": SIGNING_SECRET });
        let form = serde_json::from_value(form).expect("a form");
        let saved = apps::save::update(house.engine(), actor, app, &form).await;
        saved.expect("the app is saved");
        let (status, json) = send_signed(house, &house.shop.hook).await;
        assert_eq!(status, StatusCode::OK, "{json}");
    })
    .await;
}

#[tokio::test]
async fn machines_that_watch_learn_that_it_lives_and_is_ready() {
    on_each(async |house| {
        for (path, text) in [("/healthz", "ok"), ("/readyz", "ready")] {
            let url = format!("{}{path}", house.nodes[0].url);
            let answer = house.http.get(url).send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            assert_eq!(answer.text().await.expect("a text"), text);
        }
        house.engine().db().close().await;
        let url = format!("{}/readyz", house.nodes[0].url);
        let answer = house.http.get(url).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    })
    .await;
}

#[tokio::test]
async fn a_request_id_of_a_proxy_is_kept_and_no_other_text_stands_in_the_log() {
    on_each(async |house| {
        let long = "x".repeat(65);
        for (given, is_kept) in [
            ("4bf92f3577b34da6-00f0.67_A", true),
            (&*long, false),
            ("key=ABCD-EFGH maria@example.com", false),
            ("", false),
        ] {
            let url = format!("{}/healthz", house.nodes[0].url);
            let request = house.http.get(url).header("x-request-id", given);
            let answer = request.send().await.expect("an answer");
            let id = answer.headers()["x-request-id"].to_str().expect("a text");
            assert_eq!(id == given, is_kept, "{given}: {id}");
            assert!(!id.is_empty());
        }
    })
    .await;
}
