//! From the checkout to keys and one mail, through every part.

use sandbox::{Delivery, DeliveryState, Faults, Outcome, WebhookFaults};

use crate::browser::Browser;
use crate::harness::{House, on_each, on_two_nodes};

fn faults(webhooks: WebhookFaults) -> Faults {
    Faults {
        webhooks,
        ..Faults::default()
    }
}

async fn buy(house: &House, quantity: u16) {
    let checkout = house.check_out(quantity).await;
    house
        .sandbox
        .pay(&checkout.session_id, Outcome::Pay)
        .expect("the buyer pays");
}

#[tokio::test]
async fn a_paid_checkout_becomes_its_keys_and_one_mail() {
    on_each(async |house| {
        buy(house, 3).await;
        house.assert_sold(3, 1).await;
        let mail = &house.sandbox.mails()[0];
        assert_eq!(mail.recipients, ["buyer@example.com"]);
        assert!(mail.message_id.ends_with("@127.0.0.1>"));
        let log = house.log().await;
        assert!(log.len() >= 2, "both events are in the log");
        assert!(log.iter().all(|line| line.status == "verified"));
        let fulfilled = log.iter().filter(|line| line.processing == "fulfilled");
        assert_eq!(fulfilled.count(), 2);
        let deliveries = house.sandbox.deliveries();
        let taken = |state| state == DeliveryState::Delivered;
        assert!(deliveries.iter().all(|delivery| taken(delivery.state)));
    })
    .await;
}

#[tokio::test]
async fn events_sent_three_times_and_in_disorder_change_nothing() {
    on_each(async |house| {
        let twice = WebhookFaults {
            duplicates: 2,
            reorder: true,
            ..WebhookFaults::default()
        };
        house.sandbox.set_faults(faults(twice));
        buy(house, 2).await;
        buy(house, 1).await;
        house.assert_sold(3, 2).await;
    })
    .await;
}

#[tokio::test]
async fn an_event_resent_by_hand_changes_nothing() {
    on_each(async |house| {
        buy(house, 1).await;
        house.assert_sold(1, 1).await;
        for delivery in house.sandbox.deliveries() {
            house.sandbox.resend(&delivery.event);
        }
        house.assert_sold(1, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_delayed_payment_issues_only_when_it_arrives() {
    on_each(async |house| {
        let session = house.check_out(2).await.session_id;
        let later = Outcome::PayLaterThenSucceed;
        house.sandbox.pay(&session, later).expect("a promise");
        house.delivered().await;
        assert!(house.keys().await.is_empty(), "a promise is no payment");
        let log = house.log().await;
        assert!(log.iter().any(|line| line.processing == "waiting"));
        house.sandbox.settle(&session).expect("the money comes");
        house.assert_sold(2, 1).await;
        let log = house.log().await;
        assert!(log.iter().all(|line| line.processing != "waiting"));
    })
    .await;
}

#[tokio::test]
async fn a_delayed_payment_that_fails_issues_nothing_and_tells_the_buyer() {
    on_each(async |house| {
        let session = house.check_out(1).await.session_id;
        let later = Outcome::PayLaterThenFail;
        house.sandbox.pay(&session, later).expect("a promise");
        house.delivered().await;
        house
            .sandbox
            .settle(&session)
            .expect("the money stays away");
        house.assert_sold(0, 1).await;
        let subject = &house.sandbox.mails()[0].subject;
        assert!(subject.contains("did not arrive"), "{subject}");
    })
    .await;
}

#[tokio::test]
async fn a_declined_card_and_a_cancelled_checkout_issue_nothing() {
    on_each(async |house| {
        for outcome in [Outcome::Decline, Outcome::Cancel] {
            let session = house.check_out(1).await.session_id;
            house
                .sandbox
                .pay(&session, outcome)
                .expect("the buyer leaves");
        }
        house.assert_sold(0, 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_retry_after_the_corrected_secret_fulfils() {
    on_each(async |house| {
        let wrong =
            serde_json::json!({ "webhookSigningSecret": "whsec_wrongwrongwrongwrongwrong02" });
        let right = serde_json::json!({ "webhookSigningSecret": crate::harness::SIGNING_SECRET });
        let save = async |form: serde_json::Value| {
            let form = serde_json::from_value(form).expect("a form");
            let shop = &house.shop;
            engine::stripe::apps::save::update(house.engine(), &shop.actor, shop.app, &form)
                .await
                .expect("the app is saved");
        };
        save(wrong).await;
        buy(house, 1).await;
        house.delivered().await;
        assert!(house.keys().await.is_empty());
        let log = house.log().await;
        assert!(!log.is_empty() && log.iter().all(|line| line.status == "failed"));
        save(right).await;
        assert!(house.sandbox.retry() >= 2);
        house.assert_sold(1, 1).await;
        let log = house.log().await;
        assert!(log.iter().all(|line| line.status == "verified"));
    })
    .await;
}

#[tokio::test]
async fn the_page_that_shows_keys_is_kept_by_no_cache_and_found_by_no_search_engine() {
    on_each(async |house| {
        let session = house.check_out(1).await.session_id;
        let path = format!("/purchase/success?session_id={session}");
        let browser = Browser::at(&house.nodes[0].url);
        assert_hidden(&browser.open(&path).await);
        house.sandbox.pay(&session, Outcome::Pay).expect("paid");
        house.assert_sold(1, 1).await;
        let key = house.keys().await[0].activation_key.to_string();
        let page = browser.open(&path).await;
        assert_hidden(&page);
        assert!(page.text().await.expect("a page").contains(&key));
        // What the page's program asks for while it waits.
        let form = [("session_id", session.as_str())];
        let url = format!("{}/ui/load_receipt", house.nodes[0].url);
        let request = house.http.post(url).header("accept", "application/json");
        let answer = request.form(&form).send().await.expect("an answer");
        assert_hidden(&answer);
        assert!(answer.text().await.expect("an answer").contains(&key));
    })
    .await;
}

#[tokio::test]
async fn an_hour_after_the_payment_the_page_says_only_where_the_keys_were_sent() {
    on_each(async |house| {
        let session = house.check_out(1).await.session_id;
        house.sandbox.pay(&session, Outcome::Pay).expect("paid");
        house.assert_sold(1, 1).await;
        let key = house.keys().await[0].activation_key.to_string();
        let path = format!("/purchase/success?session_id={session}");
        let browser = Browser::at(&house.nodes[0].url);
        let page = async || browser.open(&path).await.text().await.expect("a page");
        assert!(page().await.contains(&key));
        house.clock.advance_seconds(3_601);
        let later = page().await;
        assert!(!later.contains(&key));
        assert!(later.contains("Your keys were sent"), "{later}");
        assert!(later.contains("b…@example.com"), "{later}");
    })
    .await;
}

/// The held delivery of an event, at another server than `not_at` where there are two.
fn held(house: &House, event_type: &str, not_at: &str) -> Delivery {
    let mut deliveries = house.sandbox.deliveries();
    deliveries.retain(|delivery| delivery.event_type == event_type);
    assert_eq!(deliveries.len(), house.nodes.len(), "one a server");
    deliveries.sort_by_key(|delivery| delivery.endpoint == not_at);
    deliveries.remove(0)
}

/// First what was paid for, by the payment intent alone, which knows no address; then the session, which
/// does; then both at every server.
async fn tell_the_address_last(house: &House) {
    house.sandbox.set_faults(faults(WebhookFaults {
        hold: true,
        ..WebhookFaults::default()
    }));
    buy(house, 2).await;
    let intent = held(house, "payment_intent.succeeded", "");
    let session = held(house, "checkout.session.completed", &intent.endpoint);
    assert!(house.sandbox.send_delivery(&intent.id));
    house.delivered().await;
    let keys = house.keys().await;
    assert_eq!(keys.len(), 2, "they wait for no address");
    assert!(keys.iter().all(|key| key.email.is_empty()));
    assert!(house.outbox().await.is_empty(), "their mail does");

    assert!(house.sandbox.send_delivery(&session.id));
    house.assert_sold(2, 1).await;
    house.sandbox.retry();
    house.assert_sold(2, 1).await;
    let deliveries = house.sandbox.deliveries();
    assert!(
        deliveries
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Delivered)
    );
    let keys = house.keys().await;
    assert!(keys.iter().all(|key| key.email == "buyer@example.com"));
    assert_eq!(house.outbox().await.len(), 1);
    assert_eq!(house.sandbox.mails()[0].recipients, ["buyer@example.com"]);
}

#[tokio::test]
async fn an_address_that_comes_only_with_the_second_event_gets_the_keys_once() {
    on_each(tell_the_address_last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_a_second_server_is_told_gets_the_keys_of_the_first_once() {
    on_two_nodes(tell_the_address_last).await;
}

#[tokio::test]
async fn our_checkout_tells_stripe_what_is_bought_on_session_and_payment_and_asks_once() {
    on_each(async |house| {
        for quantity in [3, 1] {
            house.check_out(quantity).await;
        }
        let mut asked = house.sandbox.requests();
        asked.retain(|request| request.path == "/v1/checkout/sessions");
        assert_eq!(asked.len(), 2);
        for (request, quantity) in asked.iter().zip(["3", "1"]) {
            let params = &request.params;
            for metadata in [
                &params["metadata"],
                &params["payment_intent_data"]["metadata"],
            ] {
                assert_eq!(metadata["productId"], house.shop.product.to_string());
                assert_eq!(metadata["quantity"], quantity);
            }
            assert_eq!(params["line_items"]["0"]["quantity"], quantity, "{params}");
            assert!(
                !params.to_string().contains("adjustable_quantity"),
                "{params}"
            );
        }
        let keys = [&asked[0], &asked[1]].map(|request| request.idempotency_key.as_deref());
        let told = keys.iter().flatten().filter(|key| !key.is_empty());
        assert_eq!(told.count(), 2, "{keys:?}");
        assert_ne!(keys[0], keys[1], "each purchase is one of its own");
    })
    .await;
}

fn assert_hidden(answer: &reqwest::Response) {
    assert!(answer.status().is_success());
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let robots = answer.headers()["x-robots-tag"].to_str().expect("a text");
    assert!(robots.split(", ").any(|word| word == "noindex"), "{robots}");
}

#[tokio::test]
async fn deliveries_that_are_lost_are_made_up_for_when_they_are_sent_again() {
    on_each(async |house| {
        let lose = |drop_next| {
            house.sandbox.set_faults(faults(WebhookFaults {
                drop_next,
                ..WebhookFaults::default()
            }));
        };
        // Both events of one purchase, and then one of the two of the next.
        for (lost, sold_at_once, sold) in [(2_u8, 0, 1), (1, 2, 2)] {
            lose(lost.into());
            buy(house, 1).await;
            house.delivered().await;
            let mut dropped = house.sandbox.deliveries();
            dropped.retain(|delivery| delivery.state == DeliveryState::Dropped);
            assert_eq!(dropped.len(), usize::from(lost));
            assert!(dropped.iter().all(|delivery| delivery.attempts.is_empty()));
            house.assert_sold(sold_at_once, sold_at_once).await;
            for delivery in dropped {
                assert!(house.sandbox.send_delivery(&delivery.id));
            }
            house.assert_sold(sold, sold).await;
        }
        let deliveries = house.sandbox.deliveries();
        assert!(
            deliveries
                .iter()
                .all(|delivery| delivery.state == DeliveryState::Delivered)
        );
    })
    .await;
}

#[tokio::test]
async fn events_that_come_an_hour_late_issue_then_and_not_before() {
    const HOUR: i64 = 3_600;
    on_each(async |house| {
        house.sandbox.set_faults(faults(WebhookFaults {
            delay_millis: HOUR * 1_000,
            ..WebhookFaults::default()
        }));
        let paid_at = house.sandbox.clock().now();
        buy(house, 2).await;
        let waiting = house.sandbox.deliveries();
        assert!(
            waiting
                .iter()
                .all(|delivery| delivery.state == DeliveryState::Pending)
        );
        assert!(house.keys().await.is_empty(), "nobody has told");
        // Stripe signs when it sends: both sides must agree on the time.
        house.clock.advance_seconds(HOUR);
        house.sandbox.clock().advance(HOUR * 1_000);
        house.sandbox.wake();
        house.assert_sold(2, 1).await;
        for delivery in house.sandbox.deliveries() {
            assert_eq!(delivery.attempts.len(), 1, "taken at the first attempt");
            assert!(delivery.attempts[0].at >= paid_at + HOUR * 1_000);
        }
    })
    .await;
}
