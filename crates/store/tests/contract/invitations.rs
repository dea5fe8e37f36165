//! Invitations.

use domain::ids::{InvitationId, TenantId};
use store::invitations::{self, Invitation};

use crate::rows::tenant;
use crate::support::{NOW, TestDb, id, on_each, read, write};

fn an_invitation(tenant: TenantId, n: u8, email: &str) -> Invitation {
    Invitation {
        id: id(u128::from(n)),
        tenant_id: tenant,
        email: email.into(),
        email_key: email.to_lowercase(),
        role: "viewer".into(),
        token_hash: vec![n; 32],
        token_sealed: vec![n],
        mail_id: id(100 + u128::from(n)),
        invited_by: "ann@example.com".into(),
        created_at: NOW + i64::from(n),
        expires_at: NOW + 1_000,
        ended_at: None,
    }
}

async fn invite(db: &TestDb, invitation: &Invitation) -> bool {
    write(db, async |tx| invitations::insert(tx, invitation).await).await
}

async fn end(db: &TestDb, tenant: TenantId, invitation: InvitationId) -> bool {
    write(db, async |tx| {
        invitations::end(tx, tenant, invitation, NOW).await
    })
    .await
}

#[tokio::test]
async fn an_address_has_one_open_invitation_in_each_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let first = an_invitation(acme, 1, "Ann@example.com");
        assert!(invite(db, &first).await);
        assert!(!invite(db, &an_invitation(acme, 2, "ann@example.com")).await);
        assert!(invite(db, &an_invitation(blue, 3, "ann@example.com")).await);
        assert!(!end(db, blue, first.id).await, "another tenant's");
        assert!(end(db, acme, first.id).await);
        assert!(!end(db, acme, first.id).await);
        assert!(invite(db, &an_invitation(acme, 4, "ann@example.com")).await);
        let open = read(db, async |c| invitations::list_open(c, acme).await).await;
        assert_eq!(open.iter().map(|i| i.id).collect::<Vec<_>>(), [id(4)]);
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_found_by_its_token_its_mail_and_its_id_until_it_ends() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let row = an_invitation(acme, 1, "ann@example.com");
        assert!(invite(db, &row).await);
        let by_token = async |hash: [u8; 32]| {
            read(db, async |c| invitations::find_by_token(c, &hash).await).await
        };
        let by_mail = async |tenant: TenantId, mail: u128| {
            read(db, async |c| {
                invitations::find_by_mail(c, tenant, id(mail)).await
            })
            .await
        };
        let found = by_token([1; 32]).await.expect("is open");
        assert_eq!((found.tenant_id, found.role.as_str()), (acme, "viewer"));
        assert_eq!((found.token_sealed, found.ended_at), (vec![1], None));
        assert!(by_mail(acme, 101).await.is_some());
        assert!(by_mail(blue, 101).await.is_none());
        let renewed = Invitation {
            token_hash: vec![7; 32],
            token_sealed: vec![7],
            mail_id: id(107),
            expires_at: NOW + 2_000,
            ..row.clone()
        };
        assert!(write(db, async |tx| invitations::renew(tx, &renewed).await).await);
        assert!(by_token([1; 32]).await.is_none(), "the former link is none");
        assert!(by_mail(acme, 101).await.is_none());
        let found = by_token([7; 32]).await.expect("is open");
        assert_eq!(found.expires_at, NOW + 2_000);
        let open = async |tenant: TenantId| {
            read(db, async |c| {
                invitations::find_open(c, tenant, row.id).await
            })
            .await
        };
        assert!(open(acme).await.is_some() && open(blue).await.is_none());
        assert!(end(db, acme, row.id).await);
        assert!(by_token([7; 32]).await.is_none());
        assert!(by_mail(acme, 107).await.is_none());
        assert!(open(acme).await.is_none());
        assert!(!write(db, async |tx| invitations::renew(tx, &renewed).await).await);
    })
    .await;
}
