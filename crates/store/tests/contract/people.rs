//! People and their memberships.

use domain::ids::{PersonId, TenantId};
use domain::list_order::MemberOrder;
use domain::role::Role;
use store::changes::NewChange;
use store::memberships::{Member, MemberFilter};
use store::people::Person;
use store::sessions::NewSession;
use store::{changes, memberships, people, second_factors, sessions};

use crate::rows::tenant;
use crate::support::{NOW, TestDb, on_each, page_by_page, read, write};

pub fn person(n: u128, email: &str) -> Person {
    Person {
        id: crate::support::id(n),
        email: email.into(),
        email_key: email.to_lowercase(),
        name: String::new(),
        password_hash: "1$salt$hash".into(),
        is_operator: n == 1,
        created_at: NOW,
        updated_at: NOW,
    }
}

#[tokio::test]
async fn one_person_per_address() {
    on_each(async |db| {
        let there = read(db, async |c| people::is_anybody_there(c).await).await;
        assert!(!there);
        let (ann, twin) = (person(1, "Ann@Example.com"), person(2, "ann@example.com"));
        assert!(write(db, async |tx| people::insert(tx, &ann).await).await);
        assert!(!write(db, async |tx| people::insert(tx, &twin).await).await);
        assert!(read(db, async |c| people::is_anybody_there(c).await).await);
        let found = read(db, async |c| {
            people::find_by_email(c, "ann@example.com").await
        })
        .await;
        let found = found.expect("is there");
        assert_eq!(
            (found.id, found.email.as_str()),
            (ann.id, "Ann@Example.com")
        );
        assert!(found.is_operator);
        let found = read(db, async |c| people::find(c, ann.id).await).await;
        assert!(found.is_some_and(|p| p.email_key == "ann@example.com"));
        assert!(
            read(db, async |c| people::find(c, twin.id).await)
                .await
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn a_password_hash_is_replaced_only_where_it_is_still_the_former() {
    on_each(async |db| {
        let ann = person(1, "ann@example.com");
        write(db, async |tx| people::insert(tx, &ann).await).await;
        for (former, new, replaced) in [
            ("1$salt$hash", "2$a$b", true),
            ("1$salt$hash", "2$c$d", false),
        ] {
            let done = write(db, async |tx| {
                people::replace_password_hash(tx, ann.id, (former, new), NOW + 1).await
            });
            assert_eq!(done.await, replaced);
        }
        let found = read(db, async |c| people::find(c, ann.id).await).await;
        let found = found.expect("is there");
        assert_eq!(found.password_hash, "2$a$b");
        assert_eq!(found.updated_at, NOW + 1);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_locked_only_where_its_hash_is_still_this_one() {
    on_each(async |db| {
        let ann = person(1, "ann@example.com");
        write(db, async |tx| people::insert(tx, &ann).await).await;
        for (who, hash, is_locked) in [
            (ann.id, "1$salt$hash", true),
            (ann.id, "2$a$b", false),
            (crate::support::id(9), "1$salt$hash", false),
        ] {
            let locked = write(db, async |tx| {
                people::lock_password_hash(tx, who, hash).await
            });
            assert_eq!(locked.await, is_locked, "{hash}");
        }
        let found = read(db, async |c| people::find(c, ann.id).await).await;
        let found = found.expect("is there");
        assert_eq!(found.password_hash, "1$salt$hash");
        assert_eq!(found.updated_at, NOW, "nothing was changed");
    })
    .await;
}

#[tokio::test]
async fn a_person_has_one_role_in_each_tenant() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let ann = person(1, "ann@example.com");
        write(db, async |tx| people::insert(tx, &ann).await).await;
        let put = async |tenant: TenantId, role: &'static str, at: i64| {
            write(db, async |tx| {
                memberships::put(tx, tenant, (ann.id, role), at).await
            })
            .await;
        };
        put(blue, "viewer", NOW).await;
        put(acme, "viewer", NOW + 1).await;
        put(acme, "owner", NOW + 2).await;
        let all = read(db, async |c| memberships::list_by_person(c, ann.id).await).await;
        let roles: Vec<_> = all.iter().map(|m| (m.tenant_id, m.role.as_str())).collect();
        assert_eq!(roles, [(blue, "viewer"), (acme, "owner")]);
        assert_eq!(all[0].tenant_name, "Acme");
        let nobody = crate::support::id::<PersonId>(9);
        let none = read(db, async |c| memberships::list_by_person(c, nobody).await).await;
        assert!(none.is_empty());
    })
    .await;
}

/// Somebody who belongs to the tenant.
async fn member(db: &TestDb, tenant: TenantId, (n, email, role): (u128, &str, &str)) {
    let row = person(n, email);
    write(db, async |tx| {
        people::insert(tx, &row).await?;
        memberships::put(tx, tenant, (row.id, role), NOW).await
    })
    .await;
}

fn everybody() -> MemberFilter {
    MemberFilter {
        beginning: String::new(),
        role: None,
        order: MemberOrder::Oldest,
        after: None,
        limit: 9,
    }
}

#[tokio::test]
async fn members_are_paged_and_found_by_how_their_address_begins() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, email, tenant) in [
            (1, "ann@example.com", acme),
            (2, "anna@example.com", acme),
            (3, "bob@example.com", acme),
            (4, "ann@example.org", blue),
        ] {
            member(db, tenant, (n, email, "viewer")).await;
        }
        let found = async |filter: MemberFilter| {
            let rows = read(db, async |c| memberships::page(c, acme, &filter).await).await;
            let ids = rows.iter().map(|row| row.person_id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        let begins = |beginning: &str| MemberFilter {
            beginning: beginning.into(),
            ..everybody()
        };
        assert_eq!(found(everybody()).await, [1, 2, 3]);
        assert_eq!(found(begins("ann")).await, [1, 2]);
        assert_eq!(found(begins("ann@")).await, [1]);
        assert_eq!(found(begins("nn")).await, []);
        let after = |n| MemberFilter {
            after: Some((NOW, crate::support::id(n))),
            ..begins("")
        };
        assert_eq!(found(after(1)).await, [2, 3]);
        assert_eq!(
            found(MemberFilter {
                limit: 1,
                ..after(1)
            })
            .await,
            [2]
        );
        assert_eq!(found(after(3)).await, []);
    })
    .await;
}

#[tokio::test]
async fn members_of_one_role_are_found_in_every_order() {
    on_each(async |db| {
        let acme = tenant(db).await;
        for row in [
            (1, "zoe@example.com", "owner"),
            (2, "bob@example.com", "support"),
            (3, "ann@example.com", "owner"),
        ] {
            member(db, acme, row).await;
        }
        let found = async |order, role| {
            let filter = MemberFilter {
                role: Some(role),
                order,
                ..everybody()
            };
            let rows = read(db, async |c| memberships::page(c, acme, &filter).await).await;
            let ids = rows.iter().map(|row| row.person_id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(found(MemberOrder::Oldest, Role::Owner).await, [1, 3]);
        assert_eq!(found(MemberOrder::Email, Role::Owner).await, [3, 1]);
        let backwards = found(MemberOrder::EmailBackwards, Role::Owner).await;
        assert_eq!(backwards, [1, 3]);
        assert_eq!(found(MemberOrder::Oldest, Role::Support).await, [2]);
        assert_eq!(found(MemberOrder::Email, Role::Viewer).await, []);
    })
    .await;
}

#[tokio::test]
async fn members_are_paged_by_address_either_way_around() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, email, tenant) in [
            (1, "Zoe@example.com", acme),
            (2, "bob@example.com", acme),
            (3, "cid@example.com", blue),
            (4, "Ann@example.com", acme),
            (5, "bo@example.com", acme),
        ] {
            member(db, tenant, (n, email, "viewer")).await;
        }
        let found = async |order: MemberOrder, beginning: &str| {
            let members = page_by_page(async |last: Option<&Member>| {
                let filter = MemberFilter {
                    beginning: beginning.into(),
                    role: None,
                    order,
                    after: last.map(|member| (member.created_at, member.person_id)),
                    limit: 2,
                };
                read(db, async |c| memberships::page(c, acme, &filter).await).await
            });
            let members = members.await.into_iter();
            let ids = members.map(|member| member.person_id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        assert_eq!(found(MemberOrder::Oldest, "").await, [1, 2, 4, 5]);
        assert_eq!(found(MemberOrder::Email, "").await, [4, 5, 2, 1]);
        assert_eq!(found(MemberOrder::Email, "bo").await, [5, 2]);
        assert_eq!(found(MemberOrder::EmailBackwards, "").await, [1, 2, 5, 4]);
        assert_eq!(found(MemberOrder::EmailBackwards, "bo").await, [2, 5]);
        let of_blue = MemberFilter {
            order: MemberOrder::Email,
            after: Some((NOW, crate::support::id(3))),
            ..everybody()
        };
        let rows = read(db, async |c| memberships::page(c, acme, &of_blue).await).await;
        assert_eq!(rows.len(), 4, "no place of this tenant");
    })
    .await;
}

/// What letting somebody go leaves behind: the line of the change log.
async fn let_go(db: &TestDb, tenant: TenantId, who: PersonId) {
    let id = who.to_string();
    let line = NewChange {
        tenant_id: tenant,
        livemode: false,
        actor_kind: "person",
        actor_id: "1",
        actor_name: "ann@example.com",
        subject_kind: "person",
        subject_id: &id,
        verb: "removed",
        data: "{}",
        hardware_key: None,
        at: NOW,
    };
    let was_there = write(db, async |tx| {
        changes::insert(tx, &line);
        memberships::remove(tx, tenant, who).await
    });
    assert!(was_there.await);
}

#[tokio::test]
async fn a_page_by_address_goes_on_where_somebody_was_let_go_meanwhile() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        for (n, email, tenant) in [
            (1, "ann@example.com", acme),
            (2, "bob@example.com", acme),
            (3, "bob@example.org", blue),
            (4, "cid@example.com", acme),
        ] {
            member(db, tenant, (n, email, "viewer")).await;
        }
        let after = async |order: MemberOrder, n: u128| {
            let filter = MemberFilter {
                order,
                after: Some((NOW, crate::support::id(n))),
                ..everybody()
            };
            let rows = read(db, async |c| memberships::page(c, acme, &filter).await).await;
            let ids = rows.iter().map(|row| row.person_id.get().as_u128());
            ids.collect::<Vec<_>>()
        };
        let_go(db, acme, crate::support::id(2)).await;
        assert_eq!(after(MemberOrder::Oldest, 2).await, [4]);
        assert_eq!(after(MemberOrder::Email, 2).await, [4]);
        assert_eq!(after(MemberOrder::EmailBackwards, 2).await, [1]);
        let_go(db, blue, crate::support::id(3)).await;
        let all = after(MemberOrder::Email, 3).await;
        assert_eq!(all, [1, 4], "another tenant let that one go");
    })
    .await;
}

#[tokio::test]
async fn a_tenant_lists_its_people_and_lets_them_go() {
    on_each(async |db| {
        let (acme, blue) = (tenant(db).await, tenant(db).await);
        let (ann, bob) = (person(1, "ann@example.com"), person(2, "bob@example.com"));
        write(db, async |tx| {
            people::insert(tx, &ann).await?;
            people::insert(tx, &bob).await?;
            memberships::put(tx, acme, (ann.id, "owner"), NOW).await?;
            memberships::put(tx, blue, (ann.id, "owner"), NOW).await?;
            memberships::put(tx, acme, (bob.id, "viewer"), NOW + 1).await
        })
        .await;
        let list = async |tenant: TenantId| {
            let all = everybody();
            read(db, async |c| memberships::page(c, tenant, &all).await).await
        };
        let all = list(acme).await;
        let told: Vec<_> = all.iter().map(|m| (m.person_id, m.role.as_str())).collect();
        assert_eq!(told, [(ann.id, "owner"), (bob.id, "viewer")]);
        assert_eq!(
            (all[1].email.as_str(), all[1].created_at),
            ("bob@example.com", NOW + 1)
        );
        assert_eq!((all[0].last_seen_at, all[0].second_factor_at), (None, None));
        for (who, others) in [(ann.id, 0), (bob.id, 1)] {
            let count = read(db, async |c| {
                memberships::count_other_owners(c, acme, who).await
            });
            assert_eq!(count.await, others);
        }
        let go = async |tenant: TenantId, who: PersonId| {
            write(db, async |tx| memberships::remove(tx, tenant, who).await).await
        };
        assert!(go(acme, bob.id).await);
        assert!(!go(acme, bob.id).await);
        assert!(!go(blue, bob.id).await);
        assert_eq!(list(acme).await.len(), 1);
        assert_eq!(list(blue).await.len(), 1, "another tenant's are untouched");
    })
    .await;
}

#[tokio::test]
async fn a_member_is_listed_with_what_is_known_of_their_sign_ins() {
    on_each(async |db| {
        let acme = tenant(db).await;
        let ann = person(1, "ann@example.com");
        write(db, async |tx| {
            people::insert(tx, &ann).await?;
            memberships::put(tx, acme, (ann.id, "owner"), NOW).await?;
            second_factors::begin(tx, ann.id, &[1], NOW).await?;
            second_factors::confirm(tx, ann.id, NOW + 7).await?;
            let row = NewSession {
                id: crate::support::id(1),
                token_hash: &[1; 32],
                person_id: ann.id,
                tenant_id: acme,
                address: "192.0.2.1",
                user_agent: "a browser",
                created_at: NOW + 5,
                expires_at: NOW + 1_000,
            };
            sessions::insert(tx, &row).await
        })
        .await;
        let all = read(db, async |c| memberships::page(c, acme, &everybody()).await).await;
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].last_seen_at, all[0].second_factor_at),
            (Some(NOW + 5), Some(NOW + 7))
        );
    })
    .await;
}
