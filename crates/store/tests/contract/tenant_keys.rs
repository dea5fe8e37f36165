//! Tenant keys and the data keys under them.

use domain::ids::{TenantId, TenantKeyId};
use store::Db;
use store::tenant_keys::{self, NewDataKey, NewTenantKey};

use crate::rows::{data_key, tenant};
use crate::support::{NOW, id, on_each, read, write};

async fn try_insert(db: &Db, tenant: TenantId, n: u128, retire: Retire) -> store::Result<()> {
    let mut tx = db.begin();
    if retire == Retire::Former {
        tenant_keys::retire_active(&mut tx, tenant, NOW + 1).await?;
    }
    let key = NewTenantKey {
        id: id(n),
        version: i32::try_from(n).expect("a small number"),
        key_wrapped: &[1],
        created_at: NOW,
    };
    tenant_keys::insert(&mut tx, tenant, &key).await?;
    tx.commit().await
}

#[derive(PartialEq)]
enum Retire {
    Former,
    Nobody,
}

#[tokio::test]
async fn a_tenant_has_one_active_key() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        try_insert(db, acme, 1, Retire::Nobody)
            .await
            .expect("the first");
        try_insert(db, blue, 2, Retire::Nobody)
            .await
            .expect("another tenant's");
        let refused = try_insert(db, acme, 3, Retire::Nobody).await;
        assert!(refused.is_err_and(|e| e.is_unique_violation()));
        try_insert(db, acme, 3, Retire::Former)
            .await
            .expect("in its place");
        let all = read(db, async |c| tenant_keys::list(c, acme).await).await;
        let states: Vec<_> = all
            .iter()
            .map(|k| (k.version, k.state.as_str(), k.retired_at))
            .collect();
        assert_eq!(states, [(3, "active", None), (1, "retired", Some(NOW + 1))]);
        write(db, async |tx| {
            tenant_keys::rewrap(tx, acme, id(1), &[9]).await
        })
        .await;
        write(db, async |tx| {
            tenant_keys::rewrap(tx, blue, id(3), &[9]).await
        })
        .await;
        let all = read(db, async |c| tenant_keys::list(c, acme).await).await;
        assert_eq!(all[1].key_wrapped, [9]);
        assert_eq!(all[0].key_wrapped, [1], "another tenant cannot");
    })
    .await;
}

#[tokio::test]
async fn a_data_key_comes_with_what_unwraps_it() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let key = data_key(db, acme).await;
        let all = read(db, async |c| tenant_keys::data_keys(c, acme).await).await;
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].id, all[0].purpose.as_str()), (key, "license_keys"));
        assert_eq!(
            (&all[0].key_wrapped[..], &all[0].tenant_key_wrapped[..]),
            (&[8][..], &[7][..])
        );
        let mut tx = db.begin();
        let twin = NewDataKey {
            id: id(3),
            purpose: "license_keys",
            tenant_key_id: id(1),
            key_wrapped: &[8],
            created_at: NOW,
        };
        let refused = tenant_keys::insert_data_key(&mut tx, acme, &twin).await;
        assert!(
            refused.is_err_and(|e| e.is_unique_violation()),
            "one per purpose"
        );
        drop(tx);
        try_insert(db, acme, 2, Retire::Former)
            .await
            .expect("another key");
        let under: TenantKeyId = id(2);
        write(db, async |tx| {
            tenant_keys::rewrap_data_key(tx, acme, key, (under, &[6])).await
        })
        .await;
        let all = read(db, async |c| tenant_keys::data_keys(c, acme).await).await;
        assert_eq!(
            (all[0].tenant_key_id, &all[0].key_wrapped[..]),
            (under, &[6][..])
        );
        assert_eq!(all[0].tenant_key_wrapped, [1]);
    })
    .await;
}
