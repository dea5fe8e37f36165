//! One purchase whole, and giving it the address that Stripe did not tell.

use domain::ids::{OrderId, PersonId};
use domain::order::OrderState;
use domain::role::Role;
use engine::actor::Who;
use engine::dashboard::{self, Target};
use engine::orders::find::{self, OrderDetail};
use engine::orders::give_address::{self, Given};
use engine::orders::review;
use engine::{Actor, Error};
use serde_json::{Value, json};

use crate::shop::{Shop, completed, second_tenant};
use crate::support::TestEngine;

/// A paid purchase of so many for which Stripe tells no address.
fn anonymous(shop: &Shop, quantity: u16) -> Value {
    let mut event = shop.paid(1, quantity);
    event["data"]["object"]["customer_details"] = json!(null);
    event
}

/// The order that the Dashboard names as having no address.
async fn unaddressed(t: &TestEngine) -> OrderId {
    t.clock.advance_seconds(15 * 60 + 1);
    let dashboard = dashboard::execute(&t.engine, &t.system(), false).await;
    match dashboard.expect("is read").problems.as_slice() {
        [problem] => match &problem.target {
            Target::Order(id) => *id,
            other => panic!("another problem: {other:?}"),
        },
        other => panic!("not one problem: {other:?}"),
    }
}

async fn look(t: &TestEngine, id: OrderId) -> OrderDetail {
    find::execute(&t.engine, &t.system(), id)
        .await
        .expect("is found")
}

fn person(t: &TestEngine, role: Role) -> Actor {
    let who = Who::Person {
        id: PersonId::from(uuid::Uuid::from_u128(7)),
        email: "pat@example.com".into(),
        role,
        is_operator: false,
    };
    Actor::new(t.tenant, who)
}

#[tokio::test]
async fn a_purchase_shows_its_payment_keys_mail_and_event() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 3).await;
    let seen = look(&t, latest_order(&t).await).await;
    let order = &seen.order;
    assert_eq!(order.state, OrderState::Issued);
    assert_eq!(
        (order.quantity, order.email.as_str()),
        (Some(3), "Buyer1@example.com")
    );
    assert_eq!(
        order.product.as_ref().map(|(_, name)| name.as_str()),
        Some("Atlas")
    );
    assert_eq!(
        order.app.as_ref().map(|(_, name)| name.as_str()),
        Some("Store")
    );
    assert_eq!(
        order.amount.map(|money| money.to_string()).as_deref(),
        Some("49.00 EUR")
    );
    assert!(order.paid_at.is_some() && !order.can_be_given_address());
    let fact = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
    assert_eq!(
        seen.facts,
        [fact("payment_intent", "pi_1"), fact("session", "cs_test_1")]
    );
    assert_eq!(seen.payments.len(), 1);
    assert_eq!(seen.payments[0].stripe_id, "pi_1");
    assert_eq!(seen.licenses.len(), 3);
    assert_eq!(seen.mails.len(), 1);
    assert_eq!(seen.events.len(), 1);
    assert_eq!(seen.events[0].event_type, "checkout.session.completed");
    assert!(seen.events[0].outcome.contains("3 keys issued"));
    let stranger = find::execute(&t.engine, &second_tenant(&t).await, order.id).await;
    assert!(matches!(stranger, Err(Error::NotFound("order"))));
}

/// The order of the newest licence.
async fn latest_order(t: &TestEngine) -> OrderId {
    let dashboard = dashboard::execute(&t.engine, &t.system(), false).await;
    let latest = dashboard.expect("is read").latest;
    latest[0].order_id.expect("it was bought")
}

#[tokio::test]
async fn a_purchase_without_address_is_given_one_and_its_keys_are_mailed_once() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.deliver(&t, &anonymous(&shop, 2)).await;
    let id = unaddressed(&t).await;
    assert!(look(&t, id).await.order.can_be_given_address());

    let give =
        async |actor: &Actor, email: &str| give_address::execute(&t.engine, actor, id, email).await;
    let refused = give(&t.system(), "nobody at home").await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields.message("email").is_some()));
    let viewer = give(&person(&t, Role::Viewer), "eve@example.com").await;
    assert!(matches!(viewer, Err(Error::Forbidden(_))));
    let stranger = give(&second_tenant(&t).await, "eve@example.com").await;
    assert!(matches!(stranger, Err(Error::NotFound("order"))));
    assert_eq!(t.run_due_jobs().await, 0, "nobody was told");

    let support = person(&t, Role::Support);
    let given = give(&support, " Ann@example.com ").await;
    assert_eq!(given.expect("is given"), Given::MailQueued);
    t.run_due_jobs().await;
    let seen = look(&t, id).await;
    assert_eq!(seen.order.email, "Ann@example.com");
    assert!(
        seen.licenses
            .iter()
            .all(|key| key.email == "Ann@example.com")
    );
    let sent = t.mailer.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].to, "Ann@example.com");
    for key in &seen.licenses {
        assert!(sent[0].text.contains(&key.activation_key.to_string()));
    }
    let change = &seen.history[0];
    assert_eq!(
        (change.verb.as_str(), change.actor_name.as_str()),
        ("address_given", "pat@example.com")
    );
    assert!(!change.data.to_string().contains('@'), "{}", change.data);

    let again = give(&support, "bob@example.com").await;
    assert!(matches!(
        again,
        Err(Error::Conflict {
            code: "address_known",
            ..
        })
    ));
    let problems = dashboard::execute(&t.engine, &t.system(), false).await;
    assert!(problems.expect("is read").problems.is_empty());
    // What Stripe tells afterwards does not undo what a person has said, nor mail again.
    let mut late = shop.paid(1, 2);
    late["id"] = json!("evt_late");
    shop.deliver(&t, &late).await;
    t.run_due_jobs().await;
    assert_eq!(look(&t, id).await.order.email, "Ann@example.com");
    assert_eq!(t.mailer.sent().len(), 1);
}

#[tokio::test]
async fn a_product_that_mails_nothing_takes_the_address_without_a_mail() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let form = serde_json::from_value(json!({ "sendPurchaseEmail": false })).expect("a form");
    engine::products::update::execute(&t.engine, &t.system(), shop.product.id, &form)
        .await
        .expect("is saved");
    shop.deliver(&t, &anonymous(&shop, 1)).await;
    let id = unaddressed(&t).await;
    let given = give_address::execute(&t.engine, &t.system(), id, "ann@example.com").await;
    assert_eq!(given.expect("is given"), Given::NoMail);
    assert_eq!(t.run_due_jobs().await, 0);
    assert_eq!(look(&t, id).await.licenses[0].email, "ann@example.com");
}

/// A payment without an address for a product that does not exist.
async fn in_review(t: &TestEngine, shop: &Shop) -> OrderId {
    let mut event = completed(1, &json!("9999"));
    event["data"]["object"]["customer_details"] = json!(null);
    shop.deliver(t, &event).await;
    let listed = review::list(&t.engine, &t.system(), false).await;
    listed.expect("lists")[0].id
}

#[tokio::test]
async fn a_payment_in_review_keeps_its_address_for_the_keys_to_come() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let id = in_review(&t, &shop).await;
    let given = give_address::execute(&t.engine, &t.system(), id, "ann@example.com").await;
    assert_eq!(given.expect("is given"), Given::WaitsForReview);
    assert_eq!(
        look(&t, id).await.order.quantity,
        Some(1),
        "what the payment named"
    );
    review::issue(&t.engine, &t.system(), id, (shop.product.id, 1))
        .await
        .expect("is issued");
    t.run_due_jobs().await;
    assert_eq!(t.mailer.sent()[0].to, "ann@example.com");
}

#[tokio::test]
async fn a_purchase_that_gave_no_keys_takes_no_address() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let id = in_review(&t, &shop).await;
    review::dismiss(&t.engine, &t.system(), id)
        .await
        .expect("is dismissed");
    let given = give_address::execute(&t.engine, &t.system(), id, "ann@example.com").await;
    assert!(matches!(
        given,
        Err(Error::Conflict {
            code: "not_paid",
            ..
        })
    ));
}
