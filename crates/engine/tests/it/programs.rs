//! What only time shows of programs' calls: trials, ends, sightings written behind, new devices.

use std::net::{IpAddr, Ipv4Addr};

use domain::hardware_id::HardwareId;
use domain::paging::PagingForm;
use domain::program_form::{ActivationForm, ValidationForm};
use domain::settings_form::SettingsForm;
use domain::validation::Verdict;
use engine::devices::history;
use engine::housekeeping;
use engine::licenses::generate::{self, Side};
use engine::licenses::{activate, hold, validate};
use engine::settings::update;
use serde_json::{Value, json};
use store::{devices, products};

use crate::shop::new_product;
use crate::support::{START, TestEngine};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
const OFFICE: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1));

async fn with_product() -> TestEngine {
    let t = TestEngine::start().await;
    let form = json!({ "name": "Atlas", "trialDays": 14, "defaultLicenseDays": 30 });
    new_product(&t, &t.system(), form).await;
    t
}

async fn new_key(t: &TestEngine, side: Side) -> String {
    let form = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let form = serde_json::from_value(form).expect("a form");
    let made = generate::execute(&t.engine, &t.system(), &form, side).await;
    made.expect("is generated")[0].activation_key.to_string()
}

async fn judged(t: &TestEngine, form: Value, address: IpAddr) -> Verdict {
    let form: ValidationForm = serde_json::from_value(form).expect("a form");
    let answer = validate::execute(&t.engine, &t.system(), &form, address).await;
    answer.expect("is judged").verdict
}

fn with_key(key: &str) -> Value {
    json!({ "activationKey": key, "hardwareId": "AB", "version": "1.0" })
}

async fn activated(t: &TestEngine, key: &str) {
    let form = json!({ "activationKey": key, "hardwareId": "AB", "productName": "Atlas",
        "version": "1.0" });
    let form: ActivationForm = serde_json::from_value(form).expect("a form");
    let done = activate::execute(&t.engine, &t.system(), &form, HOME).await;
    assert!(done.is_ok(), "it is activated");
}

/// Verbs of what the device was part of, newest first.
async fn told(t: &TestEngine, device: &str) -> Vec<String> {
    let device = HardwareId::parse(device).expect("an id");
    let page = PagingForm::default().parse_numbered().expect("the first");
    let history = history::execute(&t.engine, &t.system(), &device, page).await;
    let items = history.expect("is told").items;
    items.into_iter().map(|change| change.verb).collect()
}

/// When and where the device `AB` was last seen, as it is written down.
async fn whereabouts(t: &TestEngine) -> (i64, String) {
    let mut conn = t.engine.db().read().await.expect("reads");
    let products = products::list(&mut conn, t.tenant).await;
    let product = products.expect("are listed")[0].id;
    let device = devices::find(&mut conn, t.tenant, (product, "AB")).await;
    let device = device.expect("is read").expect("is there");
    (device.last_seen_at, device.address)
}

#[tokio::test]
async fn a_trial_ends_its_days_after_the_first_contact_and_never_begins_again() {
    let t = with_product().await;
    let ask = json!({ "hardwareId": "ab 1", "productName": "Atlas" });
    let first = judged(&t, ask.clone(), HOME).await;
    assert_eq!(
        (first.code.as_str(), first.remaining_days),
        ("ok", Some(14))
    );
    t.clock.set(START.plus_days(14).plus_millis(-1));
    assert!(judged(&t, ask.clone(), HOME).await.is_valid);
    t.clock.set(START.plus_days(14));
    let over = judged(&t, ask.clone(), HOME).await;
    assert_eq!(
        (over.code.as_str(), over.expires_at),
        ("trial_over", START.plus_days(14))
    );
    t.clock.set(START.plus_days(-100));
    let before = judged(&t, ask, HOME).await;
    assert_eq!(
        before.expires_at,
        START.plus_days(14),
        "the clock moves nothing"
    );
}

#[tokio::test]
async fn a_licence_ends_with_its_last_second_and_go_live_ends_test_keys() {
    let t = with_product().await;
    let (live, test) = (new_key(&t, Side::Live).await, new_key(&t, Side::Test).await);
    for key in [&live, &test] {
        activated(&t, key).await;
        assert_eq!(judged(&t, with_key(key), HOME).await.code.as_str(), "ok");
    }
    let changes = SettingsForm {
        test_keys_valid: Some("false".into()),
        ..SettingsForm::default()
    };
    let set = update::execute(&t.engine, &t.system(), &changes).await;
    assert!(set.is_ok());
    assert_eq!(
        judged(&t, with_key(&test), HOME).await.code.as_str(),
        "test_key"
    );
    let end = START.plus_days(30).end_of_day();
    t.clock.set(end.plus_millis(999));
    assert!(judged(&t, with_key(&live), HOME).await.is_valid);
    t.clock.set(end.plus_seconds(1));
    let over = judged(&t, with_key(&live), HOME).await;
    assert_eq!((over.status.as_str(), over.expires_at), ("expired", end));
}

#[tokio::test]
async fn sightings_are_written_behind_and_a_new_address_is_told_once() {
    let t = with_product().await;
    let key = new_key(&t, Side::Live).await;
    activated(&t, &key).await;
    let flush = || housekeeping::flush(&t.engine);
    for address in [OFFICE, HOME, OFFICE] {
        judged(&t, with_key(&key), address).await;
    }
    assert_eq!(told(&t, "AB").await, ["activated"], "nothing is written");
    flush().await.expect("flushes");
    let behind = told(&t, "AB").await;
    assert_eq!(
        behind,
        ["validated", "activated"],
        "news do not wait for their minute"
    );
    assert_eq!(
        whereabouts(&t).await,
        (START.millis(), HOME.to_string()),
        "the device itself does"
    );
    t.clock.advance_seconds(60);
    judged(&t, with_key(&key), OFFICE).await;
    flush().await.expect("flushes");
    let moved = (START.plus_seconds(60).millis(), OFFICE.to_string());
    assert_eq!(whereabouts(&t).await, moved);
    for address in [HOME, OFFICE, HOME, OFFICE] {
        t.clock.advance_seconds(61);
        judged(&t, with_key(&key), address).await;
        flush().await.expect("flushes");
    }
    let all = ["validated", "validated", "activated"];
    assert_eq!(
        told(&t, "AB").await,
        all,
        "each address once, however often it changes"
    );
    judged(
        &t,
        json!({ "activationKey": key, "hardwareId": "AB", "version": "2.0" }),
        HOME,
    )
    .await;
    flush().await.expect("flushes");
    assert_eq!(told(&t, "AB").await.len(), 4, "a new version is told too");
}

#[tokio::test]
async fn each_new_place_is_told_however_quickly_they_follow() {
    let t = with_product().await;
    let key = new_key(&t, Side::Live).await;
    activated(&t, &key).await;
    for (address, version) in [(OFFICE, "1.0"), (HOME, "2.0"), (OFFICE, "2.0")] {
        let ask = json!({ "activationKey": key, "hardwareId": "AB", "version": version });
        judged(&t, ask, address).await;
    }
    housekeeping::flush(&t.engine).await.expect("flushes");
    assert_eq!(
        told(&t, "AB").await,
        ["validated", "validated", "validated", "activated"]
    );
}

#[tokio::test]
async fn a_device_on_trial_and_one_that_is_not_activated_are_seen_too() {
    let t = with_product().await;
    let trial = json!({ "hardwareId": "AB", "productName": "Atlas" });
    judged(&t, trial.clone(), HOME).await;
    t.clock.advance_seconds(61);
    judged(&t, trial, OFFICE).await;
    housekeeping::flush(&t.engine).await.expect("flushes");
    let seen = (START.plus_seconds(61).millis(), OFFICE.to_string());
    assert_eq!(whereabouts(&t).await, seen);
    let key = new_key(&t, Side::Live).await;
    t.clock.advance_seconds(61);
    let verdict = judged(&t, with_key(&key), HOME).await;
    assert_eq!(verdict.code.as_str(), "not_activated");
    housekeeping::flush(&t.engine).await.expect("flushes");
    let seen = (START.plus_seconds(122).millis(), HOME.to_string());
    assert_eq!(whereabouts(&t).await, seen);
    assert_eq!(
        told(&t, "AB").await,
        ["first_contact"],
        "no news of the licence"
    );
}

#[tokio::test]
async fn a_new_address_is_told_though_the_device_came_home_before_it_was_written() {
    let t = with_product().await;
    let key = new_key(&t, Side::Live).await;
    activated(&t, &key).await;
    t.clock.advance_seconds(61);
    for address in [OFFICE, HOME] {
        judged(&t, with_key(&key), address).await;
    }
    housekeeping::flush(&t.engine).await.expect("flushes");
    let device = HardwareId::parse("AB").expect("an id");
    let page = PagingForm::default().parse_numbered().expect("the first");
    let history = history::execute(&t.engine, &t.system(), &device, page).await;
    let told = &history.expect("is told").items[0];
    assert_eq!(told.verb, "validated");
    assert_eq!(told.data["ipAddress"], json!(OFFICE));
}

#[tokio::test]
async fn an_address_brings_thirty_new_devices_an_hour_and_the_others_are_judged_all_the_same() {
    let t = with_product().await;
    for n in 0..35 {
        let ask = json!({ "hardwareId": format!("D{n}"), "productName": "Atlas" });
        assert!(judged(&t, ask, HOME).await.is_valid, "{n}");
    }
    assert_eq!(told(&t, "D29").await, ["first_contact"]);
    assert!(told(&t, "D30").await.is_empty());
    t.clock.advance_seconds(3_600);
    let ask = json!({ "hardwareId": "D30", "productName": "Atlas" });
    assert!(judged(&t, ask, HOME).await.is_valid);
    assert_eq!(told(&t, "D30").await, ["first_contact"]);
}

#[tokio::test]
async fn what_people_hold_back_comes_back_and_twice_is_once() {
    let t = with_product().await;
    let key = new_key(&t, Side::Live).await;
    let (engine, actor) = (&t.engine, &t.system());
    for _ in 0..2 {
        let view = hold::suspend(engine, actor, &key)
            .await
            .expect("is suspended");
        assert_eq!(view.state.as_str(), "suspended");
    }
    let view = hold::revoke(engine, actor, &key).await.expect("is revoked");
    assert_eq!(view.state.as_str(), "revoked");
    for _ in 0..2 {
        let view = hold::reinstate(engine, actor, &key)
            .await
            .expect("is reinstated");
        assert_eq!(view.state.as_str(), "active");
    }
    let lines = engine::licenses::history::execute(engine, actor, view.id).await;
    let verbs: Vec<_> = lines
        .expect("is told")
        .into_iter()
        .map(|line| line.verb)
        .collect();
    assert_eq!(verbs, ["reinstated", "revoked", "suspended", "generated"]);
}
