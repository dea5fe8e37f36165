//! Support tickets.

use domain::ids::{ProductId, TenantId};
use domain::list_order::LogOrder;
use domain::ticket_state::TicketState;
use store::tickets::{self, Ticket, TicketFilter};
use uuid::Uuid;

use crate::rows::{product, tenant};
use crate::support::{NOW, TestDb, keep, on_each, page_by_page, read, write};

async fn ticket(db: &TestDb, tenant: TenantId, n: u128, (product_id, email): (ProductId, &str)) {
    let ticket = Ticket {
        id: Uuid::from_u128(n),
        product_id,
        email: email.into(),
        email_key: email.into(),
        subject: format!("Matter {n}"),
        subject_key: format!("matter {n}"),
        message: "It does not start.\n".into(),
        created_at: NOW,
        closed_at: None,
        closed_by: String::new(),
    };
    keep(db, |tx| tickets::insert(tx, tenant, &ticket)).await;
}

async fn found(db: &TestDb, tenant: TenantId, filter: &TicketFilter) -> Vec<u128> {
    let list = read(db, async |c| tickets::list(c, tenant, filter).await).await;
    list.iter().map(|ticket| ticket.id.as_u128()).collect()
}

fn all() -> TicketFilter {
    TicketFilter {
        limit: 9,
        ..TicketFilter::default()
    }
}

#[tokio::test]
async fn tickets_are_listed_newest_first_page_by_page() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let product_id = product(db, acme).await;
        for n in 1..=3_u128 {
            ticket(db, acme, n, (product_id, "ann@example.com")).await;
        }
        let first = TicketFilter { limit: 2, ..all() };
        assert_eq!(found(db, acme, &first).await, [3, 2]);
        let rest = TicketFilter {
            after: Some((NOW, Uuid::from_u128(2))),
            ..all()
        };
        assert_eq!(found(db, acme, &rest).await, [1]);
        let id = Uuid::from_u128(3);
        let one = read(db, async |c| tickets::find(c, acme, id).await).await;
        let one = one.expect("is there");
        assert_eq!(
            (
                one.email.as_str(),
                one.subject.as_str(),
                one.message.as_str()
            ),
            ("ann@example.com", "Matter 3", "It does not start.\n")
        );
        let blue = tenant(db).await;
        let foreign = read(db, async |c| tickets::find(c, blue, id).await).await;
        assert!(foreign.is_none());
        assert_eq!(found(db, blue, &all()).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_closed_once_and_opened_again_once() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let product_id = product(db, acme).await;
        ticket(db, acme, 1, (product_id, "ann@example.com")).await;
        let id = Uuid::from_u128(1);
        let close = async |tenant, by| {
            write(db, async |tx| {
                tickets::close(tx, tenant, id, (by, NOW + 5)).await
            })
            .await
        };
        let reopen =
            async |tenant| write(db, async |tx| tickets::reopen(tx, tenant, id).await).await;
        let closed = async || {
            let one = read(db, async |c| tickets::find(c, acme, id).await).await;
            let one = one.expect("is there");
            (one.closed_at, one.closed_by)
        };
        assert!(!reopen(acme).await, "it is open");
        assert!(!close(blue, "eve@example.com").await);
        assert!(close(acme, "bob@example.com").await);
        assert!(!close(acme, "cid@example.com").await, "it is closed");
        assert_eq!(closed().await, (Some(NOW + 5), "bob@example.com".into()));
        assert!(!reopen(blue).await);
        assert!(reopen(acme).await);
        assert_eq!(closed().await, (None, String::new()));
    })
    .await;
}

#[tokio::test]
async fn tickets_are_found_by_state_product_sender_and_subject() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let (atlas, other) = (product(db, acme).await, product(db, acme).await);
        ticket(db, acme, 1, (atlas, "ann@example.com")).await;
        ticket(db, acme, 2, (other, "anna@example.com")).await;
        ticket(db, acme, 3, (atlas, "matt@example.com")).await;
        let foreign = product(db, blue).await;
        ticket(db, blue, 4, (foreign, "ann@example.com")).await;
        for n in [1, 2] {
            let id = Uuid::from_u128(n);
            write(db, async |tx| {
                tickets::close(tx, acme, id, ("bob", NOW)).await
            })
            .await;
        }
        let narrowed = async |state: Option<TicketState>, product_id: i32, beginning: &str| {
            let filter = TicketFilter {
                state,
                product_id,
                beginning: beginning.into(),
                ..all()
            };
            found(db, acme, &filter).await
        };
        let (open, closed) = (Some(TicketState::Open), Some(TicketState::Closed));
        let atlas = atlas.get();
        assert_eq!(narrowed(None, 0, "").await, [3, 2, 1]);
        assert_eq!(narrowed(None, atlas, "").await, [3, 1]);
        assert_eq!(narrowed(open, 0, "").await, [3]);
        assert_eq!(narrowed(closed, 0, "").await, [2, 1]);
        assert_eq!(narrowed(open, other.get(), "").await, []);
        assert_eq!(narrowed(closed, atlas, "").await, [1]);
        assert_eq!(narrowed(None, 0, "ann").await, [2, 1]);
        assert_eq!(
            narrowed(None, 0, "mat").await,
            [3, 2, 1],
            "sender or subject"
        );
        assert_eq!(narrowed(None, 0, "matter 2").await, [2]);
        assert_eq!(narrowed(open, 0, "mat").await, [3]);
        assert_eq!(narrowed(closed, atlas, "mat").await, [1]);
        assert_eq!(narrowed(None, 0, "%").await, [], "no pattern");
        let second = TicketFilter {
            beginning: "ann".into(),
            after: Some((NOW, Uuid::from_u128(2))),
            ..all()
        };
        assert_eq!(found(db, acme, &second).await, [1]);
    })
    .await;
}

#[tokio::test]
async fn tickets_of_one_moment_are_paged_either_way_around() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let product_id = product(db, acme).await;
        for n in 1..=5_u128 {
            ticket(db, acme, n, (product_id, "ann@example.com")).await;
        }
        let found = async |filter: &TicketFilter, order: LogOrder| {
            let tickets = page_by_page(async |last: Option<&Ticket>| {
                let filter = TicketFilter {
                    order,
                    after: last.map(|ticket| (ticket.created_at, ticket.id)),
                    limit: 2,
                    ..filter.clone()
                };
                read(db, async |c| tickets::list(c, acme, &filter).await).await
            });
            let ids = tickets.await.into_iter().map(|ticket| ticket.id.as_u128());
            ids.collect::<Vec<_>>()
        };
        let open = TicketFilter {
            state: Some(TicketState::Open),
            ..all()
        };
        let of_product = TicketFilter {
            product_id: product_id.get(),
            ..all()
        };
        let by_ann = TicketFilter {
            beginning: "ann".into(),
            ..all()
        };
        for filter in [all(), open, of_product, by_ann] {
            let newest = found(&filter, LogOrder::Newest).await;
            assert_eq!(newest, [5, 4, 3, 2, 1], "{filter:?}");
            let oldest = found(&filter, LogOrder::Oldest).await;
            assert_eq!(oldest, [1, 2, 3, 4, 5], "{filter:?}");
        }
        for n in 1..=5_u128 {
            let id = Uuid::from_u128(n);
            let closed = write(db, async |tx| {
                tickets::close(tx, acme, id, ("bob", NOW)).await
            });
            assert!(closed.await);
        }
        for product_id in [0, product_id.get()] {
            let closed = TicketFilter {
                state: Some(TicketState::Closed),
                product_id,
                ..all()
            };
            let oldest = found(&closed, LogOrder::Oldest).await;
            assert_eq!(oldest, [1, 2, 3, 4, 5], "{closed:?}");
        }
    })
    .await;
}
