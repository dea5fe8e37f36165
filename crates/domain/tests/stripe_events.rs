//! Stripe's events, old and new shape, and what is decided from them.

use domain::ids::ProductId;
use domain::purchase::Purchase;
use domain::stripe_event::{
    Decision, EventRefusal, Ignored, StripeEvent, claimed_event_id, claimed_type, judge,
};
use rstest::rstest;
use serde_json::{Value, json};

const SESSION_OLD: &str = include_str!("fixtures/session_completed_2024_04_10.json");
const SESSION_NEW: &str = include_str!("fixtures/session_completed_newest.json");
const INTENT_OLD: &str = include_str!("fixtures/payment_intent_succeeded_2024_04_10.json");
const INTENT_NEW: &str = include_str!("fixtures/payment_intent_succeeded_newest.json");
const THIN: &str = include_str!("fixtures/thin_event.json");

fn decide(json: &str) -> Decision {
    judge(&StripeEvent::parse(json.as_bytes()).expect("an event"))
}

/// The old session event after a change.
fn changed(change: impl Fn(&mut Value)) -> Decision {
    let mut json: Value = serde_json::from_str(SESSION_OLD).expect("a fixture");
    change(&mut json);
    decide(&json.to_string())
}

fn issued(decision: Decision) -> Purchase {
    match decision {
        Decision::Issue(purchase) => purchase,
        other => panic!("expected an issue, found {other:?}"),
    }
}

#[test]
fn a_paid_session_of_2024_issues() {
    let purchase = issued(decide(SESSION_OLD));
    assert_eq!(
        purchase.session_id.as_deref(),
        Some("cs_test_a1B2c3D4e5F6g7H8")
    );
    assert_eq!(
        purchase.payment_intent_id.as_deref(),
        Some("pi_3P4a7aLkdIwHu7ix0AbCdEfG")
    );
    assert_eq!(purchase.product_id, Ok(ProductId::from(7)));
    assert_eq!(purchase.quantity, Ok(3));
    assert_eq!(purchase.email.as_deref(), Some("ann@example.com"));
    assert_eq!(
        (purchase.amount_minor, purchase.currency.as_deref()),
        (Some(14_700), Some("USD"))
    );
    assert_eq!((purchase.order_id, purchase.livemode), (None, false));
}

#[test]
fn an_unpaid_session_of_the_newest_shape_waits() {
    let Decision::Wait(purchase) = decide(SESSION_NEW) else {
        panic!("an unpaid session waits");
    };
    assert_eq!(
        purchase.payment_intent_id.as_deref(),
        Some("pi_3TqXyZLkdIwHu7ix0NewEsTx")
    );
    assert_eq!(purchase.email.as_deref(), Some("bob@example.com"));
    assert_eq!(purchase.plan_days, Ok(Some(30)));
    assert!(purchase.order_id.is_some() && purchase.livemode);
}

#[test]
fn both_events_of_a_payment_name_the_same_facts() {
    for (session, intent) in [(SESSION_OLD, INTENT_OLD), (SESSION_NEW, INTENT_NEW)] {
        let (Decision::Issue(first) | Decision::Wait(first)) = decide(session) else {
            panic!("a purchase");
        };
        let second = issued(decide(intent));
        assert_eq!(first.payment_intent_id, second.payment_intent_id);
        assert_eq!(first.amount_minor, second.amount_minor);
        assert_eq!(first.currency, second.currency);
        assert_eq!(first.quantity, second.quantity);
        assert_eq!(second.session_id, None);
    }
}

#[rstest]
#[case("checkout.session.completed", "paid", "issue")]
#[case("checkout.session.completed", "no_payment_required", "issue")]
#[case("checkout.session.completed", "unpaid", "wait")]
#[case("checkout.session.completed", "something_new", "wait")]
#[case("checkout.session.async_payment_succeeded", "paid", "issue")]
#[case("checkout.session.async_payment_failed", "unpaid", "fail")]
fn the_payment_status_decides(#[case] event_type: &str, #[case] status: &str, #[case] word: &str) {
    let decision = changed(|json| {
        json["type"] = json!(event_type);
        json["data"]["object"]["payment_status"] = json!(status);
    });
    let found = match decision {
        Decision::Issue(_) => "issue",
        Decision::Wait(_) => "wait",
        Decision::Fail(_) => "fail",
        Decision::Ignore(_) => "ignore",
    };
    assert_eq!(found, word);
}

#[test]
fn a_session_without_a_charge_is_known_by_itself() {
    let purchase = issued(changed(|json| {
        json["data"]["object"]["payment_intent"] = Value::Null;
        json["data"]["object"]["payment_status"] = json!("no_payment_required");
        json["data"]["object"]["amount_total"] = json!(0);
    }));
    assert_eq!(purchase.payment_intent_id, None);
    assert!(purchase.session_id.is_some());
    assert_eq!(purchase.amount_minor, Some(0));
}

#[rstest]
#[case("/data/object/mode", json!("subscription"), Ignored::Subscription)]
#[case("/data/object/mode", json!("setup"), Ignored::NotAPayment)]
#[case("/data/object/mode", json!(null), Ignored::NotAPayment)]
#[case("/data/object/metadata", json!({}), Ignored::NoProduct)]
#[case("/data/object/metadata", json!(null), Ignored::NoProduct)]
#[case("/data/object", json!(null), Ignored::NotAPayment)]
#[case("/object", json!("v2.core.event"), Ignored::Thin)]
#[case("/type", json!("customer.created"), Ignored::OtherType("customer.created".into()))]
fn what_is_not_for_us_is_ignored_with_its_reason(
    #[case] place: &str,
    #[case] value: Value,
    #[case] why: Ignored,
) {
    let decision = changed(|json| {
        *json.pointer_mut(place).expect("a place") = value.clone();
    });
    assert_eq!(decision, Decision::Ignore(why));
}

#[test]
fn a_connect_event_is_ignored() {
    let decision = changed(|json| json["account"] = json!("acct_1"));
    assert_eq!(decision, Decision::Ignore(Ignored::Connect));
    let own = changed(|json| json["account"] = Value::Null);
    assert!(matches!(own, Decision::Issue(_)));
}

#[test]
fn a_thin_payload_is_told_to_be_a_snapshot() {
    let event = StripeEvent::parse(THIN.as_bytes()).expect("an envelope");
    assert!(event.is_thin && event.object.is_null() && event.created.is_some());
    let Decision::Ignore(why) = judge(&event) else {
        panic!("a thin payload is ignored");
    };
    assert!(why.to_string().contains("choose Snapshot"));
}

#[rstest]
#[case("quantity", "0")]
#[case("quantity", "101")]
#[case("quantity", "x")]
#[case("productId", "abc")]
#[case("productId", "0")]
#[case("planId", "abc")]
#[case("planDays", "-1")]
fn bad_metadata_is_not_ignored(#[case] name: &str, #[case] text: &str) {
    let purchase = issued(changed(|json| {
        json["data"]["object"]["metadata"][name] = json!(text);
    }));
    let unreadable = [
        purchase.product_id.err(),
        purchase.quantity.err(),
        purchase.plan_id.err(),
        purchase.plan_days.err(),
    ];
    let bad: Vec<_> = unreadable.into_iter().flatten().collect();
    assert_eq!(bad.len(), 1);
    assert_eq!((bad[0].name, bad[0].text.as_str()), (name, text));
}

#[test]
fn a_payment_without_any_id_cannot_be_told_from_another() {
    let decision = changed(|json| {
        json["data"]["object"]["id"] = json!("cs with spaces");
        json["data"]["object"]["payment_intent"] = json!(5);
    });
    assert_eq!(decision, Decision::Ignore(Ignored::Nameless));
}

#[rstest]
#[case("", EventRefusal::NotJson)]
#[case("[]", EventRefusal::NotJson)]
#[case("null", EventRefusal::NotJson)]
#[case("{", EventRefusal::NotJson)]
#[case("{}", EventRefusal::NoId)]
#[case(r#"{"id":"evt_","type":"a","livemode":true}"#, EventRefusal::NoId)]
#[case(r#"{"id":"evt_1 2","type":"a","livemode":true}"#, EventRefusal::NoId)]
#[case(r#"{"id":"cs_1","type":"a","livemode":true}"#, EventRefusal::NoId)]
fn what_is_not_an_event_is_refused(#[case] body: &str, #[case] refusal: EventRefusal) {
    assert_eq!(StripeEvent::parse(body.as_bytes()), Err(refusal));
}

#[rstest]
#[case(r#"{"id":"evt_1","livemode":true}"#, Ignored::NoType)]
#[case(r#"{"id":"evt_1","type":"a\nb","livemode":true}"#, Ignored::NoType)]
#[case(r#"{"id":"evt_1","type":"a"}"#, Ignored::NoLivemode)]
#[case(r#"{"id":"evt_1","type":"a","livemode":"true"}"#, Ignored::NoLivemode)]
fn an_envelope_that_lacks_something_is_ignored(#[case] body: &str, #[case] why: Ignored) {
    let event = StripeEvent::parse(body.as_bytes()).expect("it has an id");
    assert_eq!(judge(&event), Decision::Ignore(why));
}

#[test]
fn a_paid_session_that_does_not_say_whether_it_is_live_issues_nothing() {
    let decision = changed(|json| json["livemode"] = Value::Null);
    assert_eq!(decision, Decision::Ignore(Ignored::NoLivemode));
}

#[test]
fn the_cheap_check_finds_the_claimed_id_alone() {
    let id = claimed_event_id(SESSION_OLD.as_bytes());
    assert_eq!(id.as_deref(), Some("evt_1P4a7bLkdIwHu7ixAbCdEfGh"));
    let event_type = claimed_type(SESSION_OLD.as_bytes());
    assert_eq!(event_type.as_deref(), Some("checkout.session.completed"));
    let endless = format!(r#"{{"id":"evt_{}"}}"#, "a".repeat(252));
    assert_eq!(claimed_event_id(endless.as_bytes()), None);
    assert_eq!(claimed_event_id(b"{\"id\":5}"), None);
    assert_eq!(claimed_event_id(b" [\"evt_1\", \"a\"]"), None);
    assert_eq!(claimed_event_id(b"\xff"), None);
}

#[test]
fn json_without_end_does_not_overflow_the_stack() {
    let deep = format!(r#"{{"id":"evt_1","data":{}"#, "[".repeat(200_000));
    assert_eq!(
        StripeEvent::parse(deep.as_bytes()),
        Err(EventRefusal::NotJson)
    );
    assert_eq!(claimed_event_id(deep.as_bytes()), None);
}

#[test]
fn debug_tells_nothing_of_the_buyer() {
    let event = StripeEvent::parse(SESSION_OLD.as_bytes()).expect("an event");
    assert!(!format!("{event:?} {:?}", judge(&event)).contains("ann@"));
}

#[rstest]
#[case("\"text\"")]
#[case("[]")]
#[case("null")]
#[case("{\"object\":7}")]
fn data_of_another_shape_is_read_without_an_object(#[case] data: &str) {
    let body = format!(r#"{{"id":"evt_1","type":"x","livemode":false,"data":{data}}}"#);
    let event = StripeEvent::parse(body.as_bytes()).expect("the envelope can be read");
    assert!(matches!(judge(&event), Decision::Ignore(_)));
}
