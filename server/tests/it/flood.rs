//! Ten thousand forgeries leave the disk bounded and real purchases undisturbed.

use futures::stream::{self, StreamExt as _};
use reqwest::StatusCode;
use sandbox::Outcome;

use crate::harness::{House, on_each};

const FORGED: usize = 10_000;
const AT_ONCE: usize = 32;
const KEPT_AT_MOST: i64 = 1_000;

async fn forge(house: &House, number: usize) -> StatusCode {
    let url = format!("{}{}", house.nodes[0].url, house.shop.hook);
    let body = format!("{{\"id\":\"evt_forged{number}\",\"type\":\"checkout.session.completed\"}}");
    let seconds = house.engine().now().unix_seconds();
    let header = format!("t={seconds},v1={number:064x}");
    let request = house.http.post(url).header("stripe-signature", header);
    let answer = request.body(body).send().await.expect("an answer");
    answer.status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_unsigned_deliveries_leave_a_bounded_table_and_real_ones_undisturbed() {
    on_each(async |house| {
        let flood = async {
            let answers = stream::iter(0..FORGED)
                .map(|number| forge(house, number))
                .buffer_unordered(AT_ONCE);
            answers
                .all(|status| std::future::ready(status == StatusCode::BAD_REQUEST))
                .await
        };
        let purchases = async {
            for _ in 0..10 {
                let session = house.check_out(1).await.session_id;
                house.sandbox.pay(&session, Outcome::Pay).expect("paid");
                house.delivered().await;
            }
        };
        let (all_refused, ()) = futures::join!(flood, purchases);
        assert!(all_refused, "each forgery is told so");
        house.assert_sold(10, 10).await;
        let delivered = house.sandbox.deliveries();
        assert!(
            delivered
                .iter()
                .all(|delivery| delivery.attempts.len() == 1)
        );
        engine::stripe::deliveries::flush(house.engine())
            .await
            .expect("what was put aside is written");
        let mut conn = house.engine().db().read().await.expect("a connection");
        let kept = store::stripe_deliveries::count(&mut conn).await;
        let kept = kept.expect("the rows are counted");
        assert!((1..=KEPT_AT_MOST).contains(&kept), "{kept} rows");
    })
    .await;
}
