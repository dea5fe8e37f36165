//! The event log page by page, narrowed, and searched by Stripe's ids.

use engine::Error;
use engine::page::Place;
use engine::stripe::{apps, event_list};
use serde_json::json;
use store::event_log::{EventFilter, EventLine};

use super::fixture::{COMPLETED, SUCCEEDED, Shop, event};

async fn page(
    shop: &Shop,
    filter: EventFilter,
    after: Option<Place>,
) -> (Vec<String>, Option<Place>) {
    let filter = EventFilter {
        livemode: Some(false),
        limit: 2,
        ..filter
    };
    let page = event_list::execute(&shop.t.engine, &shop.t.system(), (filter, after)).await;
    let page = page.expect("the log is listed");
    let id = |line: EventLine| line.stripe_event_id;
    (page.items.into_iter().map(id).collect(), page.after)
}

#[tokio::test]
async fn rows_that_arrive_between_two_pages_are_on_neither() {
    let shop = Shop::open().await;
    for number in 1..=3 {
        shop.t.clock.advance_seconds(1);
        let object = shop.session(number, json!({}));
        shop.deliver(&event(&format!("evt_{number}"), COMPLETED, &object))
            .await;
    }
    let (first, after) = page(&shop, EventFilter::default(), None).await;
    assert_eq!(first, ["evt_3", "evt_2"]);
    shop.t.clock.advance_seconds(1);
    let late = shop.session(4, json!({}));
    shop.deliver(&event("evt_4", COMPLETED, &late)).await;
    let (second, end) = page(&shop, EventFilter::default(), after).await;
    assert_eq!(second, ["evt_1"]);
    assert!(end.is_none());
}

#[tokio::test]
async fn an_id_of_stripes_finds_what_was_told_of_it_also_where_nothing_came_of_it() {
    let shop = Shop::open().await;
    let session = shop.session(1, json!({}));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    let strange = json!({ "id": "pi_9", "object": "payment_intent", "metadata": {} });
    shop.deliver(&event("evt_9", "payment_intent.created", &strange))
        .await;
    let found = async |id: &str| {
        let filter = EventFilter {
            stripe_id: id.into(),
            ..EventFilter::default()
        };
        page(&shop, filter, None).await.0
    };
    for id in ["evt_1", "cs_test_1", "pi_1"] {
        assert_eq!(found(id).await, ["evt_1"], "{id}");
    }
    assert_eq!(found("pi_9").await, ["evt_9"]);
    assert!(found("pi_2").await.is_empty());
    let nonsense = EventFilter {
        stripe_id: "two words".into(),
        limit: 2,
        ..EventFilter::default()
    };
    let refused = event_list::execute(&shop.t.engine, &shop.t.system(), (nonsense, None)).await;
    assert!(matches!(refused, Err(Error::Invalid(fields)) if fields.message("search").is_some()));
}

#[tokio::test]
async fn the_log_offers_the_types_and_apps_of_one_side() {
    let shop = Shop::open().await;
    let intent = shop.intent(1, json!({}));
    shop.deliver(&event("evt_1", SUCCEEDED, &intent)).await;
    let of_type = EventFilter {
        event_type: SUCCEEDED.into(),
        app_id: Some(shop.app),
        ..EventFilter::default()
    };
    assert_eq!(page(&shop, of_type, None).await.0, ["evt_1"]);
    let choices = async |livemode| {
        let choices = event_list::choices(&shop.t.engine, &shop.t.system(), livemode).await;
        choices.expect("there are choices")
    };
    let test = choices(false).await;
    assert_eq!(test.types, [SUCCEEDED]);
    assert_eq!(test.apps, [(shop.app, "Shop".to_owned())]);
    let live = choices(true).await;
    assert!(live.types.is_empty() && live.apps.is_empty());
    let (engine, actor) = (&shop.t.engine, shop.t.system());
    let archived = async || {
        let apps = apps::list::archived(engine, &actor).await.expect("lists");
        apps.into_iter().map(|app| app.id).collect::<Vec<_>>()
    };
    assert!(archived().await.is_empty());
    let gone = apps::archive::execute(engine, &actor, shop.app).await;
    gone.expect("is archived");
    assert_eq!(archived().await, [shop.app]);
    assert_eq!(choices(false).await.apps, test.apps, "its events stay");
}
