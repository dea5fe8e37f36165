//! Tenants that name each other's payments, orders and events change nothing for each other.

use domain::ids::{PersonId, ProductId};
use domain::role::Role;
use engine::actor::Who;
use engine::dashboard::wanting;
use engine::orders::checkout::{self, Checkout, NewCheckout};
use engine::orders::success::{self, Success};
use engine::stripe::events::{self, EventFilter};
use engine::stripe::receive_event::{Answer, Target};
use engine::stripe::replay;
use engine::{Actor, Error};
use serde_json::json;

use super::fixture::{
    COMPLETED, SECRET_KEY, SUCCEEDED, Shop, add_app, add_product, event, keys_of,
};

const THEIRS: &str = "whsec_borealisborealisborealis05";

/// A second tenant with a product and an app of its own; answers the app's public id too.
async fn neighbour(shop: &Shop) -> (Actor, String, String) {
    let actor = shop.stranger("Borealis").await;
    let product = add_product(&shop.t, &actor, json!({})).await;
    let app = json!({ "webhookSigningSecret": THEIRS, "secretKey": SECRET_KEY });
    let (_, public_id) = add_app(&shop.t, &actor, app).await;
    (actor, product.to_string(), public_id)
}

async fn deliver_to(shop: &Shop, public_id: &str, body: &str) -> String {
    let header = domain::stripe_signature::sign(THEIRS, shop.t.engine.now(), body.as_bytes());
    let target = Target::App(public_id);
    match shop.post_to(target, Some(&header), body).await {
        Answer::Accepted { outcome } => outcome,
        other => panic!("the event should be accepted, but: {other:?}"),
    }
}

/// A page for one of a product, by the tenant's only app.
async fn check_out(shop: &Shop, actor: &Actor, product_id: ProductId) -> Checkout {
    let new = NewCheckout {
        product_id,
        quantity: 1,
        app_id: None,
        livemode: Some(false),
        currency: None,
        customer_email: None,
        plan_id: None,
        success_url: None,
        cancel_url: None,
    };
    checkout::execute(&shop.t.engine, actor, &new)
        .await
        .expect("the page is made")
}

async fn shown(shop: &Shop, session: &str) -> Success {
    success::execute(&shop.t.engine, session)
        .await
        .expect("answers")
}

#[tokio::test]
async fn naming_anothers_payment_and_order_changes_nothing_for_them() {
    let shop = Shop::open().await;
    let (theirs, product, public_id) = neighbour(&shop).await;
    let ours = check_out(&shop, &shop.t.system(), shop.product).await;
    // They claim our payment intent, our session and our order, before we know of the payment.
    let claimed = json!({ "id": ours.session_id, "metadata": { "productId": product,
        "orderId": ours.order_id.to_string() } });
    let claim = event("evt_1", COMPLETED, &shop.session(1, claimed));
    deliver_to(&shop, &public_id, &claim).await;
    assert!(
        shop.keys().await.is_empty(),
        "nothing for us, nothing of us"
    );
    assert_eq!(keys_of(&shop.t, &theirs).await.len(), 1);
    let page = shown(&shop, &ours.session_id).await;
    assert!(
        matches!(page, Success::Waiting { .. }),
        "our buyer has not paid"
    );

    let patch = json!({ "id": ours.session_id, "customer_details": { "email": "ours@example.com" },
        "metadata": { "orderId": ours.order_id.to_string() } });
    let real = event("evt_1", COMPLETED, &shop.session(1, patch));
    assert_eq!(shop.deliver(&real).await, "1 key issued, mail queued");
    assert_eq!(shop.keys().await[0].email, "ours@example.com");
    let Success::Ready { keys, .. } = shown(&shop, &ours.session_id).await else {
        panic!("our buyer should see the key");
    };
    assert_eq!(keys, [shop.keys().await[0].activation_key.clone()]);
    shop.t.run_due_jobs().await;
    assert_eq!(shop.t.mailer.sent().len(), 2, "a mail each");
}

#[tokio::test]
async fn a_page_of_their_own_that_is_told_anothers_session_shows_that_buyer_nothing() {
    let shop = Shop::open().await;
    let (theirs, product, public_id) = neighbour(&shop).await;
    let product_id = product.parse().expect("an id");
    let bait = check_out(&shop, &theirs, product_id).await;
    let ours = check_out(&shop, &shop.t.system(), shop.product).await;
    let made_elsewhere = shop.session(3, json!({}));
    shop.deliver(&event("evt_3", COMPLETED, &made_elsewhere))
        .await;
    // Their own page is paid, and then its payment is told again under our two sessions.
    let order = json!({ "productId": product, "orderId": bait.order_id.to_string() });
    let sessions = [&*bait.session_id, &*ours.session_id, "cs_test_3"];
    for (number, session) in sessions.into_iter().enumerate() {
        let told = json!({ "id": session, "payment_intent": "pi_bait", "metadata": order });
        let told = event(
            &format!("evt_bait{number}"),
            COMPLETED,
            &shop.session(9, told),
        );
        deliver_to(&shop, &public_id, &told).await;
    }
    let page = shown(&shop, &ours.session_id).await;
    assert!(matches!(page, Success::Waiting { .. }), "our page is ours");
    let page = shown(&shop, "cs_test_3").await;
    assert!(matches!(page, Success::Unknown), "not their keys either");
}

#[tokio::test]
async fn naming_an_issued_payment_of_another_gives_none_of_its_keys() {
    let shop = Shop::open().await;
    let (theirs, product, public_id) = neighbour(&shop).await;
    shop.deliver(&event("evt_1", COMPLETED, &shop.session(1, json!({}))))
        .await;
    let before = shop.keys().await[0].activation_key.canonical().to_owned();
    let claim =
        json!({ "receipt_email": "thief@example.com", "metadata": { "productId": product } });
    let claim = event("evt_9", SUCCEEDED, &shop.intent(1, claim));
    deliver_to(&shop, &public_id, &claim).await;
    let ours = shop.keys().await;
    assert_eq!((ours.len(), &*ours[0].email), (1, "maria@example.com"));
    let stolen = keys_of(&shop.t, &theirs).await;
    assert!(
        stolen
            .iter()
            .all(|key| key.activation_key.canonical() != before)
    );
    shop.t.run_due_jobs().await;
    for mail in shop.t.mailer.sent() {
        let is_ours = mail.text.replace('-', "").contains(&before);
        assert_eq!(is_ours, mail.to == "maria@example.com");
    }
}

#[tokio::test]
async fn anothers_events_deliveries_and_apps_are_not_found() {
    let shop = Shop::open().await;
    let (theirs, ..) = neighbour(&shop).await;
    shop.deliver(&event("evt_1", COMPLETED, &shop.session(1, json!({}))))
        .await;
    shop.post(None, "{\"id\":\"evt_2\"}").await;
    let engine = &shop.t.engine;
    for line in shop.log().await {
        let seen = events::detail(engine, &theirs, line.id).await;
        assert!(matches!(seen, Err(Error::NotFound(_))));
        let replayed = replay::execute(engine, &theirs, line.id).await;
        assert!(matches!(replayed, Err(Error::NotFound(_))));
    }
    let app = engine::stripe::apps::list::find(engine, &theirs, shop.app).await;
    assert!(matches!(app, Err(Error::NotFound(_))));
    let archived = engine::stripe::apps::archive::execute(engine, &theirs, shop.app).await;
    assert!(matches!(archived, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn what_the_shared_url_refuses_is_shown_to_the_only_tenant_and_else_to_the_operator() {
    let shop = Shop::open().await;
    let person = |tenant, is_operator| {
        let who = Who::Person {
            id: PersonId::from(uuid::Uuid::from_u128(7)),
            email: "pat@example.com".into(),
            role: Role::Owner,
            is_operator,
        };
        Actor::new(tenant, who)
    };
    let owner = person(shop.t.tenant, false);
    shop.post_to(Target::Shared, None, "{\"id\":\"evt_shared\"}")
        .await;
    shop.post(None, "{\"id\":\"evt_ours\"}").await;
    let shared = shop.line("evt_shared").await.id;
    assert_eq!(seen_by(&shop, &owner).await, ["evt_ours", "evt_shared"]);
    assert!(replays_in_vain(&shop, &owner, shared).await);

    let second = shop.stranger("Borealis").await.tenant();
    let token = Who::Token {
        id: uuid::Uuid::nil().into(),
        name: "program".into(),
        permissions: "generate,manage".parse().expect("words"),
    };
    let theirs = person(second, false);
    for (actor, seen) in [
        (&owner, &["evt_ours"][..]),
        (&Actor::new(shop.t.tenant, token), &["evt_ours"]),
        (&theirs, &[]),
        (&person(shop.t.tenant, true), &["evt_ours", "evt_shared"]),
        (&person(second, true), &["evt_shared"]),
    ] {
        assert_eq!(seen_by(&shop, actor).await, seen, "{actor:?}");
        let sees_shared = seen.contains(&"evt_shared");
        let line = events::detail(&shop.t.engine, actor, shared).await;
        assert_eq!(line.is_ok(), sees_shared, "{actor:?}");
        assert_eq!(replays_in_vain(&shop, actor, shared).await, sees_shared);
        let counted = wanting::execute(&shop.t.engine, actor, false).await;
        let counted = counted.expect("it is counted").failed_events;
        assert_eq!(usize::try_from(counted), Ok(seen.len()), "{actor:?}");
    }
}

/// What an actor's log shows, in the order of the alphabet.
async fn seen_by(shop: &Shop, actor: &Actor) -> Vec<String> {
    let filter = EventFilter {
        limit: 200,
        ..EventFilter::default()
    };
    let lines = events::list(&shop.t.engine, actor, (filter, 0)).await;
    let lines = lines.expect("the log is listed").into_iter();
    let mut ids: Vec<_> = lines.map(|line| line.stripe_event_id).collect();
    ids.sort();
    ids
}

/// True where the actor may try, though nobody vouches for it; false where it is not found.
async fn replays_in_vain(shop: &Shop, actor: &Actor, id: uuid::Uuid) -> bool {
    match replay::execute(&shop.t.engine, actor, id).await {
        Err(Error::Conflict { .. }) => true,
        Err(Error::NotFound(_)) => false,
        other => panic!("neither refused nor unknown: {other:?}"),
    }
}
