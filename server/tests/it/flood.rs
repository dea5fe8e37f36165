//! Ten thousand forgeries leave the disk bounded and real purchases undisturbed.

use std::collections::BTreeMap;

use engine::ports::Clock as _;
use engine::stripe::events::{self, EventFilter};
use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use reqwest::StatusCode;
use sandbox::Outcome;

use crate::harness::{House, eventually, on_each};

const FORGED: usize = 10_000;
const AT_ONCE: usize = 32;
const KEPT_AT_MOST: i64 = 1_000;
/// Of a large body.
const BYTES: usize = 60 * 1024;
/// Where large bodies come from, as the proxy says.
const ADDRESSES: [&str; 4] = ["192.0.2.1", "192.0.2.2", "198.51.100.1", "2001:db8::1"];
/// What one address may have kept at once, and then every second.
const KEPT_PER_SECOND: usize = 10;
/// What an empty database, its indices and its log of writes take.
const BESIDE_BODIES: usize = 24 * 1024 * 1024;

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

/// Sends a large body without a signature, under an id that tells its address.
async fn send_large(house: &House, address: &str, number: usize) -> StatusCode {
    let url = format!("{}{}", house.nodes[0].url, house.shop.hook);
    let id = address.replace([':', '.'], "_");
    let body = format!(
        r#"{{"id":"evt_{id}x{number}","type":"{}"}}"#,
        "x".repeat(BYTES)
    );
    let request = house.http.post(url).header("x-forwarded-for", address);
    let answer = request.body(body).send().await.expect("an answer");
    answer.status()
}

/// How many deliveries of each address are kept; the addresses as their ids tell them.
async fn kept_by_address(house: &House) -> BTreeMap<String, usize> {
    engine::stripe::deliveries::flush(house.engine())
        .await
        .expect("what was put aside is written");
    let mut kept = BTreeMap::new();
    for page in 0.. {
        let filter = EventFilter {
            limit: 200,
            ..EventFilter::default()
        };
        let lines = events::list(house.engine(), &house.shop.actor, (filter, page)).await;
        let lines = lines.expect("the log is listed");
        if lines.is_empty() {
            break;
        }
        for line in lines {
            let address = line.stripe_event_id.split('x').next().map(str::to_owned);
            *kept.entry(address.expect("a part")).or_default() += 1;
        }
    }
    kept
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_ten_thousand_large_bodies_ten_a_second_are_kept_of_each_address_and_no_more() {
    on_each(async |house| {
        let began = house.clock.now();
        // Each address has what it may at once, whatever the others do.
        let first = ADDRESSES.iter().flat_map(|address| {
            (0..KEPT_PER_SECOND).map(move |number| send_large(house, address, number))
        });
        let refused = join_all(first).await;
        assert!(
            refused
                .iter()
                .all(|status| *status == StatusCode::BAD_REQUEST)
        );
        let all = KEPT_PER_SECOND * ADDRESSES.len();
        eventually("the worker has written what it took", async || {
            kept_by_address(house).await.values().sum::<usize>() == all
        })
        .await;
        let kept = kept_by_address(house).await;
        assert_eq!(kept.len(), ADDRESSES.len(), "{kept:?}");
        assert!(
            kept.values().all(|count| *count == KEPT_PER_SECOND),
            "{kept:?}"
        );

        let flood = stream::iter(all..FORGED)
            .map(|number| send_large(house, ADDRESSES[number % ADDRESSES.len()], number))
            .buffer_unordered(AT_ONCE)
            .all(|status| std::future::ready(status == StatusCode::BAD_REQUEST));
        assert!(flood.await, "each is told so");
        let millis = house.clock.now().millis() - began.millis();
        let seconds = usize::try_from(millis)
            .expect("time goes on")
            .div_ceil(1_000);
        let kept = kept_by_address(house).await;
        for (address, count) in &kept {
            assert!(
                (KEPT_PER_SECOND..=KEPT_PER_SECOND * (seconds + 1)).contains(count),
                "{count} of {address} in {seconds} s"
            );
        }
        let rows: usize = kept.values().sum();
        assert!(rows <= 1_000, "{rows} rows");
        // A dump of PostgreSQL's tells each byte by two digits.
        let size = house.dump().len();
        let bound = rows * 2 * (BYTES + 1024) + BESIDE_BODIES;
        assert!(size <= bound, "{size} bytes for {rows} rows");
        println!("{rows} of {FORGED} kept in {seconds} s, {size} bytes");
    })
    .await;
}
