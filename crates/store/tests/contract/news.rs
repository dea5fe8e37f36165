//! What commits tell whoever watches.

use std::collections::BTreeSet;

use domain::ids::TenantId;
use store::Db;
use store::changes::{self, NewChange};
use store::news::{Heard, News, Topic};

use crate::rows::tenant;
use crate::support::{NOW, keep, on_each};

const fn change(tenant_id: TenantId) -> NewChange<'static> {
    NewChange {
        tenant_id,
        livemode: false,
        actor_kind: "system",
        actor_id: "",
        actor_name: "",
        subject_kind: "license",
        subject_id: "1",
        verb: "issued",
        data: "{}",
        hardware_key: None,
        at: NOW,
    }
}

const fn changed(tenant_id: TenantId) -> News {
    News {
        topic: Topic::Changes,
        tenant_id,
    }
}

#[tokio::test]
async fn what_is_committed_is_news_once_and_what_is_not_is_none() {
    on_each(async |db| {
        let (acme, blue, teal) = (tenant(db).await, tenant(db).await, tenant(db).await);
        let mut dropped = db.begin();
        changes::insert(&mut dropped, &change(blue));
        drop(dropped);
        for _ in 0..2 {
            keep(db, |tx| changes::insert(tx, &change(acme))).await;
        }
        assert_eq!(db.news().await, BTreeSet::from([changed(acme)]));
        keep(db, |tx| changes::insert(tx, &change(teal))).await;
        assert_eq!(db.news().await, BTreeSet::from([changed(teal)]));
    })
    .await;
}

#[tokio::test]
async fn what_one_node_announces_another_hears() {
    on_each(async |db| {
        let other = Db::open(&db.url).await.expect("the database opens again");
        let listener = other.listen().await.expect("the listener connects");
        let news = BTreeSet::from([changed(TenantId::from(7))]);
        db.announce(&news).await.expect("it is announced");
        assert_eq!(listener.is_some(), db.is_shared());
        if let Some(mut listener) = listener {
            let heard = listener.next_heard().await.expect("it is heard");
            assert_eq!(heard, Heard::News(changed(TenantId::from(7))));
        }
        other.close().await;
    })
    .await;
}
