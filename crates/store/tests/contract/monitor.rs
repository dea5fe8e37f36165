//! What is counted over all tenants.

use store::jobs::{self, NewJob};
use store::licenses;
use store::mails::{self, Mail};
use store::monitor::{self, Backlog, Count};
use store::orders::{self, Order};

use crate::rows::{a_license, an_order, app, data_key, product, tenant};
use crate::stripe_events::receive;
use crate::support::{NOW, TestDb, id, keep, on_each, read, write};

fn count(word: &str, count: i64) -> Count {
    Count {
        word: word.into(),
        count,
    }
}

async fn queue(db: &TestDb, n: u128, kind: &str) {
    let tenant_id = tenant(db).await;
    let job = NewJob {
        id: id(n),
        tenant_id,
        kind,
        unique_key: &n.to_string(),
        payload: "{}",
        run_at: NOW,
        now: NOW + i64::try_from(n).expect("a small number"),
    };
    write(db, async |tx| jobs::insert(tx, &job).await).await;
}

#[tokio::test]
async fn events_mails_and_licences_are_counted_from_a_moment_on_over_all_tenants_and_modes() {
    on_each(async |db| {
        for (n, livemode) in [(10, true), (20, false)] {
            let tenant = tenant(db).await;
            let app = app(db, tenant, n).await;
            for number in [n, n + 5] {
                receive(db, (tenant, app), number, &format!("evt_{number}")).await;
                let mail = Mail {
                    id: id(number),
                    livemode,
                    order_id: None,
                    product_id: None,
                    kind: "test".into(),
                    ordinal: 0,
                    recipient: "ann@example.com".into(),
                    template_version: 1,
                    message_id: format!("<{number}@example.com>"),
                    state: if livemode { "sent" } else { "failed" }.into(),
                    attempts: 0,
                    last_answer: String::new(),
                    created_at: NOW + i64::try_from(number).expect("a small number"),
                    sent_at: None,
                    ticket_id: None,
                    license_id: None,
                };
                keep(db, |tx| mails::insert(tx, tenant, &mail)).await;
            }
        }
        let events = |since| read(db, async move |c| monitor::events_since(c, since).await);
        assert_eq!(events(NOW + 10).await, [count("pending", 4)]);
        assert_eq!(events(NOW + 16).await, [count("pending", 2)]);
        assert_eq!(events(NOW + 26).await, []);
        let mails = |since| read(db, async move |c| monitor::mails_since(c, since).await);
        let both = [count("failed", 2), count("sent", 1)];
        assert_eq!(mails(NOW + 15).await, both);
        let acme = tenant(db).await;
        let of = (product(db, acme).await, data_key(db, acme).await);
        for n in [3, 4] {
            let row = a_license(n, of);
            keep(db, |tx| licenses::insert(tx, acme, &row)).await;
        }
        let licenses = |since| read(db, async move |c| monitor::licenses_since(c, since).await);
        assert_eq!(licenses(NOW).await, 2);
        assert_eq!(licenses(NOW + 1_000).await, 0);
    })
    .await;
}

#[tokio::test]
async fn orders_in_review_and_jobs_that_are_not_done_are_counted() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for (n, state) in [(1, "review"), (2, "issued"), (3, "review")] {
            let row = Order {
                state: state.into(),
                ..an_order(acme, n)
            };
            keep(db, |tx| orders::insert(tx, &row)).await;
        }
        assert_eq!(
            read(db, async |c| monitor::orders_in_review(c).await).await,
            2
        );
        for (n, kind) in [(1, "a"), (2, "b"), (3, "b")] {
            queue(db, n, kind).await;
        }
        let dead = write(db, async |tx| jobs::claim(tx, NOW, NOW + 60, "a").await).await;
        let dead = dead.expect("a is due");
        write(db, async |tx| jobs::bury(tx, &dead, "never").await).await;
        let backlog = |kind: &str, state: &str, count, oldest: i64| Backlog {
            kind: kind.into(),
            state: state.into(),
            count,
            oldest_created_at: NOW + oldest,
        };
        let expected = [backlog("a", "dead", 1, 1), backlog("b", "queued", 2, 2)];
        assert_eq!(
            read(db, async |c| monitor::backlog(c).await).await,
            expected
        );
    })
    .await;
}
