//! Access tokens.

use domain::ids::TenantId;
use domain::list_order::LogOrder;
use domain::list_state::TokenState;
use store::access_tokens::{self, AccessToken, TokenFilter};

use crate::rows::tenant;
use crate::support::{NOW, id, on_each, page_by_page, read, write};

fn token(tenant: TenantId, n: u128) -> AccessToken {
    AccessToken {
        id: id(n),
        tenant_id: tenant,
        name: format!("Token {n}"),
        public_id: format!("public-{n}"),
        secret_hash: vec![9; 32],
        permissions: "verify,generate".into(),
        created_at: NOW,
        expires_at: Some(NOW + 5),
        revoked_at: None,
        last_used_at: None,
    }
}

#[tokio::test]
async fn a_token_is_found_by_its_public_half_and_listed_by_its_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for row in [token(acme, 1), token(acme, 2), token(blue, 3)] {
            write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        }
        let found = read(db, async |c| {
            access_tokens::find_by_public_id(c, "public-3").await
        });
        let found = found.await.expect("is there");
        assert_eq!((found.tenant_id, found.secret_hash.len()), (blue, 32));
        assert_eq!(found.expires_at, Some(NOW + 5));
        let none = read(db, async |c| access_tokens::find_by_public_id(c, "x").await).await;
        assert!(none.is_none());
        let all = read(db, async |c| access_tokens::list(c, acme).await).await;
        let names: Vec<_> = all.iter().map(|t| t.name.as_str()).collect();
        assert_eq!(names, ["Token 2", "Token 1"]);
        let other = read(db, async |c| access_tokens::find(c, acme, id(3)).await).await;
        assert!(other.is_none(), "another tenant's");
        let own = read(db, async |c| access_tokens::find(c, blue, id(3)).await).await;
        assert!(own.is_some_and(|t| t.permissions == "verify,generate"));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_revoked_once_and_only_by_its_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let row = token(acme, 1);
        write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        let revoked = |tenant, at| {
            write(db, async move |tx| {
                access_tokens::revoke(tx, tenant, id(1), at).await
            })
        };
        assert!(!revoked(blue, NOW).await);
        assert!(revoked(acme, NOW + 1).await);
        assert!(!revoked(acme, NOW + 2).await);
        let row = read(db, async |c| access_tokens::find(c, acme, id(1)).await).await;
        assert_eq!(row.expect("is there").revoked_at, Some(NOW + 1));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_renamed_by_its_tenant_alone_and_found_by_its_new_name() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let row = token(acme, 1);
        write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        let renamed = |tenant| {
            write(db, async move |tx| {
                access_tokens::rename(tx, tenant, id(1), "Build Server").await
            })
        };
        assert!(!renamed(blue).await);
        assert!(renamed(acme).await);
        let found = async |beginning: &str| {
            let filter = TokenFilter {
                state: None,
                now: NOW,
                beginning: beginning.into(),
                order: LogOrder::Newest,
                after: None,
                limit: 9,
            };
            let rows = read(db, async |c| access_tokens::page(c, acme, &filter).await).await;
            rows.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        assert_eq!(found("token").await, Vec::<String>::new());
        assert_eq!(found("build s").await, ["Build Server"]);
        let row = read(db, async |c| access_tokens::find(c, acme, id(1)).await).await;
        let row = row.expect("is there");
        assert_eq!((row.public_id.as_str(), row.revoked_at), ("public-1", None));
    })
    .await;
}

#[tokio::test]
async fn the_last_use_never_moves_back() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let row = token(acme, 1);
        write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        for at in [NOW + 7, NOW + 3] {
            write(db, async |tx| {
                access_tokens::note_used(tx, acme, id(1), at).await
            })
            .await;
        }
        let row = read(db, async |c| access_tokens::find(c, acme, id(1)).await).await;
        assert_eq!(row.expect("is there").last_used_at, Some(NOW + 7));
    })
    .await;
}

#[tokio::test]
async fn tokens_are_paged_by_state_and_found_by_how_their_name_begins() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, tenant, name, expires_at, revoked_at) in [
            (1, acme, "Build server", None, None),
            (2, acme, "build two", Some(NOW), None),
            (3, acme, "Shop", Some(NOW + 1), Some(NOW)),
            (4, acme, "Shop", Some(NOW + 1), None),
            (5, blue, "Build server", None, None),
        ] {
            let row = AccessToken {
                name: name.into(),
                expires_at,
                revoked_at,
                ..token(tenant, n)
            };
            write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        }
        let found = async |state: Option<TokenState>, beginning: &str, after: Option<u128>| {
            let filter = TokenFilter {
                state,
                now: NOW,
                beginning: beginning.into(),
                order: LogOrder::Newest,
                after: after.map(|n| (NOW, id(n))),
                limit: 9,
            };
            let rows = read(db, async |c| access_tokens::page(c, acme, &filter).await).await;
            let ids = rows.iter().map(|row| row.id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        let [active, expired, revoked] =
            [TokenState::Active, TokenState::Expired, TokenState::Revoked].map(Some);
        assert_eq!(found(None, "", None).await, [4, 3, 2, 1]);
        assert_eq!(found(None, "", Some(3)).await, [2, 1]);
        for beginning in ["", "b", "s"] {
            let of = |all: &[u128]| {
                let kept = all.iter().copied();
                kept.filter(|n| beginning.is_empty() || (*n < 3) == (beginning == "b"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(
                found(active, beginning, None).await,
                of(&[4, 1]),
                "{beginning}"
            );
            assert_eq!(
                found(expired, beginning, None).await,
                of(&[2]),
                "{beginning}"
            );
            assert_eq!(
                found(revoked, beginning, None).await,
                of(&[3]),
                "{beginning}"
            );
        }
        assert_eq!(found(None, "build ", None).await, [2, 1]);
        assert_eq!(found(None, "build ", Some(2)).await, [1]);
        assert_eq!(found(active, "", Some(4)).await, [1]);
        assert_eq!(found(revoked, "", Some(3)).await, []);
    })
    .await;
}

#[tokio::test]
async fn tokens_of_one_moment_are_paged_either_way_around() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for n in 1..=5 {
            let row = token(acme, n);
            write(db, async |tx| access_tokens::insert(tx, &row).await).await;
        }
        let found = async |state: Option<TokenState>, beginning: &str, order: LogOrder| {
            let tokens = page_by_page(async |last: Option<&AccessToken>| {
                let filter = TokenFilter {
                    state,
                    now: NOW,
                    beginning: beginning.into(),
                    order,
                    after: last.map(|token| (token.created_at, token.id)),
                    limit: 2,
                };
                read(db, async |c| access_tokens::page(c, acme, &filter).await).await
            });
            let tokens = tokens.await.into_iter();
            let ids = tokens.map(|token| token.id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        let active = Some(TokenState::Active);
        for (state, beginning) in [(None, ""), (active, ""), (None, "token")] {
            let newest = found(state, beginning, LogOrder::Newest).await;
            assert_eq!(newest, [5, 4, 3, 2, 1], "{beginning}");
            let oldest = found(state, beginning, LogOrder::Oldest).await;
            assert_eq!(oldest, [1, 2, 3, 4, 5], "{beginning}");
        }
        for n in 1..=5 {
            let revoked = write(db, async |tx| {
                access_tokens::revoke(tx, acme, id(n), NOW).await
            });
            assert!(revoked.await);
        }
        let revoked = found(Some(TokenState::Revoked), "", LogOrder::Oldest).await;
        assert_eq!(revoked, [1, 2, 3, 4, 5]);
    })
    .await;
}
