//! Stripe or the mail server is not there: a clear word, nothing half-made, and later all is well.

use domain::mail_state::MailState;
use engine::Error;
use engine::stripe::apps;
use reqwest::StatusCode;
use sandbox::{ApiFaults, Faults, MailFaults, Outcome};
use serde_json::{Value, json};

use crate::api::stage::new_token;
use crate::harness::{House, eventually, on_each};

/// Keys that the sandbox refuses as Stripe would: one that it does not know, one that may not read events.
const UNKNOWN_KEY: &str = "sk_test_invalid_51Nobody01";
const KEY_WITHOUT_EVENTS: &str = "rk_test_noevents_51Restricted01";

async fn buy(house: &House) {
    let session = house.check_out(1).await.session_id;
    house.sandbox.pay(&session, Outcome::Pay).expect("paid");
    house.delivered().await;
}

async fn wait_for_state(house: &House, state: MailState) {
    let what = format!("the mail is {state}");
    eventually(&what, async || {
        house.outbox().await.iter().all(|mail| mail.state == state)
    })
    .await;
}

fn faults(mail: MailFaults) -> Faults {
    Faults {
        mail,
        ..Faults::default()
    }
}

#[tokio::test]
async fn while_stripe_is_down_a_checkout_says_so_and_nothing_is_written() {
    on_each(async |house| {
        let down = ApiFaults {
            down: true,
            ..ApiFaults::default()
        };
        house.sandbox.set_faults(Faults {
            api: down,
            ..Faults::default()
        });
        let refused = house.try_check_out(2).await;
        let Err(Error::Upstream(message)) = refused else {
            panic!("Stripe cannot have made a page");
        };
        assert!(message.contains("could not be reached"), "{message}");
        let mut conn = house.engine().db().read().await.expect("a connection");
        let open = (false, "open");
        let orders = store::orders::list_by_state(&mut conn, house.shop.actor.tenant(), open, 10);
        assert!(orders.await.expect("orders are listed").is_empty());
        drop(conn);
        house.sandbox.set_faults(Faults::default());
        buy(house).await;
        house.assert_sold(1, 1).await;
    })
    .await;
}

/// Tries the saved key of the shop's app at Stripe; answers the status and what is said.
async fn check_key(house: &House, token: &str) -> (StatusCode, String) {
    let node = &house.nodes[0].url;
    let url = format!("{node}/api/stripe/apps/{}/check", house.shop.app);
    let request = house.http.post(url);
    let request = request.header("authorization", format!("ExisOneApi {token}"));
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    (status, answer.text().await.expect("a text"))
}

#[tokio::test]
async fn a_key_that_stripe_does_not_know_and_one_that_lacks_a_right_are_told_apart() {
    on_each(async |house| {
        let actor = &house.shop.actor;
        let token = new_token(house.engine(), actor.tenant(), "manage").await;
        let (status, said) = check_key(house, &token).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{said}");
        for (key, sentence) in [
            (
                UNKNOWN_KEY,
                "Stripe does not know this secret key. Copy it again from the Stripe Dashboard, \
                 Developers › API keys.",
            ),
            (
                KEY_WITHOUT_EVENTS,
                "Stripe refused, because the key lacks a right: The provided key \
                 'rk_test_*********ed01' does not have the required permissions for this endpoint. \
                 Having the 'events' permission would allow this request to continue.",
            ),
        ] {
            let form = serde_json::from_value(json!({ "secretKey": key })).expect("a form");
            let saved = apps::save::update(house.engine(), actor, house.shop.app, &form).await;
            saved.expect("the app is saved");
            let (status, said) = check_key(house, &token).await;
            assert_eq!(status, StatusCode::BAD_GATEWAY, "{said}");
            let told: Value = serde_json::from_str(&said).expect("JSON");
            assert_eq!(told["error"], "upstream");
            assert_eq!(told["message"], sentence);
            assert!(!said.contains(key), "the key is not repeated");
        }
    })
    .await;
}

#[tokio::test]
async fn an_answer_of_stripes_that_is_lost_leaves_no_second_page() {
    on_each(async |house| {
        let lose = ApiFaults {
            lose_answers: 1,
            ..ApiFaults::default()
        };
        house.sandbox.set_faults(Faults {
            api: lose,
            ..Faults::default()
        });
        // Either the call was repeated under its Idempotency-Key, or it says that it failed.
        let first = house.try_check_out(1).await;
        let asked = house.sandbox.requests();
        let keys: Vec<_> = asked
            .iter()
            .filter(|request| request.path == "/v1/checkout/sessions")
            .map(|request| request.idempotency_key.clone())
            .collect();
        assert!(keys.iter().all(|key| key.is_some() && *key == keys[0]));
        if let Ok(checkout) = first {
            let session = checkout.session_id;
            house.sandbox.pay(&session, Outcome::Pay).expect("paid");
            house.assert_sold(1, 1).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_refuses_for_a_while_gets_the_mail_later() {
    on_each(async |house| {
        let busy = MailFaults {
            refuse_recipients: 2,
            ..MailFaults::default()
        };
        house.sandbox.set_faults(faults(busy));
        buy(house).await;
        assert_eq!(house.keys().await.len(), 1, "keys do not wait for mail");
        wait_for_state(house, MailState::Retrying).await;
        let first = house.outbox().await.remove(0);
        assert!(first.last_answer.contains("451"), "{}", first.last_answer);
        assert!(house.sandbox.mails().is_empty());
        house.clock.advance_seconds(10);
        eventually("it was tried again", async || {
            house.outbox().await[0].attempts == 2
        })
        .await;
        house.clock.advance_seconds(60);
        house.assert_sold(1, 1).await;
        wait_for_state(house, MailState::Sent).await;
        assert_eq!(house.sandbox.mails()[0].message_id, first.message_id);
    })
    .await;
}

#[tokio::test]
async fn a_mail_taken_without_an_answer_goes_out_again_under_the_same_id() {
    on_each(async |house| {
        let silent = MailFaults {
            close_after_data: 1,
            ..MailFaults::default()
        };
        house.sandbox.set_faults(faults(silent));
        buy(house).await;
        assert_eq!(house.sandbox.wait_for_mails(1).await.len(), 1);
        wait_for_state(house, MailState::Retrying).await;
        house.clock.advance_seconds(10);
        let mails = house.sandbox.wait_for_mails(2).await;
        wait_for_state(house, MailState::Sent).await;
        assert_eq!(mails.len(), 2);
        assert_eq!(mails[0].message_id, mails[1].message_id);
        assert_eq!(mails[0].text, mails[1].text);
    })
    .await;
}

#[tokio::test]
async fn a_mail_refused_for_good_ends_as_failed_with_the_servers_words() {
    on_each(async |house| {
        let never = MailFaults {
            refuse_recipients: 3,
            code: 550,
            ..MailFaults::default()
        };
        house.sandbox.set_faults(faults(never));
        buy(house).await;
        for (attempts, wait) in [(1, 10), (2, 60), (3, 0)] {
            eventually("it was tried", async || {
                house.outbox().await[0].attempts == attempts
            })
            .await;
            house.clock.advance_seconds(wait);
        }
        wait_for_state(house, MailState::Failed).await;
        let mail = house.outbox().await.remove(0);
        assert!(mail.last_answer.contains("550"), "{}", mail.last_answer);
        assert!(house.sandbox.mails().is_empty());
        assert_eq!(house.keys().await.len(), 1);
    })
    .await;
}
