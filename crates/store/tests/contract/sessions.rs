//! Sessions.

use domain::ids::{PersonId, TenantId};
use store::sessions::{self, NewSession};
use store::{memberships, people};

use crate::people::person;
use crate::rows::tenant;
use crate::support::{NOW, TestDb, id, on_each, read, write};

async fn signed_in(db: &TestDb, sessions: u8) -> (TenantId, PersonId) {
    let tenant = tenant(db).await;
    let ann = person(1, "ann@example.com");
    write(db, async |tx| {
        people::insert(tx, &ann).await?;
        memberships::put(tx, tenant, (ann.id, "owner"), NOW).await?;
        for n in 1..=sessions {
            let row = NewSession {
                id: id(u128::from(n)),
                token_hash: &[n; 32],
                person_id: ann.id,
                tenant_id: tenant,
                address: "192.0.2.1",
                user_agent: "a browser",
                created_at: NOW,
                expires_at: NOW + 1_000,
            };
            sessions::insert(tx, &row).await?;
        }
        Ok(())
    })
    .await;
    (tenant, ann.id)
}

#[tokio::test]
async fn a_token_opens_its_session_until_it_expires() {
    on_each(async |db| {
        let (tenant, ann) = signed_in(db, 1).await;
        let look = async |hash: [u8; 32], now: i64| {
            read(db, async |c| sessions::find_by_token(c, &hash, now).await).await
        };
        let session = look([1; 32], NOW).await.expect("is open");
        assert_eq!((session.tenant_id, session.person_id), (tenant, ann));
        assert_eq!((session.role.as_str(), session.livemode), ("owner", false));
        assert_eq!(session.tenant_name, "Acme");
        assert_eq!(session.email, "ann@example.com");
        assert_eq!(session.time_zone, "");
        let choose = async |who: PersonId| {
            write(db, async |tx| {
                people::set_time_zone(tx, who, "Europe/Berlin", NOW).await
            })
            .await
        };
        assert!(choose(ann).await);
        assert!(!choose(id(9)).await, "there is nobody");
        let zone = look([1; 32], NOW).await.map(|session| session.time_zone);
        assert_eq!(zone.as_deref(), Some("Europe/Berlin"));
        assert!(look([2; 32], NOW).await.is_none());
        assert!(look([1; 32], NOW + 1_000).await.is_none());
        write(db, async |tx| {
            sessions::note_seen(tx, session.id, NOW + 500, NOW + 2_000).await?;
            sessions::note_seen(tx, session.id, NOW + 400, NOW + 1).await
        })
        .await;
        let later = look([1; 32], NOW + 1_000).await.expect("lasts longer");
        assert_eq!(
            (later.last_seen_at, later.expires_at),
            (NOW + 500, NOW + 2_000)
        );
        let pruned = write(db, async |tx| sessions::prune(tx, NOW + 1_999).await).await;
        assert_eq!(pruned, 0);
        let pruned = write(db, async |tx| sessions::prune(tx, NOW + 2_000).await).await;
        assert_eq!(pruned, 1);
    })
    .await;
}

#[tokio::test]
async fn the_switch_and_the_end_are_of_one_session_or_of_all() {
    on_each(async |db| {
        let (_, ann) = signed_in(db, 3).await;
        let look = async |hash: [u8; 32]| {
            read(db, async |c| sessions::find_by_token(c, &hash, NOW).await).await
        };
        let switched = |person: PersonId| {
            write(db, async move |tx| {
                sessions::set_livemode(tx, person, id(1), true).await
            })
        };
        assert!(!switched(id(9)).await, "another person's session");
        assert!(switched(ann).await);
        assert!(look([1; 32]).await.is_some_and(|s| s.livemode));
        assert!(look([2; 32]).await.is_some_and(|s| !s.livemode));
        assert!(write(db, async |tx| sessions::remove(tx, &[1; 32]).await).await);
        assert!(!write(db, async |tx| sessions::remove(tx, &[1; 32]).await).await);
        assert!(look([1; 32]).await.is_none());
        let ended = write(db, async |tx| sessions::remove_by_person(tx, ann).await).await;
        assert_eq!(ended, 2);
        assert!(look([2; 32]).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_their_browsers_and_ends_them_one_by_one() {
    on_each(async |db| {
        let (acme, ann) = signed_in(db, 3).await;
        let blue = tenant(db).await;
        let look =
            async |now: i64| read(db, async |c| sessions::list_by_person(c, ann, now).await).await;
        write(db, async |tx| {
            sessions::note_seen(tx, id(2), NOW + 5, NOW + 2_000).await?;
            memberships::put(tx, blue, (ann, "viewer"), NOW).await?;
            assert!(sessions::set_tenant(tx, ann, id(3), blue).await?);
            assert!(!sessions::set_tenant(tx, id(9), id(3), acme).await?);
            Ok(())
        })
        .await;
        let browsers = look(NOW).await;
        let ids: Vec<_> = browsers.iter().map(|b| b.id).collect();
        assert_eq!(ids, [id(2), id(3), id(1)]);
        assert_eq!(
            (
                browsers[0].address.as_str(),
                browsers[0].user_agent.as_str()
            ),
            ("192.0.2.1", "a browser")
        );
        assert_eq!(
            (browsers[0].last_seen_at, browsers[0].created_at),
            (NOW + 5, NOW)
        );
        assert_eq!(look(NOW + 1_000).await.len(), 1, "expired ones are none");
        let end = async |person: PersonId, n: u128| {
            write(db, async |tx| sessions::remove_one(tx, person, id(n)).await).await
        };
        assert!(!end(id(9), 1).await, "another person's session");
        assert!(end(ann, 1).await);
        assert!(!end(ann, 1).await);
        let ended = write(db, async |tx| {
            sessions::remove_by_member(tx, acme, ann).await
        })
        .await;
        assert_eq!(ended, 1, "the one in the other tenant stays");
        assert_eq!(look(NOW).await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_session_goes_on_under_another_token_and_alone() {
    on_each(async |db| {
        let (acme, ann) = signed_in(db, 3).await;
        let bob = person(2, "bob@example.com");
        write(db, async |tx| {
            people::insert(tx, &bob).await?;
            memberships::put(tx, acme, (bob.id, "viewer"), NOW).await?;
            let row = NewSession {
                id: id(4),
                token_hash: &[4; 32],
                person_id: bob.id,
                tenant_id: acme,
                address: "192.0.2.1",
                user_agent: "a browser",
                created_at: NOW,
                expires_at: NOW + 1_000,
            };
            sessions::insert(tx, &row).await
        })
        .await;
        let look = async |hash: [u8; 32]| {
            read(db, async |c| sessions::find_by_token(c, &hash, NOW).await).await
        };
        let replace = async |person: PersonId, n: u128| {
            write(db, async |tx| {
                sessions::replace_token(tx, person, id(n), &[9; 32]).await
            })
            .await
        };
        assert_eq!(replace(bob.id, 2).await, None, "another person's session");
        assert_eq!(replace(ann, 7).await, None, "there is none");
        assert_eq!(replace(ann, 2).await, Some(NOW));
        assert!(look([2; 32]).await.is_none());
        let found = look([9; 32]).await.expect("goes on");
        assert_eq!((found.id, found.person_id), (id(2), ann));
        let ended = write(db, async |tx| sessions::remove_others(tx, ann, id(2)).await).await;
        assert_eq!(ended, 2);
        assert!(look([1; 32]).await.is_none() && look([3; 32]).await.is_none());
        assert!(look([9; 32]).await.is_some());
        assert!(look([4; 32]).await.is_some(), "another person's stays");
    })
    .await;
}

#[tokio::test]
async fn what_a_fault_says_for_the_log_names_the_rule_and_quotes_no_row() {
    on_each(async |db| {
        let (tenant_id, person_id) = signed_in(db, 1).await;
        let twin = NewSession {
            id: id(2),
            token_hash: &[1; 32],
            person_id,
            tenant_id,
            address: "192.0.2.1",
            user_agent: "a browser",
            created_at: NOW,
            expires_at: NOW + 1_000,
        };
        let mut tx = db.begin();
        let fault = sessions::insert(&mut tx, &twin).await;
        let said = format!("{:?}", fault.expect_err("two tokens are the same"));
        assert!(said.contains("code "), "{said}");
        assert!(said.to_lowercase().contains("unique"), "{said}");
        assert!(!said.contains("0101"), "the hash stands there: {said}");
    })
    .await;
}
