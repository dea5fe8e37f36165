//! One purchase by the JSON API, and the address that Stripe did not tell.

use serde_json::json;

use super::stage::{SIGNING_SECRET, Stage, paid};

#[tokio::test]
async fn a_purchase_is_read_whole_and_given_its_address() {
    let stage = Stage::start().await;
    let (app, webhook) = stage.make_app().await;
    let product = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let mut event = paid(1, &product["id"]);
    event["data"]["object"]["customer_details"] = json!(null);
    stage.deliver(&webhook, &event, SIGNING_SECRET).await;
    let event = stage.read("/api/stripe/events").await[0].clone();
    let event_path = format!(
        "/api/stripe/events/{}",
        event["id"].as_str().expect("an id")
    );
    let order_id = stage.read(&event_path).await["orderId"].clone();
    let path = format!("/api/stripe/orders/{}", order_id.as_str().expect("an id"));

    let order = stage.read(&path).await;
    assert_eq!(
        (&order["id"], &order["state"], &order["email"]),
        (&order_id, &json!("issued"), &json!(""))
    );
    assert_eq!(
        (&order["amount"], &order["currency"], &order["productName"]),
        (&json!(49.0), &json!("EUR"), &json!("Atlas"))
    );
    assert_eq!(
        (&order["appId"], &order["events"][0]["id"]),
        (&app["id"], &event["id"])
    );
    assert_eq!(order["facts"][1]["stripeId"], "cs_test_1");
    assert_eq!(order["payments"][0]["stripeId"], "pi_1");
    assert_eq!(order["mails"], json!([]));
    let key = stage.read("/api/license/").await[0]["activationKey"].clone();
    assert_eq!(order["licenses"][0]["activationKey"], key);

    let refused = stage.put(&path, &json!({ "email": "ann" })).await;
    assert_eq!(
        (refused.refusal().0, refused.refusal().2.as_str()),
        (422, "email")
    );
    let given = stage
        .put(&path, &json!({ "email": "ann@example.com" }))
        .await;
    assert_eq!(given.status, 200, "{}", given.text);
    let given = given.json();
    assert_eq!(
        (
            &given["mails"][0]["recipient"],
            &given["history"][0]["verb"]
        ),
        (&json!("ann@example.com"), &json!("address_given"))
    );
    let again = stage
        .put(&path, &json!({ "email": "bob@example.com" }))
        .await;
    assert_eq!(
        (again.refusal().0, again.refusal().1.as_str()),
        (409, "address_known")
    );
    let nothing = stage
        .get("/api/stripe/orders/00000000-0000-7000-8000-000000000000")
        .await;
    assert_eq!(nothing.refusal().0, 404);
    stage.stop().await;
}
