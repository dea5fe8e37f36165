//! People and their memberships.

use domain::ids::{PersonId, TenantId};
use store::people::Person;
use store::{memberships, people};

use crate::rows::tenant;
use crate::support::{NOW, on_each, read, write};

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
