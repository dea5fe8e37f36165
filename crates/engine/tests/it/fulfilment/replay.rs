//! Replaying: idempotent for what was verified; for what was refused, only new proof counts.

use engine::Error;
use engine::ports::StripeProblem;
use engine::stripe::receive_event::{Answer, Target};
use serde_json::json;

use super::fixture::{COMPLETED, SECRET, SECRET_KEY, Shop, add_app, event, event_with};

const CORRECTED: &str = "whsec_correctedcorrectedcorrected3";

impl Shop {
    async fn replay(&self, stripe_event_id: &str) -> engine::Result<String> {
        let line = self.line(stripe_event_id).await;
        engine::stripe::replay::execute(&self.t.engine, &self.t.system(), line.id).await
    }

    /// Replays that the change log tells: of which event, and of which mode.
    pub async fn replays(&self) -> Vec<(String, bool)> {
        let log = engine::audit::list::execute(&self.t.engine, &self.t.system(), None, 200).await;
        let mut lines = log.expect("the change log is read").items;
        lines.retain(|line| (&*line.subject_kind, &*line.verb) == ("stripe_event", "replayed"));
        let told = lines
            .into_iter()
            .map(|line| (line.subject_id, line.livemode));
        told.collect()
    }

    fn body(&self) -> String {
        event("evt_1", COMPLETED, &self.session(1, json!({})))
    }
}

fn is_still_not_verified(answer: &engine::Result<String>) -> bool {
    matches!(answer, Err(Error::Conflict { code: "still_not_verified", message })
        if message.starts_with("still not verified"))
}

#[tokio::test]
async fn replaying_a_fulfilled_event_changes_nothing() {
    let shop = Shop::open().await;
    shop.deliver(&shop.body()).await;
    let outcome = shop.replay("evt_1").await.expect("it is replayed");
    assert_eq!(outcome, "received before (fulfilled)");
    assert_eq!(shop.keys().await.len(), 1);
    assert_eq!(shop.t.run_due_jobs().await, 1);
}

#[tokio::test]
async fn who_replays_stands_in_the_change_log_with_the_events_own_mode() {
    let shop = Shop::open().await;
    let live = json!({ "name": "Live", "isLive": true, "webhookSigningSecret": CORRECTED,
        "secretKey": SECRET_KEY.replace("test", "live") });
    let (_, live) = add_app(&shop.t, &shop.t.system(), live).await;
    let session = shop.session(1, json!({}));
    let body = event_with("evt_live", COMPLETED, &session, json!({ "livemode": true }));
    shop.post_to(Target::App(&live), None, &body).await;
    let refused = shop.line("evt_live").await.id;
    shop.t.stripe.set_problem(Some(StripeProblem::NotFound));
    let answer = shop.replay("evt_live").await;
    assert!(is_still_not_verified(&answer), "{answer:?}");
    assert!(shop.replays().await.is_empty(), "nothing was done");
    shop.t.stripe.set_problem(None);
    shop.t.stripe.set_event(&body);
    shop.replay("evt_live")
        .await
        .expect("Stripe vouches for it");
    let event = shop.line("evt_live").await.id;
    assert_ne!(event, refused, "it is an event of its own");
    assert_eq!(shop.replays().await, [(event.to_string(), true)]);
    shop.replay("evt_live").await.expect("it is replayed");
    assert_eq!(shop.replays().await.len(), 2);

    shop.deliver(&shop.body()).await;
    shop.replay("evt_1").await.expect("it is replayed");
    let test = shop.line("evt_1").await.id.to_string();
    assert_eq!(shop.replays().await[0], (test, false));
}

#[tokio::test]
async fn a_forged_event_replayed_stays_unfulfilled() {
    let shop = Shop::open().await;
    shop.t.stripe.set_problem(Some(StripeProblem::NotFound));
    shop.post_signed("whsec_forgedforgedforgedforged06", &shop.body())
        .await;
    for _ in 0..2 {
        let answer = shop.replay("evt_1").await;
        assert!(is_still_not_verified(&answer), "{answer:?}");
    }
    assert!(shop.keys().await.is_empty());
    assert_eq!(shop.line("evt_1").await.status, "failed");
}

#[tokio::test]
async fn an_event_without_any_signature_is_not_believed_by_a_replay() {
    let shop = Shop::open().await;
    shop.post(None, &shop.body()).await;
    let answer = shop.replay("evt_1").await;
    assert!(is_still_not_verified(&answer), "{answer:?}");
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn a_corrected_secret_and_a_replay_fulfil_by_the_clock_of_the_receipt() {
    let shop = Shop::open().await;
    shop.post_signed(CORRECTED, &shop.body()).await;
    shop.t.stripe.set_problem(Some(StripeProblem::Unreachable));
    shop.change_app(json!({ "webhookSigningSecret": CORRECTED }))
        .await;
    shop.t.clock.advance_seconds(86_400);
    let outcome = shop.replay("evt_1").await.expect("it is verified now");
    assert_eq!(outcome, "1 key issued, mail queued");
    assert_eq!(shop.keys().await.len(), 1);
    assert_eq!(shop.line("evt_1").await.status, "verified");
    // Stripe's own retry comes after it and changes nothing.
    let answer = shop.post_signed(CORRECTED, &shop.body()).await;
    assert!(matches!(answer, Answer::Accepted { .. }));
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn a_signature_that_was_stale_when_it_came_stays_stale() {
    let shop = Shop::open().await;
    let old = shop.t.engine.now().plus_seconds(-301);
    let header = domain::stripe_signature::sign(SECRET, old, shop.body().as_bytes());
    shop.post(Some(&header), &shop.body()).await;
    let answer = shop.replay("evt_1").await;
    assert!(is_still_not_verified(&answer), "{answer:?}");
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn what_stripe_itself_answers_is_believed_not_what_was_stored() {
    let shop = Shop::open().await;
    let forged = shop.session(1, json!({ "metadata": { "quantity": "100" } }));
    shop.post(None, &event("evt_1", COMPLETED, &forged)).await;
    shop.t.stripe.set_event(&shop.body());
    let outcome = shop.replay("evt_1").await.expect("Stripe vouches for it");
    assert_eq!(outcome, "1 key issued, mail queued");
    assert_eq!(
        shop.keys().await.len(),
        1,
        "Stripe's quantity, not the forged one"
    );
}

#[tokio::test]
async fn another_event_than_the_one_asked_for_is_not_believed() {
    let shop = Shop::open().await;
    shop.post(None, &shop.body()).await;
    let other = event("evt_2", COMPLETED, &shop.session(1, json!({})));
    shop.t.stripe.set_event(&other);
    let answer = shop.replay("evt_1").await;
    assert!(is_still_not_verified(&answer), "{answer:?}");
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn while_stripe_is_down_a_replay_says_so_and_keeps_the_delivery() {
    let shop = Shop::open().await;
    shop.post(None, &shop.body()).await;
    shop.t.stripe.set_problem(Some(StripeProblem::Unreachable));
    let answer = shop.replay("evt_1").await;
    assert!(matches!(answer, Err(Error::Upstream(_))), "{answer:?}");
    shop.t.stripe.set_problem(None);
    shop.t.stripe.set_event(&shop.body());
    shop.replay("evt_1").await.expect("Stripe is back");
    assert_eq!(shop.keys().await.len(), 1);
}
