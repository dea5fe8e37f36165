//! Deliveries: signed, retried, and spoilt by the switches.

use std::io::Write as _;
use std::process::{Command, Stdio};

use sandbox::{
    DeliveryState, EventRequest, Faults, NewEndpoint, Options, Outcome, Sandbox, WebhookFaults,
};
use serde_json::json;

use crate::house::{KEY, get_json, id_of, new_session, post_form, sandbox_and_shop};

fn faulty(webhooks: WebhookFaults) -> Faults {
    Faults {
        webhooks,
        ..Faults::default()
    }
}

/// HMAC-SHA256 by Python's own module, not by the crate that signs.
fn independent_hmac(secret: &str, text: &str) -> Option<String> {
    const SCRIPT: &str = "import hashlib, hmac, sys\n\
        print(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), hashlib.sha256).hexdigest())";
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT, secret])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    input.write_all(text.as_bytes()).ok()?;
    drop(input);
    let output = child.wait_with_output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned())
}

#[tokio::test]
async fn a_delivery_is_signed_over_its_very_bytes() {
    let (sandbox, shop, endpoint) = sandbox_and_shop(&["*"]).await;
    let made = sandbox.event(EventRequest::new(
        KEY,
        "ping.sent",
        json!({"id": "x", "a": 1}),
    ));
    assert!(sandbox.idle().await);
    let hook = shop.hooks().pop().expect("a webhook");
    assert_eq!(hook.body, made.body);
    assert!(
        hook.body.starts_with("{\n  \"id\": \"evt_"),
        "{}",
        hook.body
    );
    let parts: Vec<&str> = hook.signature.split(',').collect();
    let seconds = parts[0].strip_prefix("t=").expect("a time");
    let v1 = parts[1].strip_prefix("v1=").expect("a signature");
    assert!(parts[2].starts_with("v0="), "test mode adds a fake scheme");
    assert_eq!(parts.len(), 3);
    let signed = format!("{seconds}.{}", hook.body);
    let expected = independent_hmac(&endpoint.secret, &signed).expect("python3 is on this machine");
    assert_eq!(v1, expected);
}

#[tokio::test]
async fn a_rolling_secret_signs_along_until_its_time_is_over() {
    let (sandbox, shop, endpoint) = sandbox_and_shop(&["*"]).await;
    let new = sandbox.roll_secret(&endpoint.id, 24).expect("known");
    assert_ne!(new.secret, endpoint.secret);
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks()[0].signature.matches("v1=").count(), 2);
    sandbox.clock().advance(25 * 3_600_000);
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks()[1].signature.matches("v1=").count(), 1);
}

#[tokio::test]
async fn a_refused_delivery_is_retried_with_a_new_signature_until_it_is_taken() {
    let (sandbox, shop, _) = sandbox_and_shop(&["*"]).await;
    shop.answer_with(&[500, 302]);
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    for _ in 0..2 {
        assert!(sandbox.idle().await);
        assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Pending);
        sandbox.clock().advance(61 * 60_000);
        sandbox.wake();
    }
    assert!(sandbox.idle().await);
    let delivery = &sandbox.deliveries()[0];
    assert_eq!(delivery.state, DeliveryState::Delivered);
    let statuses: Vec<_> = delivery.attempts.iter().map(|a| a.status).collect();
    assert_eq!(statuses, [Some(500), Some(302), Some(200)]);
    let hooks = shop.hooks();
    assert_eq!(hooks[0].body, hooks[2].body);
    assert_ne!(hooks[0].signature, hooks[2].signature);
}

#[tokio::test]
async fn retry_sends_at_once_what_would_wait() {
    let (sandbox, shop, _) = sandbox_and_shop(&["*"]).await;
    shop.answer_with(&[400]);
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(sandbox.retry(), 1);
    assert!(sandbox.idle().await);
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Delivered);
    assert_eq!(sandbox.retry(), 0);
}

#[tokio::test]
async fn an_event_can_be_sent_again_though_it_was_delivered() {
    let (sandbox, shop, _) = sandbox_and_shop(&["*"]).await;
    let made = sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(sandbox.resend(&made.id), Some(1));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks().len(), 2);
    assert_eq!(sandbox.resend("evt_unknown"), None);
}

#[tokio::test]
async fn duplicates_drops_and_holds_do_what_their_names_say() {
    let (sandbox, shop, _) = sandbox_and_shop(&["*"]).await;
    sandbox.set_faults(faulty(WebhookFaults {
        duplicates: 2,
        ..WebhookFaults::default()
    }));
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks().len(), 3);

    sandbox.set_faults(faulty(WebhookFaults {
        drop_next: 1,
        ..WebhookFaults::default()
    }));
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks().len(), 3);
    let (_, events) = get_json(&sandbox, "/v1/events").await;
    assert_eq!(events["data"].as_array().map(Vec::len), Some(2));

    sandbox.set_faults(faulty(WebhookFaults {
        hold: true,
        ..WebhookFaults::default()
    }));
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks().len(), 3);
    let held = sandbox.deliveries().pop().expect("a delivery");
    assert_eq!(held.state, DeliveryState::Held);
    assert!(sandbox.send_delivery(&held.id));
    assert!(sandbox.idle().await);
    assert_eq!(shop.hooks().len(), 4);
}

#[tokio::test]
async fn twins_tell_one_fact_under_two_ids() {
    let (sandbox, shop, _) = sandbox_and_shop(&["payment_intent.succeeded"]).await;
    sandbox.set_faults(faulty(WebhookFaults {
        twins: 1,
        ..WebhookFaults::default()
    }));
    let session = new_session(&sandbox).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    assert!(sandbox.idle().await);
    let hooks = shop.hooks();
    assert_eq!(hooks.len(), 2);
    assert_ne!(hooks[0].event["id"], hooks[1].event["id"]);
    assert_eq!(hooks[0].event["data"], hooks[1].event["data"]);
}

#[tokio::test]
async fn reordered_events_come_last_one_first() {
    let two = ["checkout.session.completed", "payment_intent.succeeded"];
    let (sandbox, shop, _) = sandbox_and_shop(&two).await;
    sandbox.set_faults(faulty(WebhookFaults {
        reorder: true,
        ..WebhookFaults::default()
    }));
    let session = new_session(&sandbox).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    assert!(sandbox.idle().await);
    assert_eq!(shop.types(), two);
}

#[tokio::test]
async fn an_endpoint_gets_the_shape_of_its_own_version() {
    let (sandbox, shop, _) = sandbox_and_shop(&["nothing.at.all"]).await;
    let mut old = NewEndpoint::new(KEY, &shop.url);
    old.api_version = Some(sandbox::OLD.to_owned());
    old.enabled_events = vec!["payment_intent.succeeded".to_owned()];
    sandbox.register_endpoint(&old);
    let session = new_session(&sandbox).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    assert!(sandbox.idle().await);
    let hook = shop.hooks().pop().expect("a webhook");
    assert_eq!(hook.event["api_version"], sandbox::OLD);
    let intent = &hook.event["data"]["object"];
    assert!(intent.get("invoice").is_some());
    assert!(intent.get("customer_account").is_none());
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_a_failed_attempt() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = silent.local_addr().expect("an address");
    let options = Options {
        webhook_timeout: 50,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.expect("a sandbox");
    sandbox.register_endpoint(&NewEndpoint::new(KEY, &format!("http://{address}/")));
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    let delivery = &sandbox.deliveries()[0];
    assert_eq!(delivery.state, DeliveryState::Pending);
    assert_eq!(delivery.attempts[0].status, None);
    assert!(delivery.attempts[0].error.is_some());
}

#[tokio::test]
async fn a_disabled_endpoint_gets_no_more_retries() {
    let (sandbox, shop, endpoint) = sandbox_and_shop(&["*"]).await;
    shop.answer_with(&[500]);
    sandbox.event(EventRequest::new(KEY, "ping.sent", json!({})));
    assert!(sandbox.idle().await);
    let path = format!("/v1/webhook_endpoints/{}", endpoint.id);
    let (status, _) = post_form(&sandbox, &path, &[("disabled", "true")]).await;
    assert_eq!(status, 200);
    assert_eq!(sandbox.retry(), 1);
    assert!(sandbox.idle().await);
    assert_eq!(sandbox.deliveries()[0].state, DeliveryState::Failed);
    assert_eq!(shop.hooks().len(), 1);
}
