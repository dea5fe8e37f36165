//! Stripe or the mail server is not there: a clear word, nothing half-made, and later all is well.

use domain::mail_state::MailState;
use engine::Error;
use sandbox::{ApiFaults, Faults, MailFaults, Outcome};

use crate::harness::{House, eventually, on_each};

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
