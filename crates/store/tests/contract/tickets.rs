//! Support tickets.

use store::tickets::{self, Ticket};
use uuid::Uuid;

use crate::rows::{product, tenant};
use crate::support::{NOW, keep, on_each, read};

#[tokio::test]
async fn tickets_are_listed_newest_first_page_by_page() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let product_id = product(db, acme).await;
        for n in 1..=3_u128 {
            let ticket = Ticket {
                id: Uuid::from_u128(n),
                product_id,
                email: "ann@example.com".into(),
                subject: format!("Matter {n}"),
                message: "It does not start.\n".into(),
                created_at: NOW,
            };
            keep(db, |tx| tickets::insert(tx, acme, &ticket)).await;
        }
        let list = |after, limit| {
            read(db, async move |c| {
                tickets::list(c, acme, after, limit).await
            })
        };
        let first = list(None, 2).await;
        let told: Vec<_> = first.iter().map(|t| t.subject.as_str()).collect();
        assert_eq!(told, ["Matter 3", "Matter 2"]);
        let rest = list(Some((NOW, first[1].id)), 9).await;
        assert_eq!(
            (rest.len(), rest[0].message.as_str()),
            (1, "It does not start.\n")
        );
        let one = read(db, async |c| tickets::find(c, acme, first[0].id).await).await;
        assert_eq!(one.expect("is there").email, "ann@example.com");
        let blue = tenant(db).await;
        let foreign = read(db, async |c| tickets::find(c, blue, first[0].id).await).await;
        assert!(foreign.is_none());
    })
    .await;
}
