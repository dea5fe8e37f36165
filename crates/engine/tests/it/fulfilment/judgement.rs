//! What a paid purchase becomes: how many keys, or a review with its reason, or nothing.

use domain::list_order::LogOrder;
use engine::Actor;
use engine::orders::review;
use engine::orders::review_list::{self, ReviewQuery};
use serde_json::{Value, json};

use super::fixture::{ASYNC_SUCCEEDED, COMPLETED, SUCCEEDED, Shop, add_product, event};

impl Shop {
    /// Pays a session with this patch; answers the outcome and the state of processing.
    pub async fn buy(&self, number: u32, patch: Value) -> (String, String) {
        let id = format!("evt_{number}");
        let body = event(&id, COMPLETED, &self.session(number, patch));
        let outcome = self.deliver(&body).await;
        (outcome, self.line(&id).await.processing)
    }

    /// Pays a session with this patch, and asserts that it waits for a person for this reason.
    pub async fn assert_reviewed(&self, number: u32, patch: Value, reason: &str) {
        let before = self.keys().await.len();
        let (outcome, processing) = self.buy(number, patch).await;
        assert_eq!(processing, "review", "{outcome}");
        assert!(outcome.contains(reason), "{outcome}");
        assert_eq!(self.keys().await.len(), before, "no keys without a person");
    }
}

pub fn metadata(patch: &Value) -> Value {
    json!({ "metadata": patch })
}

#[tokio::test]
async fn the_quantity_says_how_many_keys_and_what_it_cannot_be_is_reviewed() {
    let shop = Shop::open().await;
    let table = [
        (Value::Null, Some(1)),
        (json!("1"), Some(1)),
        (json!("3"), Some(3)),
        (json!("100"), Some(100)),
        (json!("0"), None),
        (json!("101"), None),
        (json!("x"), None),
    ];
    for (number, (quantity, keys)) in (1..).zip(table) {
        let patch = metadata(&json!({ "quantity": quantity }));
        if let Some(keys) = keys {
            let before = shop.keys().await.len();
            shop.buy(number, patch).await;
            assert_eq!(shop.keys().await.len() - before, keys, "{quantity}");
        } else {
            let reason = format!(
                "metadata quantity is “{}”",
                quantity.as_str().expect("text")
            );
            shop.assert_reviewed(number, patch, &reason).await;
        }
    }
    assert_eq!(shop.t.run_due_jobs().await, 4, "one mail an order");
    let mails = shop.t.mailer.sent();
    let most = mails.iter().map(|mail| mail.text.matches('-').count() / 3);
    assert_eq!(most.max(), Some(100), "all keys of an order, one a line");
}

#[tokio::test]
async fn a_product_that_cannot_be_sold_is_reviewed() {
    let shop = Shop::open().await;
    let actor = shop.t.system();
    let stranger = shop.stranger("Borealis").await;
    let theirs = add_product(&shop.t, &stranger, json!({})).await;
    let inactive = json!({ "name": "Old", "isActive": false });
    let inactive = add_product(&shop.t, &actor, inactive).await;
    let archived = add_product(&shop.t, &actor, json!({ "name": "Gone" })).await;
    engine::products::archive::execute(&shop.t.engine, &actor, archived)
        .await
        .expect("the product is archived");
    let table = [
        ("999999".to_owned(), "does not exist here"),
        (theirs.to_string(), "does not exist here"),
        (inactive.to_string(), "is not active"),
        (archived.to_string(), "is archived"),
        ("Atlas".to_owned(), "metadata productId is “Atlas”"),
    ];
    for (number, (id, reason)) in (1..).zip(table) {
        let patch = metadata(&json!({ "productId": id }));
        shop.assert_reviewed(number, patch, reason).await;
    }
}

#[tokio::test]
async fn a_plan_decides_how_long_and_one_that_cannot_be_sold_is_reviewed() {
    let shop = Shop::open().await;
    let stranger = shop.stranger("Borealis").await;
    let add_plan = async |actor: &Actor, name: &str, is_active: bool| {
        let form = json!({ "name": name, "durationDays": 30, "isActive": is_active });
        let form = serde_json::from_value(form).expect("a form");
        let plan = engine::plans::create::execute(&shop.t.engine, actor, &form).await;
        plan.expect("the plan is created").id.to_string()
    };
    let monthly = add_plan(&shop.t.system(), "Monthly", true).await;
    let retired = add_plan(&shop.t.system(), "Retired", false).await;
    let theirs = add_plan(&stranger, "Theirs", true).await;
    let named = |plan: &str| metadata(&json!({ "planId": plan, "planDays": "7" }));
    assert_eq!(shop.buy(1, named(&monthly)).await.1, "fulfilled");
    let key = shop.keys().await.remove(0);
    assert_eq!(
        key.expires_at.to_rfc3339(),
        "2026-12-23T23:59:59Z",
        "the plan's days, not planDays"
    );
    let table = [
        ("999999", "names plan 999999, which does not exist here"),
        (&*theirs, "which does not exist here"),
        (&*retired, "which is not active"),
        ("Monthly", "metadata planId is “Monthly”"),
    ];
    for (number, (plan, reason)) in (2..).zip(table) {
        shop.assert_reviewed(number, named(plan), reason).await;
    }
    let waiting = review::list(&shop.t.engine, &shop.t.system(), false).await;
    assert_eq!(waiting.expect("the list is read").len(), table.len());
    let elsewhere = review::list(&shop.t.engine, &stranger, false).await;
    assert!(elsewhere.expect("the list is read").is_empty());
}

#[tokio::test]
async fn what_is_no_sale_of_ours_is_ignored_with_the_reason() {
    let shop = Shop::open().await;
    let table = [
        (
            metadata(&json!({ "productId": null })),
            "names no productId",
        ),
        (json!({ "mode": "subscription" }), "starts a subscription"),
        (json!({ "mode": "setup" }), "takes no payment"),
        (
            json!({ "id": null, "payment_intent": null }),
            "no readable id",
        ),
    ];
    for (number, (patch, reason)) in (1..).zip(table) {
        let (outcome, processing) = shop.buy(number, patch).await;
        assert_eq!(processing, "ignored", "{outcome}");
        assert!(outcome.contains(reason), "{outcome}");
    }
    let created = event("evt_c", "customer.created", &json!({ "id": "cus_1" }));
    let outcome = shop.deliver(&created).await;
    assert!(outcome.contains("customer.created do not issue keys"));
    assert!(shop.keys().await.is_empty());
}

#[tokio::test]
async fn nothing_to_pay_issues_and_unpaid_waits() {
    let shop = Shop::open().await;
    let free = json!({ "payment_status": "no_payment_required", "payment_intent": null,
        "amount_total": 0 });
    assert_eq!(shop.buy(1, free).await.1, "fulfilled");
    for (number, status) in [(2, json!("unpaid")), (3, Value::Null), (4, json!("new"))] {
        let patch = json!({ "payment_status": status });
        assert_eq!(shop.buy(number, patch).await.1, "waiting");
    }
    assert_eq!(shop.keys().await.len(), 1);
}

#[tokio::test]
async fn a_product_with_seats_from_quantity_issues_one_key_of_so_many_seats() {
    let shop = Shop::open().await;
    shop.change_product(json!({ "seatsFromQuantity": true }))
        .await;
    let (outcome, _) = shop.buy(1, metadata(&json!({ "quantity": "7" }))).await;
    assert_eq!(outcome, "1 key issued, mail queued");
    let keys = shop.keys().await;
    assert_eq!(keys[0].max_seats, Some(7));
}

#[tokio::test]
async fn the_days_follow_the_rules_from_the_moment_of_issue() {
    let shop = Shop::open().await;
    for (number, (days, end)) in (1..).zip([
        (json!({}), "2027-11-23T23:59:59Z"),
        (json!({ "planDays": "30" }), "2026-12-23T23:59:59Z"),
        (json!({ "planDays": "0" }), "2049-12-31T23:59:59Z"),
    ]) {
        shop.buy(number, metadata(&days)).await;
        assert_eq!(shop.keys().await[0].expires_at.to_rfc3339(), end);
        shop.t.clock.advance_seconds(1);
    }
    shop.change_product(json!({ "defaultLicenseDays": 0 }))
        .await;
    shop.buy(9, metadata(&json!({ "planDays": "30" }))).await;
    let perpetual = shop.keys().await[0].expires_at.to_rfc3339();
    assert_eq!(perpetual, "2049-12-31T23:59:59Z");
}

#[tokio::test]
async fn a_person_issues_for_a_reviewed_payment_once() {
    let shop = Shop::open().await;
    let actor = shop.t.system();
    shop.assert_reviewed(1, metadata(&json!({ "quantity": "0" })), "“0”")
        .await;
    let waiting = review::list(&shop.t.engine, &actor, false).await;
    let order = waiting.expect("the list is read").remove(0).id;
    let wanted = (shop.product, 2);
    let issued = review::issue(&shop.t.engine, &actor, order, wanted).await;
    assert_eq!(issued.expect("the keys are issued"), 2);
    let again = review::issue(&shop.t.engine, &actor, order, wanted).await;
    assert!(again.is_err(), "somebody has decided already");
    let intent = shop.intent(1, metadata(&json!({ "quantity": "0" })));
    shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    assert_eq!(shop.keys().await.len(), 2);
    assert_eq!(shop.line("evt_1").await.processing, "fulfilled");
    shop.t.run_due_jobs().await;
    assert_eq!(shop.t.mailer.sent().len(), 1);
}

fn two_oldest() -> ReviewQuery {
    ReviewQuery {
        livemode: false,
        product_id: None,
        search: String::new(),
        order: LogOrder::Oldest,
        after: None,
        limit: 2,
    }
}

#[tokio::test]
async fn what_waits_for_a_person_is_listed_a_page_at_a_time_and_found_by_an_id_of_stripes() {
    let shop = Shop::open().await;
    let actor = shop.t.system();
    for number in 1..=3 {
        shop.assert_reviewed(number, metadata(&json!({ "quantity": "0" })), "“0”")
            .await;
        shop.t.clock.advance_seconds(1);
    }
    let list = async |query: ReviewQuery| {
        let page = review_list::execute(&shop.t.engine, &actor, &query).await;
        let page = page.expect("the list is read");
        let ids: Vec<_> = page.items.iter().map(|order| order.id).collect();
        (ids, page.after)
    };
    let (oldest, after) = list(two_oldest()).await;
    assert!(oldest.len() == 2 && after.is_some());
    let next = ReviewQuery {
        after,
        ..two_oldest()
    };
    let (rest, after) = list(next).await;
    assert!(rest.len() == 1 && after.is_none());
    let newest = ReviewQuery {
        order: LogOrder::Newest,
        ..two_oldest()
    };
    assert_eq!(list(newest).await.0, [rest[0], oldest[1]]);
    let second = ReviewQuery {
        search: " cs_test_2 ".into(),
        ..two_oldest()
    };
    assert_eq!(list(second).await.0, [oldest[1]]);
}

#[tokio::test]
async fn what_waits_for_a_person_stands_where_it_was_paid_not_where_it_was_opened() {
    let shop = Shop::open().await;
    let session = |number, email: &str, status: &str| {
        let patch = json!({ "payment_status": status, "customer_details": { "email": email },
            "metadata": { "quantity": "0" } });
        shop.session(number, patch)
    };
    for (id, event_type, session) in [
        ("evt_1", COMPLETED, session(1, "ann@example.com", "unpaid")),
        ("evt_2", COMPLETED, session(2, "bob@example.com", "paid")),
        (
            "evt_3",
            ASYNC_SUCCEEDED,
            session(1, "ann@example.com", "paid"),
        ),
    ] {
        shop.deliver(&event(id, event_type, &session)).await;
        shop.t.clock.advance_seconds(1);
    }
    let mut query = ReviewQuery {
        limit: 1,
        ..two_oldest()
    };
    let mut seen = Vec::new();
    for _ in 0..2 {
        let page = review_list::execute(&shop.t.engine, &shop.t.system(), &query).await;
        let page = page.expect("the list is read");
        seen.extend(page.items.into_iter().map(|order| order.email));
        query.after = page.after;
    }
    assert_eq!(seen, ["bob@example.com", "ann@example.com"]);
    assert_eq!(query.after, None);
}

#[tokio::test]
async fn a_dismissed_payment_stays_without_keys() {
    let shop = Shop::open().await;
    let actor = shop.t.system();
    shop.assert_reviewed(1, metadata(&json!({ "quantity": "x" })), "“x”")
        .await;
    let waiting = review::list(&shop.t.engine, &actor, false).await;
    let order = waiting.expect("the list is read").remove(0).id;
    review::dismiss(&shop.t.engine, &actor, order)
        .await
        .expect("the payment is dismissed");
    let intent = shop.intent(1, json!({}));
    let outcome = shop.deliver(&event("evt_2", SUCCEEDED, &intent)).await;
    assert_eq!(outcome, "its order was dismissed");
    assert!(shop.keys().await.is_empty());
    assert_eq!(shop.line("evt_1").await.processing, "ignored");
}
