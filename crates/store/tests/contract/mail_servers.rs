//! Tenants' own mail servers.

use domain::ids::TenantId;
use store::Db;
use store::mail_servers::{self, MailServer};
use uuid::Uuid;

use crate::rows::tenant;
use crate::support::{NOW, on_each, read, write};

fn server(n: u128) -> MailServer {
    MailServer {
        url_sealed: vec![1, 2, 3],
        host: format!("mail{n}.example.com:587"),
        sender: "Acme <keys@acme.example>".into(),
        revision: Uuid::from_u128(n),
        updated_at: NOW,
    }
}

/// A mail server for a tenant.
pub async fn give_mail_server(db: &Db, tenant: TenantId) {
    put(db, tenant, &server(1)).await;
}

async fn put(db: &Db, tenant: TenantId, row: &MailServer) {
    write(db, async |tx| mail_servers::put(tx, tenant, row).await).await;
}

#[tokio::test]
async fn a_tenant_has_one_mail_server_or_none() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let find = async |tenant| read(db, async |c| mail_servers::find(c, tenant).await).await;
        assert!(find(acme).await.is_none());
        give_mail_server(db, acme).await;
        let other = MailServer {
            url_sealed: vec![9],
            sender: "x@acme.example".into(),
            updated_at: NOW + 1,
            ..server(2)
        };
        put(db, acme, &other).await;
        let found = find(acme).await.expect("is there");
        assert_eq!((found.url_sealed, found.host), (vec![9], other.host));
        assert_eq!(
            (found.sender, found.revision),
            (other.sender, other.revision)
        );
        assert_eq!(found.updated_at, NOW + 1);
        let remove =
            async |tenant| write(db, async |tx| mail_servers::remove(tx, tenant).await).await;
        assert!(find(blue).await.is_none(), "another tenant has none");
        assert!(!remove(blue).await);
        assert!(remove(acme).await);
        assert!(!remove(acme).await);
        assert!(find(acme).await.is_none());
    })
    .await;
}
