//! Whatever is sent without a signature: a thousand rows, seven days, and not one more.

use serde_json::json;

use super::fixture::{COMPLETED, Shop, event};

impl Shop {
    async fn flush(&self) -> usize {
        engine::stripe::deliveries::flush(&self.t.engine)
            .await
            .expect("what was put aside is written")
    }

    async fn kept(&self) -> i64 {
        let mut conn = self.t.engine.db().read().await.expect("a connection");
        store::stripe_deliveries::count(&mut conn)
            .await
            .expect("the rows are counted")
    }
}

#[tokio::test]
async fn refused_deliveries_fill_a_thousand_rows_at_most_and_the_newest_stay() {
    let shop = Shop::open().await;
    for number in 0..3_000 {
        let body = format!("{{\"id\":\"evt_forged{number:04}\"}}");
        shop.post(None, &body).await;
        if number % 200 == 199 {
            assert_eq!(shop.flush().await, 200);
            shop.t.clock.advance_seconds(1);
        }
    }
    assert_eq!(shop.kept().await, 1_000);
    // The last 200 came at one instant, in no order among themselves; all of them are there.
    let newest = shop.log().await.into_iter().take(200);
    assert!(
        newest
            .into_iter()
            .all(|line| *line.stripe_event_id >= *"evt_forged2800")
    );
}

#[tokio::test]
async fn more_than_waits_for_one_flush_is_dropped_and_one_id_is_one_row() {
    let shop = Shop::open().await;
    for number in 0..300 {
        shop.post(None, &format!("{{\"id\":\"evt_forged{number}\"}}"))
            .await;
    }
    assert_eq!(shop.flush().await, 256);
    for _ in 0..50 {
        shop.post(None, "{\"id\":\"evt_forged1\"}").await;
    }
    shop.flush().await;
    assert_eq!(shop.kept().await, 256);
    assert_eq!(shop.line("evt_forged1").await.receipts, 51);
}

#[tokio::test]
async fn refused_deliveries_are_forgotten_after_seven_days_and_take_no_events_place() {
    let shop = Shop::open().await;
    let body = event("evt_1", COMPLETED, &shop.session(1, json!({})));
    shop.post(None, &body).await;
    shop.flush().await;
    assert_eq!(shop.deliver(&body).await, "1 key issued, mail queued");
    assert_eq!(shop.line("evt_1").await.status, "verified");
    shop.t.clock.advance_seconds(7 * 86_400 + 1);
    shop.post(None, "{\"id\":\"evt_2\"}").await;
    shop.flush().await;
    assert_eq!(shop.kept().await, 1);
}
