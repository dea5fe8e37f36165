//! Tickets: read by their tenant alone, found, closed and opened again.

use domain::role::Role;
use domain::ticket_state::TicketState;
use engine::actor::Who;
use engine::audit;
use engine::tickets::list::{self, TicketQuery};
use engine::tickets::{close, create, find};
use engine::{Actor, Error};
use serde_json::json;
use uuid::Uuid;

use crate::shop::{new_product, second_tenant};
use crate::support::TestEngine;

#[tokio::test]
async fn a_ticket_is_found_with_its_text_and_by_its_tenant_alone() {
    let t = TestEngine::start().await;
    let product = new_product(&t, &t.system(), json!({"name": "Studio", "price": 1})).await;
    let form = serde_json::from_value(json!({
        "productName": "studio", "email": "ann@example.com",
        "subject": "It stops", "message": "Every time.\nWhy?",
    }));
    let form = form.expect("a form");
    let id = create::execute(&t.engine, &t.system(), &form).await;
    let id = id.expect("is taken");
    let found = find::execute(&t.engine, &t.system(), id).await;
    let found = found.expect("is found");
    assert_eq!(
        (found.product_id, found.product_name.as_str()),
        (product.id, "Studio")
    );
    assert_eq!(
        (found.subject.as_str(), found.message.as_str()),
        ("It stops", "Every time.\nWhy?")
    );
    let other = find::execute(&t.engine, &second_tenant(&t).await, id).await;
    assert!(matches!(other, Err(Error::NotFound("ticket"))));
}

async fn taken(t: &TestEngine, email: &str, subject: &str) -> Uuid {
    let form = serde_json::from_value(json!({
        "productName": "Studio", "email": email, "subject": subject, "message": "Every time.",
    }));
    let form = form.expect("a form");
    t.clock.advance_seconds(1);
    let id = create::execute(&t.engine, &t.system(), &form).await;
    id.expect("is taken")
}

fn person(t: &TestEngine, role: Role) -> Actor {
    let who = Who::Person {
        id: Uuid::from_u128(1).into(),
        email: "sue@example.com".into(),
        role,
        is_operator: false,
    };
    Actor::new(t.system().tenant(), who)
}

#[tokio::test]
async fn support_closes_a_ticket_once_and_opens_it_again() {
    let t = TestEngine::start().await;
    new_product(&t, &t.system(), json!({"name": "Studio"})).await;
    let id = taken(&t, "ann@example.com", "It stops").await;
    let sue = person(&t, Role::Support);
    let refused = close::execute(&t.engine, &person(&t, Role::Viewer), id).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))));
    let unknown = close::execute(&t.engine, &sue, Uuid::from_u128(9)).await;
    assert!(matches!(unknown, Err(Error::NotFound("ticket"))));
    for _ in 0..2 {
        let closed = close::execute(&t.engine, &sue, id)
            .await
            .expect("is closed");
        assert_eq!(closed.state, TicketState::Closed);
        assert_eq!(closed.closed_by, "sue@example.com");
        assert_eq!(closed.closed_at, Some(t.engine.now()));
    }
    let opened = close::reopen(&t.engine, &sue, id).await.expect("is opened");
    assert_eq!((opened.state, opened.closed_at), (TicketState::Open, None));
    let id = id.to_string();
    let log = audit::list::by_subject(&t.engine, &t.system(), ("ticket", &id)).await;
    let log = log.expect("is written");
    let verbs: Vec<_> = log.iter().map(|change| change.verb.as_str()).collect();
    assert_eq!(verbs, ["reopened", "closed", "created"]);
}

#[tokio::test]
async fn tickets_are_found_by_state_product_and_how_sender_or_subject_begins() {
    let t = TestEngine::start().await;
    let studio = new_product(&t, &t.system(), json!({"name": "Studio"}))
        .await
        .id;
    let first = taken(&t, "Ann@Example.com", "It stops").await;
    let second = taken(&t, "bob@example.com", "ANN says  no").await;
    close::execute(&t.engine, &t.system(), first)
        .await
        .expect("is closed");
    let found = async |query: TicketQuery| {
        let query = TicketQuery { limit: 9, ..query };
        let page = list::execute(&t.engine, &t.system(), &query).await;
        let items = page.expect("lists").items;
        items
            .into_iter()
            .map(|ticket| ticket.id)
            .collect::<Vec<_>>()
    };
    let search = |text: &str| TicketQuery {
        search: text.into(),
        ..TicketQuery::default()
    };
    assert_eq!(found(search(" ann")).await, [second, first]);
    assert_eq!(found(search("ANN@")).await, [first]);
    assert_eq!(found(search("ann says no")).await, [second]);
    let state = |state| TicketQuery {
        state: Some(state),
        ..search("")
    };
    assert_eq!(found(state(TicketState::Open)).await, [second]);
    assert_eq!(found(state(TicketState::Closed)).await, [first]);
    let of_product = |product_id| TicketQuery {
        product_id: Some(product_id),
        ..search("")
    };
    assert_eq!(found(of_product(studio)).await, [second, first]);
    assert!(found(of_product(999.into())).await.is_empty());
}
