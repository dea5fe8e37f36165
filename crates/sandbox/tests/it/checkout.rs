//! The hosted page and what each outcome does.

use sandbox::{Buyer, Options, Outcome, PayRefusal, Sandbox};

use crate::house::{
    SESSION, client, get_json, id_of, new_session, post_form, sandbox, sandbox_and_shop,
};

const TWO: [&str; 2] = ["checkout.session.completed", "payment_intent.succeeded"];

#[tokio::test]
async fn paying_completes_session_and_intent_and_sends_both_events() {
    let (sandbox, shop, _) = sandbox_and_shop(&TWO).await;
    let session = new_session(&sandbox).await;
    let paid = sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    assert_eq!(paid["status"], "complete");
    assert_eq!(paid["payment_status"], "paid");
    assert!(sandbox.idle().await);
    let mut types = shop.types();
    types.sort();
    assert_eq!(types, TWO);
    let intent = paid["payment_intent"].as_str().expect("an intent's id");
    let (_, intent) = get_json(&sandbox, &format!("/v1/payment_intents/{intent}")).await;
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 2997);
    assert_eq!(intent["metadata"]["productId"], "7");
}

#[tokio::test]
async fn a_session_is_paid_once_only() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    let again = sandbox.pay(id_of(&session), Outcome::Pay);
    assert_eq!(again, Err(PayRefusal::NotOpen("complete".to_owned())));
    let unknown = sandbox.pay("cs_test_unknown", Outcome::Pay);
    assert_eq!(unknown, Err(PayRefusal::Unknown));
}

#[tokio::test]
async fn a_delayed_payment_is_unpaid_until_it_is_settled() {
    for (outcome, last, status) in [
        (
            Outcome::PayLaterThenSucceed,
            "checkout.session.async_payment_succeeded",
            "paid",
        ),
        (
            Outcome::PayLaterThenFail,
            "checkout.session.async_payment_failed",
            "unpaid",
        ),
    ] {
        let (sandbox, shop, _) = sandbox_and_shop(&["checkout.session.completed", last]).await;
        let session = new_session(&sandbox).await;
        let waiting = sandbox.pay(id_of(&session), outcome).expect("taken");
        assert_eq!(waiting["payment_status"], "unpaid");
        assert!(sandbox.idle().await);
        assert_eq!(shop.types(), ["checkout.session.completed"]);
        let settled = sandbox.settle(id_of(&session)).expect("settled");
        assert_eq!(settled["payment_status"], status);
        assert!(sandbox.idle().await);
        assert_eq!(shop.types(), ["checkout.session.completed", last]);
        assert_eq!(sandbox.settle(id_of(&session)), Err(PayRefusal::NotWaiting));
    }
}

#[tokio::test]
async fn a_delayed_payment_ends_by_itself_when_its_time_has_come() {
    let options = Options {
        settle_after: Some(60_000),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.expect("a sandbox");
    let session = new_session(&sandbox).await;
    let outcome = Outcome::PayLaterThenSucceed;
    sandbox.pay(id_of(&session), outcome).expect("taken");
    sandbox.clock().advance(61_000);
    sandbox.wake();
    assert!(sandbox.idle().await);
    let path = format!("/v1/checkout/sessions/{}", id_of(&session));
    let (_, settled) = get_json(&sandbox, &path).await;
    assert_eq!(settled["payment_status"], "paid");
}

#[tokio::test]
async fn a_subscription_completes_its_session_without_an_intent() {
    let (sandbox, shop, _) = sandbox_and_shop(&TWO).await;
    let mut form = SESSION[..7].to_vec();
    form[0].1 = "subscription";
    form.push(("line_items[0][price_data][recurring][interval]", "month"));
    let (_, session) = post_form(&sandbox, "/v1/checkout/sessions", &form).await;
    let paid = sandbox.pay(id_of(&session), Outcome::Pay).expect("paid");
    assert_eq!(paid["payment_status"], "paid");
    assert!(paid["payment_intent"].is_null());
    assert!(paid["subscription"].is_string());
    assert!(sandbox.idle().await);
    assert_eq!(shop.types(), ["checkout.session.completed"]);
}

#[tokio::test]
async fn a_declined_card_leaves_the_session_open_and_completes_nothing() {
    let (sandbox, shop, _) = sandbox_and_shop(&["*"]).await;
    let session = new_session(&sandbox).await;
    let declined = sandbox
        .pay(id_of(&session), Outcome::Decline)
        .expect("asked");
    assert_eq!(declined["status"], "open");
    assert!(sandbox.idle().await);
    assert!(
        shop.types()
            .contains(&"payment_intent.payment_failed".to_owned())
    );
    assert!(
        !shop
            .types()
            .contains(&"checkout.session.completed".to_owned())
    );
    let paid = sandbox
        .pay(id_of(&session), Outcome::Pay)
        .expect("paid at the second try");
    assert_eq!(paid["payment_intent"], declined["payment_intent"]);
    let intent = paid["payment_intent"].as_str().expect("an intent's id");
    let (_, intent) = get_json(&sandbox, &format!("/v1/payment_intents/{intent}")).await;
    assert_eq!(intent["status"], "succeeded");
    assert!(intent["last_payment_error"].is_null());
}

#[tokio::test]
async fn the_page_names_product_quantity_and_amount_without_being_html_injectable() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    let url = session["url"].as_str().expect("a url");
    let page = client().get(url).send().await.expect("a page");
    assert_eq!(page.status(), 200);
    let text = page.text().await.expect("a text");
    assert!(text.contains("Photo &lt;Pro&gt;"), "{text}");
    assert!(text.contains("EUR 29.97"));
    assert!(text.contains("<label for=\"email\">"));
}

#[tokio::test]
async fn the_page_waits_for_the_shop_and_then_sends_the_buyer_back() {
    let (sandbox, shop, _) = sandbox_and_shop(&TWO).await;
    let session = new_session(&sandbox).await;
    let url = session["url"].as_str().expect("a url");
    let form = [
        ("outcome", "pay"),
        ("email", "jane@example.com"),
        ("name", "Jane"),
    ];
    let answer = client()
        .post(url)
        .form(&form)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 303);
    assert_eq!(
        answer.headers()["location"],
        format!("http://127.0.0.1:1/done?session_id={}", id_of(&session)).as_str()
    );
    let hooks = shop.hooks();
    let completed = hooks
        .iter()
        .find(|hook| hook.event["type"] == TWO[0])
        .expect("the completed event came before the redirect");
    let object = &completed.event["data"]["object"];
    assert_eq!(object["customer_details"]["email"], "jane@example.com");
    let again = client().get(url).send().await.expect("a page");
    assert!(again.text().await.expect("a text").contains("paid already"));
}

#[tokio::test]
async fn cancel_goes_back_and_decline_says_so_on_the_page() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    let url = session["url"].as_str().expect("a url");
    let cancel = client()
        .post(url)
        .form(&[("outcome", "cancel")])
        .send()
        .await;
    let cancel = cancel.expect("an answer");
    assert_eq!(cancel.status(), 303);
    assert_eq!(cancel.headers()["location"], "http://127.0.0.1:1/back");
    let decline = client()
        .post(url)
        .form(&[("outcome", "decline")])
        .send()
        .await;
    let text = decline.expect("an answer").text().await.expect("a text");
    assert!(text.contains("Your card was declined"));
}

#[tokio::test]
async fn a_buyer_may_leave_no_address() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    let nobody = Buyer {
        email: None,
        ..Buyer::default()
    };
    let paid = sandbox
        .pay_as(id_of(&session), Outcome::Pay, &nobody)
        .expect("paid");
    assert!(paid["customer_details"]["email"].is_null());
}

#[tokio::test]
async fn an_expired_session_can_no_longer_be_paid() {
    let sandbox = sandbox().await;
    let session = new_session(&sandbox).await;
    sandbox.clock().advance(25 * 3_600_000);
    let late = sandbox.pay(id_of(&session), Outcome::Pay);
    assert_eq!(late, Err(PayRefusal::NotOpen("expired".to_owned())));
}
