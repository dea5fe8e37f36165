//! The change log, read a page at a time.

use domain::list_order::LogOrder;
use domain::permission::{Permission, Permissions};
use engine::actor::Who;
use engine::audit::list::{self, ChangeQuery};
use engine::{Actor, Error};
use serde_json::json;

use crate::shop::{new_product, second_tenant};
use crate::support::TestEngine;

#[tokio::test]
async fn pages_of_the_log_follow_each_other_and_stay_within_the_tenant() {
    let t = TestEngine::start().await;
    let stranger = second_tenant(&t).await;
    for number in 1..=3 {
        let name = json!({ "name": format!("Product {number}") });
        new_product(&t, &t.system(), name.clone()).await;
        new_product(&t, &stranger, name).await;
    }
    let mut seen = Vec::new();
    let mut before = None;
    loop {
        let page = list::execute(&t.engine, &t.system(), before, 2)
            .await
            .expect("lists");
        seen.extend(
            page.items
                .iter()
                .map(|c| (c.subject_kind.clone(), c.verb.clone())),
        );
        before = page.after;
        if before.is_none() {
            break;
        }
    }
    let seen: Vec<_> = seen
        .iter()
        .map(|(kind, verb)| (kind.as_str(), verb.as_str()))
        .collect();
    let expected = [
        ("product", "created"),
        ("product", "created"),
        ("product", "created"),
        ("signing_key", "activated"),
        ("tenant_key", "activated"),
        ("tenant", "created"),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn the_log_is_read_from_its_beginning_narrowed_or_not() {
    let t = TestEngine::start().await;
    for name in ["Atlas", "Zeta", "Etna"] {
        new_product(&t, &t.system(), json!({ "name": name })).await;
        t.clock.advance_seconds(60);
    }
    let all = async |query: &ChangeQuery| {
        let mut query = ChangeQuery {
            limit: 2,
            ..query.clone()
        };
        let mut ids = Vec::new();
        loop {
            let page = list::search(&t.engine, &t.system(), &query).await;
            let page = page.expect("lists");
            ids.extend(page.items.iter().map(|line| line.id));
            query.after = page.after;
            if query.after.is_none() {
                return ids;
            }
        }
    };
    let of_products = ChangeQuery {
        subject_kind: "product".into(),
        ..ChangeQuery::default()
    };
    let late = ChangeQuery {
        from: Some(t.engine.now().plus_millis(-90_000)),
        ..ChangeQuery::default()
    };
    for (query, count) in [(ChangeQuery::default(), 6), (of_products, 3), (late, 1)] {
        let mut newest = all(&query).await;
        assert_eq!(newest.len(), count);
        newest.reverse();
        let oldest = ChangeQuery {
            order: LogOrder::Oldest,
            ..query
        };
        assert_eq!(all(&oldest).await, newest);
    }
}

#[tokio::test]
async fn a_thing_of_another_tenant_has_no_history() {
    let t = TestEngine::start().await;
    let product = new_product(&t, &t.system(), json!({ "name": "Atlas" })).await;
    let id = product.id.to_string();
    let mine = list::by_subject(&t.engine, &t.system(), ("product", &id)).await;
    assert_eq!(mine.expect("lists").len(), 1);
    let stranger = second_tenant(&t).await;
    let theirs = list::by_subject(&t.engine, &stranger, ("product", &id)).await;
    assert!(theirs.expect("lists").is_empty());
}

#[tokio::test]
async fn a_token_in_a_customers_program_reads_no_log() {
    let t = TestEngine::start().await;
    let token = Who::Token {
        id: uuid::Uuid::nil().into(),
        name: "client".into(),
        permissions: Permissions::NONE
            .with(Permission::Verify)
            .with(Permission::Email),
    };
    let refused = list::execute(&t.engine, &Actor::new(t.tenant, token), None, 10).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn kinds_of_things_tell_what_happened_to_all_of_them_newest_first() {
    let t = TestEngine::start().await;
    let stranger = second_tenant(&t).await;
    new_product(&t, &t.system(), json!({ "name": "Atlas" })).await;
    new_product(&t, &stranger, json!({ "name": "Other" })).await;
    let told = async |kinds: &[&str], limit| {
        let lines = list::by_kinds(&t.engine, &t.system(), kinds, limit).await;
        let kinds = lines.expect("lists").into_iter().map(|c| c.subject_kind);
        kinds.collect::<Vec<_>>()
    };
    let both = told(&["tenant_key", "signing_key"], 9).await;
    assert_eq!(both, ["signing_key", "tenant_key"]);
    assert_eq!(told(&["tenant", "product"], 9).await, ["product", "tenant"]);
    assert_eq!(told(&["tenant", "product"], 1).await, ["product"]);
    assert!(told(&[], 9).await.is_empty());
}

#[tokio::test]
async fn the_log_is_narrowed_to_one_thing_and_to_days() {
    let t = TestEngine::start().await;
    let atlas = new_product(&t, &t.system(), json!({ "name": "Atlas" }))
        .await
        .id;
    t.clock.advance_seconds(60);
    new_product(&t, &t.system(), json!({ "name": "Zeta" })).await;
    let middle = t.engine.now();
    t.clock.advance_seconds(60);
    engine::products::archive::execute(&t.engine, &t.system(), atlas)
        .await
        .expect("is archived");
    let found = async |query: ChangeQuery| {
        let query = ChangeQuery { limit: 50, ..query };
        let page = list::search(&t.engine, &t.system(), &query).await;
        let lines = page.expect("lists").items.into_iter();
        lines
            .filter(|line| line.subject_kind == "product")
            .map(|line| (line.subject_id, line.verb))
            .collect::<Vec<_>>()
    };
    let id = atlas.to_string();
    let created = (id.clone(), "created".to_owned());
    let archived = (id.clone(), "archived".to_owned());
    let of_atlas = ChangeQuery {
        subject_kind: "product".into(),
        subject_id: id.clone(),
        ..ChangeQuery::default()
    };
    assert_eq!(
        found(of_atlas.clone()).await,
        [archived.clone(), created.clone()]
    );
    let (from, to) = (Some(middle), Some(middle));
    let early = ChangeQuery {
        to,
        ..of_atlas.clone()
    };
    assert_eq!(found(early).await, [created]);
    let late = ChangeQuery {
        from,
        ..of_atlas.clone()
    };
    assert_eq!(found(late).await, [archived]);
    let then = ChangeQuery {
        from,
        to,
        ..ChangeQuery::default()
    };
    assert_eq!(found(then).await.len(), 1, "Zeta alone");
    let never = ChangeQuery {
        from: Some(middle.plus_millis(3_600_000)),
        ..ChangeQuery::default()
    };
    assert!(found(never).await.is_empty());
    let without_kind = ChangeQuery {
        subject_id: id,
        limit: 50,
        ..ChangeQuery::default()
    };
    let refused = list::search(&t.engine, &t.system(), &without_kind).await;
    assert!(
        matches!(refused, Err(Error::Invalid(fields)) if fields.message("subjectKind").is_some())
    );
}
