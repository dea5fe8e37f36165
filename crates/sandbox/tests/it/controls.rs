//! The controls over HTTP, the bounds of the sandbox, and its state file.

use sandbox::{Options, Outcome, Sandbox};
use serde_json::{Value, json};

use crate::house::{KEY, Shop, answer_of, client, get_json, id_of, new_session, sandbox};

async fn control(sandbox: &Sandbox, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/_sandbox{path}", sandbox.base_url());
    answer_of(client().post(url).json(&body)).await
}

#[tokio::test]
async fn another_process_can_play_a_whole_purchase() {
    let sandbox = sandbox().await;
    let shop = Shop::open().await;
    let (_, endpoint) = control(
        &sandbox,
        "/endpoints",
        json!({"apiKey": KEY, "url": shop.url, "secret": "whsec_given",
               "enabledEvents": ["checkout.session.completed"]}),
    )
    .await;
    assert_eq!(endpoint["secret"], "whsec_given");
    let session = new_session(&sandbox).await;
    let path = format!("/sessions/{}/pay", id_of(&session));
    let body = json!({"outcome": "pay", "email": "jane@example.com"});
    let (status, paid) = control(&sandbox, &path, body.clone()).await;
    assert_eq!((status, &paid["payment_status"]), (200, &json!("paid")));
    let (status, refused) = control(&sandbox, &path, body).await;
    assert_eq!(status, 409, "{refused}");
    let (_, idle) = control(&sandbox, "/idle", json!({})).await;
    assert_eq!(idle["idle"], true);
    let url = format!("{}/_sandbox/deliveries", sandbox.base_url());
    let (_, deliveries) = answer_of(client().get(url)).await;
    assert_eq!(deliveries[0]["attempts"][0]["status"], 200);
    assert_eq!(shop.types(), ["checkout.session.completed"]);
}

#[tokio::test]
async fn a_switch_that_does_not_exist_is_refused() {
    let sandbox = sandbox().await;
    let url = format!("{}/_sandbox/faults", sandbox.base_url());
    let wrong = client()
        .put(&url)
        .json(&json!({"webhooks": {"colour": 1}}))
        .send()
        .await;
    assert_eq!(wrong.expect("an answer").status(), 422);
    let right = client()
        .put(&url)
        .json(&json!({"api": {"down": true}}))
        .send()
        .await;
    assert_eq!(right.expect("an answer").status(), 200);
    assert!(sandbox.faults().api.down);
}

#[tokio::test]
async fn only_loopback_addresses_are_listened_on() {
    let options = Options {
        listen: "0.0.0.0:0".parse().expect("an address"),
        ..Options::default()
    };
    let refused = Sandbox::start(options).await.expect_err("a refusal");
    assert!(refused.to_string().contains("no loopback address"));
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = Options {
        state_file: Some(folder.path().join("sandbox.json")),
        ..Options::default()
    };
    let first = Sandbox::start(options.clone()).await.expect("a sandbox");
    let session = new_session(&first).await;
    first.pay(id_of(&session), Outcome::Pay).expect("paid");
    first.stop().expect("saved");
    let second = Sandbox::start(options).await.expect("a sandbox");
    let path = format!("/v1/checkout/sessions/{}", id_of(&session));
    let (status, kept) = get_json(&second, &path).await;
    assert_eq!((status, &kept["status"]), (200, &json!("complete")));
}

#[tokio::test]
async fn a_seed_makes_ids_repeatable() {
    let options = Options {
        seed: Some(7),
        ..Options::default()
    };
    let mut ids = Vec::new();
    for _ in 0..2 {
        let sandbox = Sandbox::start(options.clone()).await.expect("a sandbox");
        ids.push(id_of(&new_session(&sandbox).await).to_owned());
    }
    assert_eq!(ids[0], ids[1]);
}
