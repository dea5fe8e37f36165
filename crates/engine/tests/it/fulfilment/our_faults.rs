//! What fails on our side: a key that exists, chance that is broken, a secret that cannot be opened.

use domain::activation_key::ActivationKey;
use domain::ids::OrderId;
use engine::Error;
use engine::orders::review;
use engine::stripe::receive_event::Answer;
use engine::stripe::replay;
use serde_json::json;

use super::fixture::{COMPLETED, SECRET, Shop, event};
use crate::support::SeededEntropy;

/// Draws of one purchase: where it began, and where its key was drawn.
struct Draws {
    begin: u64,
    key: u64,
}

impl Shop {
    fn session_event(&self, number: u32) -> String {
        let session = self.session(number, json!({}));
        event(&format!("evt_{number}"), COMPLETED, &session)
    }

    /// Sells one key and finds the draw that made it.
    async fn sell_and_watch(&self, number: u32) -> Draws {
        let begin = self.t.entropy.drawn();
        self.deliver(&self.session_event(number)).await;
        self.draws_since(begin).await
    }

    /// A payment that names no product of ours.
    async fn pay_unclearly(&self, number: u32) -> OrderId {
        self.t.clock.advance_seconds(1);
        let unknown = json!({ "metadata": { "productId": "9999" } });
        let session = self.session(number, unknown);
        let body = event(&format!("evt_{number}"), COMPLETED, &session);
        self.deliver(&body).await;
        let listed = review::list(&self.t.engine, &self.t.system(), false).await;
        listed.expect("lists")[0].id
    }

    /// Issues one key for an order in review, and finds the draw that made it.
    async fn review_and_watch(&self, order: OrderId) -> Draws {
        let begin = self.t.entropy.drawn();
        let what = (self.product, 1);
        let issued = review::issue(&self.t.engine, &self.t.system(), order, what).await;
        assert_eq!(issued.expect("is issued"), 1);
        self.draws_since(begin).await
    }

    async fn draws_since(&self, begin: u64) -> Draws {
        let keys = self.keys().await;
        let mut draws = begin..self.t.entropy.drawn();
        let key = draws.find(|draw| {
            let bytes = SeededEntropy::block(*draw);
            let bytes: [u8; 10] = bytes[..10].try_into().expect("ten of 32 bytes");
            let made = ActivationKey::from_random(bytes);
            keys.iter().any(|key| key.activation_key == made)
        });
        Draws {
            begin,
            key: key.expect("the key was drawn in this purchase"),
        }
    }

    /// Sells two keys, the second of which met the first; answers the first's draws, and how many
    /// draws further a purchase tries the next key.
    async fn sell_with_a_collision(&self) -> (Draws, u64) {
        let first = self.sell_and_watch(1).await;
        // The second purchase draws as the first did, so its key comes at the same place.
        let place = self.t.entropy.drawn() + (first.key - first.begin);
        self.t.entropy.repeat(place, first.key);
        let second = self.sell_and_watch(2).await;
        assert!(second.key > place, "the first draw met the key that exists");
        let step = second.key - place;
        (first, step)
    }
}

#[tokio::test]
async fn a_key_that_exists_already_is_drawn_again() {
    let shop = Shop::open().await;
    shop.sell_with_a_collision().await;
    let keys = shop.keys().await;
    assert_eq!(keys.len(), 2);
    let [one, two] = [&keys[0], &keys[1]].map(|key| key.activation_key.canonical());
    assert_ne!(one, two);
}

#[tokio::test]
async fn a_key_that_exists_already_is_drawn_again_in_review_too() {
    let shop = Shop::open().await;
    let (one, two) = (shop.pay_unclearly(1).await, shop.pay_unclearly(2).await);
    let first = shop.review_and_watch(one).await;
    let place = shop.t.entropy.drawn() + (first.key - first.begin);
    shop.t.entropy.repeat(place, first.key);
    let second = shop.review_and_watch(two).await;
    assert!(second.key > place, "the first draw met the key that exists");
    assert_eq!(shop.keys().await.len(), 2);
}

/// Lets every draw of a key in the next purchase give the key that exists.
async fn break_chance(shop: &Shop) {
    let (first, step) = shop.sell_with_a_collision().await;
    let place = shop.t.entropy.drawn() + (first.key - first.begin);
    for draw in 0..8 {
        shop.t.entropy.repeat(place + draw * step, first.key);
    }
}

#[tokio::test]
async fn what_fails_for_a_reason_of_ours_is_kept_and_done_by_the_worker() {
    let shop = Shop::open().await;
    break_chance(&shop).await;
    let outcome = shop.deliver(&shop.session_event(3)).await;
    assert_eq!(outcome, "stored; it will be processed by the worker");
    assert_eq!(shop.keys().await.len(), 2, "all or nothing");
    let line = shop.line("evt_3").await;
    assert_eq!((&*line.status, &*line.processing), ("verified", "pending"));
    let error = line.error.expect("the first error is kept");
    assert!(error.contains("no new activation key"), "{error}");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 3);
    assert_eq!(shop.line("evt_3").await.processing, "fulfilled");
    assert_eq!(shop.t.mailer.sent().len(), 3);
}

#[tokio::test]
async fn a_replay_that_fails_for_a_reason_of_ours_is_told_once_with_what_is_kept() {
    let shop = Shop::open().await;
    let body = shop.session_event(3);
    shop.post(None, &body).await;
    shop.t.stripe.set_event(&body);
    let refused = shop.line("evt_3").await.id;
    break_chance(&shop).await;
    let outcome = replay::execute(&shop.t.engine, &shop.t.system(), refused).await;
    let outcome = outcome.expect("it is kept");
    assert_eq!(outcome, "stored; it will be processed by the worker");
    let kept = shop.line("evt_3").await;
    assert_eq!((&*kept.status, &*kept.processing), ("verified", "pending"));
    // Each of the attempts that failed would have told it; the delivery is gone.
    assert_eq!(shop.replays().await, [(kept.id.to_string(), false)]);
    let gone = replay::execute(&shop.t.engine, &shop.t.system(), refused).await;
    assert!(matches!(gone, Err(Error::NotFound(_))));
    shop.t.run_due_jobs().await;
    assert_eq!(shop.line("evt_3").await.processing, "fulfilled");
    assert_eq!(shop.replays().await.len(), 1, "the worker replays nothing");
}

#[tokio::test]
async fn stripes_retry_may_come_before_the_worker_and_nothing_happens_twice() {
    let shop = Shop::open().await;
    break_chance(&shop).await;
    shop.deliver(&shop.session_event(3)).await;
    let outcome = shop.deliver(&shop.session_event(3)).await;
    assert_eq!(outcome, "1 key issued, mail queued");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 3);
    assert_eq!(shop.t.mailer.sent().len(), 3);
}

#[tokio::test]
async fn a_secret_that_cannot_be_opened_asks_stripe_to_come_again() {
    let shop = Shop::open().await;
    let mut tx = shop.t.engine.db().begin();
    let app = store::stripe_apps::find(&mut tx, shop.t.tenant, shop.app).await;
    let mut app = app.expect("the row is read").expect("the app is there");
    app.signing_secret_sealed = Some(b"not what was sealed".to_vec());
    let is_written = store::stripe_apps::update(&mut tx, &app).await;
    assert!(is_written.expect("the row is written"));
    tx.commit().await.expect("it is committed");
    let body = shop.session_event(1);
    let answer = shop.post_signed(SECRET, &body).await;
    assert_eq!(answer, Answer::Unreadable);
    assert_eq!(shop.line("evt_1").await.status, "received");
    assert!(shop.keys().await.is_empty());
    shop.change_app(json!({ "webhookSigningSecret": SECRET }))
        .await;
    assert_eq!(shop.deliver(&body).await, "1 key issued, mail queued");
    assert_eq!(shop.line("evt_1").await.status, "verified");
}
