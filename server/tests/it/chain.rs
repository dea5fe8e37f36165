//! From the checkout to keys and one mail, through every part.

use sandbox::{DeliveryState, Faults, Outcome, WebhookFaults};

use crate::browser::Browser;
use crate::harness::{House, on_each};

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

fn assert_hidden(answer: &reqwest::Response) {
    assert!(answer.status().is_success());
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let robots = answer.headers()["x-robots-tag"].to_str().expect("a text");
    assert!(robots.split(", ").any(|word| word == "noindex"), "{robots}");
}
