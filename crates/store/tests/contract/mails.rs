//! Mails and their delivery log.

use domain::ids::{MailId, TenantId};
use domain::list_order::LogOrder;
use store::mails::{self, Attempt, Mail, MailFilter, Waiting};
use uuid::Uuid;

use crate::rows::{order, tenant};
use crate::support::{NOW, TestDb, id, is_kept, on_each, page_by_page, read, write};

fn mail(n: u128, order: Option<Uuid>, ordinal: i32) -> Mail {
    Mail {
        id: id(n),
        livemode: false,
        order_id: order,
        product_id: None,
        kind: "purchase".into(),
        ordinal,
        recipient: "ann@example.com".into(),
        template_version: 3,
        message_id: format!("<{n}@example.com>"),
        state: "queued".into(),
        attempts: 0,
        last_answer: String::new(),
        created_at: NOW + i64::try_from(n).expect("a small number"),
        sent_at: None,
        ticket_id: None,
        license_id: None,
    }
}

async fn insert(db: &TestDb, tenant: TenantId, row: &Mail) -> bool {
    is_kept(db, |tx| mails::insert(tx, tenant, row)).await
}

#[tokio::test]
async fn an_order_has_one_mail_of_a_kind_and_ordinal() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let order = order(db, acme, 9).await;
        let last = || {
            read(db, async |c| {
                mails::last_ordinal(c, acme, (order, "purchase")).await
            })
        };
        assert_eq!(last().await, None);
        assert!(insert(db, acme, &mail(1, Some(order.get()), 0)).await);
        assert!(!insert(db, acme, &mail(2, Some(order.get()), 0)).await);
        assert!(insert(db, acme, &mail(3, Some(order.get()), 1)).await);
        for n in [4, 5] {
            assert!(insert(db, acme, &mail(n, None, 0)).await, "of no order");
        }
        assert_eq!(last().await, Some(1));
        let of_order = read(db, async |c| mails::list_by_order(c, acme, order).await).await;
        assert_eq!(
            of_order.iter().map(|m| m.id).collect::<Vec<_>>(),
            [id(1), id(3)]
        );
        let found = read(db, async |c| mails::find(c, acme, id(1)).await).await;
        let found = found.expect("is there");
        assert_eq!(
            (found.template_version, found.message_id.as_str()),
            (3, "<1@example.com>")
        );
        assert!(
            read(db, async |c| mails::find(c, blue, id(1)).await)
                .await
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn every_try_is_logged_and_a_sent_mail_is_not_sent_elsewhere() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        insert(db, acme, &mail(1, None, 0)).await;
        let note = |n, state: &'static str, answer: &'static str| {
            let attempt = Attempt {
                id: Uuid::from_u128(n),
                state,
                answer,
                now: NOW + i64::try_from(n).expect("a small number"),
            };
            write(db, async move |tx| {
                mails::note_attempt(tx, acme, id(1), &attempt).await
            })
        };
        note(1, "retrying", "451 later").await;
        let requeued = |tenant| {
            write(db, async move |tx| {
                mails::requeue(tx, tenant, id(1), "bob@example.com").await
            })
        };
        assert!(!requeued(blue).await);
        assert!(requeued(acme).await);
        note(2, "sent", "250 OK").await;
        assert!(!requeued(acme).await);
        let row = read(db, async |c| mails::find(c, acme, id(1)).await).await;
        let row = row.expect("is there");
        assert_eq!(
            (row.recipient.as_str(), row.attempts),
            ("bob@example.com", 2)
        );
        assert_eq!(
            (row.last_answer.as_str(), row.sent_at),
            ("250 OK", Some(NOW + 2))
        );
        let log = read(db, async |c| mails::attempts(c, acme, id(1)).await).await;
        let answers: Vec<_> = log.iter().map(|a| (a.at, a.answer.as_str())).collect();
        assert_eq!(answers, [(NOW + 1, "451 later"), (NOW + 2, "250 OK")]);
        let foreign = read(db, async |c| mails::attempts(c, blue, id(1)).await).await;
        assert!(foreign.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mail_counts_as_failed_from_when_it_was_given_up_until_it_is_queued_anew() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, livemode) in [(1, false), (2, false), (3, false), (4, true)] {
            let mut row = mail(n, None, 0);
            row.livemode = livemode;
            insert(db, acme, &row).await;
        }
        let note = |n: u128, state: &'static str, now: i64| {
            let attempt = Attempt {
                id: Uuid::from_u128(u128::from(now.unsigned_abs())),
                state,
                answer: "550 never",
                now,
            };
            write(db, async move |tx| {
                mails::note_attempt(tx, acme, id(n), &attempt).await
            })
        };
        // The one that was queued last is given up first.
        for (n, now) in [
            (1, NOW + 300),
            (2, NOW + 200),
            (3, NOW + 100),
            (4, NOW + 400),
        ] {
            note(n, "retrying", now - 50).await;
            note(n, "failed", now).await;
        }
        let failed = async |tenant, side: (bool, i64)| {
            let listed = read(db, async |c| mails::list_failed(c, tenant, side, 9).await).await;
            let count = read(db, async |c| mails::count_failed(c, tenant, side).await).await;
            let ids: Vec<MailId> = listed.iter().map(|mail| mail.id).collect();
            assert_eq!(i64::try_from(ids.len()), Ok(count));
            ids
        };
        assert_eq!(failed(acme, (false, NOW)).await, [1, 2, 3].map(id));
        assert_eq!(failed(acme, (false, NOW + 200)).await, [1, 2].map(id));
        assert_eq!(failed(acme, (false, NOW + 301)).await, []);
        assert_eq!(failed(acme, (true, NOW)).await, [id(4)]);
        assert_eq!(failed(blue, (false, NOW)).await, []);
        let newest = read(db, async |c| {
            mails::list_failed(c, acme, (false, NOW), 1).await
        });
        assert_eq!(newest.await[0].id, id(1));
        let requeued = write(db, async |tx| {
            mails::requeue(tx, acme, id(1), "bob@example.com").await
        });
        assert!(requeued.await);
        assert_eq!(failed(acme, (false, NOW)).await, [2, 3].map(id));
        note(1, "failed", NOW + 500).await;
        assert_eq!(failed(acme, (false, NOW + 400)).await, [id(1)]);
    })
    .await;
}

#[tokio::test]
async fn mails_that_are_still_to_be_sent_are_counted_by_state() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let states = ["queued", "queued", "retrying", "sent", "failed", "queued"];
        for (n, state) in (1..).zip(states) {
            let mut row = mail(n, None, 0);
            row.livemode = n == 6;
            row.state = state.into();
            insert(db, acme, &row).await;
        }
        for (tenant, livemode, queued, retrying) in
            [(acme, false, 2, 1), (acme, true, 1, 0), (blue, false, 0, 0)]
        {
            let waiting = read(db, async |c| {
                mails::count_waiting(c, tenant, livemode).await
            });
            assert_eq!(waiting.await, Waiting { queued, retrying });
        }
    })
    .await;
}

#[tokio::test]
async fn mails_are_filtered_and_paged() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for n in 1..=4 {
            let mut row = mail(n, None, 0);
            row.livemode = n == 4;
            row.state = if n == 2 {
                "failed".into()
            } else {
                "queued".into()
            };
            insert(db, acme, &row).await;
        }
        let found = async |livemode: bool, state: &str, after: Option<(i64, MailId)>| {
            let filter = MailFilter {
                livemode,
                state: state.into(),
                recipient: String::new(),
                order: LogOrder::Newest,
                after,
                limit: 2,
            };
            let listed = read(db, async |c| mails::list(c, acme, &filter).await).await;
            listed.iter().map(|m| m.id).collect::<Vec<MailId>>()
        };
        assert_eq!(found(false, "", None).await, [id(3), id(2)]);
        assert_eq!(found(false, "", Some((NOW + 2, id(2)))).await, [id(1)]);
        assert_eq!(found(false, "failed", None).await, [id(2)]);
        assert_eq!(found(true, "", None).await, [id(4)]);
    })
    .await;
}

#[tokio::test]
async fn a_mail_is_found_by_how_its_recipients_address_begins_also_a_corrected_one() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, recipient, state) in [
            (1, "Ann@Example.com", "sent"),
            (2, "anna@example.com", "queued"),
            (3, "bob@example.com", "queued"),
        ] {
            let mut row = mail(n, None, 0);
            row.recipient = recipient.into();
            row.state = state.into();
            insert(db, acme, &row).await;
        }
        let found = async |tenant, recipient: &str, state: &str| {
            let filter = MailFilter {
                livemode: false,
                state: state.into(),
                recipient: recipient.into(),
                order: LogOrder::Newest,
                after: None,
                limit: 9,
            };
            let listed = read(db, async |c| mails::list(c, tenant, &filter).await).await;
            listed.iter().map(|m| m.id).collect::<Vec<MailId>>()
        };
        assert_eq!(found(acme, "ann", "").await, [id(2), id(1)]);
        assert_eq!(found(acme, "ann@example.com", "").await, [id(1)]);
        assert_eq!(found(acme, "ann", "queued").await, [id(2)]);
        assert_eq!(found(acme, "%", "").await, []);
        assert_eq!(found(blue, "ann", "").await, []);
        let corrected = write(db, async |tx| {
            mails::requeue(tx, acme, id(3), "Zoe@example.com").await
        });
        assert!(corrected.await);
        assert_eq!(found(acme, "bob", "").await, []);
        assert_eq!(found(acme, "zoe@", "").await, [id(3)]);
    })
    .await;
}

#[tokio::test]
async fn mails_are_paged_either_way_around_also_those_of_one_moment() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for n in 1..=5 {
            let mut row = mail(n, None, 0);
            row.created_at = NOW + i64::from(n == 5);
            insert(db, acme, &row).await;
        }
        let found = async |order: LogOrder, state: &str, recipient: &str| {
            let mails = page_by_page(async |last: Option<&Mail>| {
                let filter = MailFilter {
                    livemode: false,
                    state: state.into(),
                    recipient: recipient.into(),
                    order,
                    after: last.map(|mail| (mail.created_at, mail.id)),
                    limit: 2,
                };
                read(db, async |c| mails::list(c, acme, &filter).await).await
            });
            let ids = mails.await.into_iter().map(|mail| mail.id);
            ids.collect::<Vec<MailId>>()
        };
        for (state, recipient) in [("", ""), ("queued", ""), ("", "ann")] {
            let newest = found(LogOrder::Newest, state, recipient).await;
            assert_eq!(newest, [5, 4, 3, 2, 1].map(id));
            let oldest = found(LogOrder::Oldest, state, recipient).await;
            assert_eq!(oldest, [1, 2, 3, 4, 5].map(id));
        }
    })
    .await;
}
