//! Everything at the same instant: many purchases, both events of each, on one server and on two.

use engine::tokens::{self, create::NewToken};
use futures::future::join_all;
use reqwest::StatusCode;
use sandbox::{Faults, Outcome, WebhookFaults};
use secrecy::ExposeSecret as _;

use crate::harness::{House, on_each, on_two_nodes};

const PURCHASES: usize = 50;
const DELAYED: usize = 30;

/// Opens all checkouts, then lets everybody pay at once; each event is sent twice to every server.
async fn sell_at_once(house: &House) {
    let twice = WebhookFaults {
        duplicates: 1,
        ..WebhookFaults::default()
    };
    house.sandbox.set_faults(Faults {
        webhooks: twice,
        ..Faults::default()
    });
    let checkouts = join_all((0..PURCHASES).map(|_| house.check_out(1))).await;
    for checkout in checkouts {
        house
            .sandbox
            .pay(&checkout.session_id, Outcome::Pay)
            .expect("the buyer pays");
    }
    house.delivered().await;
    let refused = house.sandbox.deliveries().into_iter().filter(|delivery| {
        let status = delivery.attempts.first().and_then(|attempt| attempt.status);
        status != Some(200)
    });
    assert_eq!(refused.count(), 0, "all are taken at the first attempt");
    house.assert_sold(PURCHASES, PURCHASES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_purchases_whose_events_come_at_the_same_instant_issue_once_each() {
    on_each(sell_at_once).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_purchases_told_to_two_servers_at_once_issue_once_each() {
    on_two_nodes(sell_at_once).await;
}

/// Thirty promises, then all the money at once, while the promises themselves are told again.
async fn settle_at_once(house: &House) {
    let checkouts = join_all((0..DELAYED).map(|_| house.check_out(1))).await;
    for checkout in &checkouts {
        house
            .sandbox
            .pay(&checkout.session_id, Outcome::PayLaterThenSucceed)
            .expect("a promise");
    }
    house.delivered().await;
    assert!(house.keys().await.is_empty(), "a promise is no payment");
    let promises = house.sandbox.deliveries();
    for checkout in &checkouts {
        house
            .sandbox
            .settle(&checkout.session_id)
            .expect("the money comes");
    }
    for promise in promises {
        house.sandbox.resend(&promise.event);
    }
    house.delivered().await;
    house.assert_sold(DELAYED, DELAYED).await;
    for line in house.log().await {
        assert_eq!((&*line.processing, line.error), ("fulfilled", None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_delayed_payments_that_arrive_at_once_issue_once_each() {
    on_each(settle_at_once).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_delayed_payments_told_to_two_servers_at_once_issue_once_each() {
    on_two_nodes(settle_at_once).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_tenant_keys_on_one_server_disturb_no_purchase_on_the_other() {
    on_two_nodes(async |house| {
        let changes = async {
            for _ in 0..10 {
                engine::keys::activate_tenant_key::execute(house.engine(), &house.shop.actor)
                    .await
                    .expect("the key is activated");
            }
        };
        futures::join!(sell_at_once(house), changes);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_corrected_on_one_server_counts_on_the_other_at_once() {
    on_two_nodes(async |house| {
        let session = house.check_out(1).await.session_id;
        house.sandbox.pay(&session, Outcome::Pay).expect("paid");
        house.assert_sold(1, 1).await;
        let form =
            serde_json::json!({ "webhookSigningSecret": "whsec_rolledrolledrolledrolled03" });
        let form = serde_json::from_value(form).expect("a form");
        let shop = &house.shop;
        engine::stripe::apps::save::update(&house.nodes[1].engine, &shop.actor, shop.app, &form)
            .await
            .expect("the app is saved");
        let session = house.check_out(1).await.session_id;
        house.sandbox.pay(&session, Outcome::Pay).expect("paid");
        house.delivered().await;
        assert_eq!(
            house.keys().await.len(),
            1,
            "the former secret is forgotten"
        );
    })
    .await;
}

/// What a node answers to a token.
async fn status(house: &House, node: usize, token: &str) -> StatusCode {
    let request = house
        .http
        .get(format!("{}/api/product/", house.nodes[node].url));
    let request = request.header("authorization", format!("ExisOneApi {token}"));
    request.send().await.expect("an answer").status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_revoked_on_one_server_stops_there_at_once_and_on_the_other_within_a_second() {
    on_two_nodes(async |house| {
        let new = NewToken {
            name: "CI".into(),
            permissions: "generate".parse().expect("a permission"),
            expires_at: None,
        };
        let made = tokens::create::execute(house.engine(), &house.shop.actor, &new).await;
        let made = made.expect("the token is made");
        let token = made.token.expose_secret();
        for node in [0, 1] {
            assert_eq!(status(house, node, token).await, StatusCode::OK);
        }
        tokens::revoke::execute(house.engine(), &house.shop.actor, made.id)
            .await
            .expect("it is revoked");
        assert_eq!(status(house, 0, token).await, StatusCode::UNAUTHORIZED);
        house.clock.advance_seconds(1);
        assert_eq!(status(house, 1, token).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}
