//! Seats that are taken and given back, by several who ask at the same instant too: on PostgreSQL the test
//! holds one transaction open until the action waits for it.

mod by_hand;

use std::net::{IpAddr, Ipv4Addr};

use domain::activation::RefusalCode;
use engine::licenses::generate::{self, Side};
use engine::licenses::{LicenseView, activate, deactivate, find, offline_code, update, validate};
use engine::{Error, Result, housekeeping};
use serde_json::{Value, json};
use store::activations::{self, NewActivation};
use store::devices::{self, Sighting};
use store::licenses;
use tokio::task::JoinHandle;

use crate::shop::new_product;
use crate::support::TestEngine;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

/// An engine whose tenant has one licence.
struct House {
    t: TestEngine,
    license: LicenseView,
}

impl House {
    async fn open(t: TestEngine, seats: i32) -> Self {
        let form = json!({ "name": "Atlas", "deactivationCooldownHours": 24 });
        new_product(&t, &t.system(), form).await;
        let license = generated(&t, json!({ "maxSeats": seats })).await;
        Self { t, license }
    }

    /// `None` where no server is named.
    async fn open_on_postgres(seats: i32) -> Option<Self> {
        let t = TestEngine::start_on_postgres().await?;
        Some(Self::open(t, seats).await)
    }

    fn key(&self) -> String {
        self.license.activation_key.to_string()
    }

    async fn activate(&self, device: &str) {
        let done = self.activating(device).await.expect("ends well");
        assert!(done.is_ok(), "{device} is activated");
    }

    fn activating(&self, device: &str) -> JoinHandle<Result<activate::Activated>> {
        let form = self.form("activationKey", &self.key(), device);
        let form = serde_json::from_value(form).expect("a form");
        let (engine, actor) = (self.t.engine.clone(), self.t.system());
        tokio::spawn(async move { activate::execute(&engine, &actor, &form, HOME).await })
    }

    fn deactivating(&self, device: &str) -> JoinHandle<Result<()>> {
        let form = self.form("licenseKey", &self.key(), device);
        let form = serde_json::from_value(form).expect("a form");
        let (engine, actor) = (self.t.engine.clone(), self.t.system());
        tokio::spawn(async move { deactivate::execute(&engine, &actor, &form, HOME).await })
    }

    fn form(&self, name: &str, key: &str, device: &str) -> Value {
        json!({ name: key, "hardwareId": device, "productName": self.license.product_name })
    }

    /// What a validation on the device answers to a key or a code.
    async fn judged(&self, key: &str, device: &str) -> String {
        let form = self.form("activationKey", key, device);
        let form = serde_json::from_value(form).expect("a form");
        let answer = validate::execute(&self.t.engine, &self.t.system(), &form, HOME).await;
        answer.expect("is judged").verdict.code.to_string()
    }

    async fn seats_used(&self) -> i32 {
        let found = find::execute(&self.t.engine, &self.t.system(), self.license.id).await;
        found.expect("is there").seats_used
    }

    async fn until_waiting(&self) {
        let database = self.t.postgres.as_ref().expect("it is on PostgreSQL");
        database.until_waiting(1).await;
    }
}

async fn generated(t: &TestEngine, more: Value) -> LicenseView {
    let mut form = json!({ "productName": "Atlas", "email": "ann@example.com" });
    for (name, value) in more.as_object().expect("an object") {
        form[name] = value.clone();
    }
    let form = serde_json::from_value(form).expect("a form");
    let made = generate::execute(&t.engine, &t.system(), &form, Side::Live).await;
    made.expect("is generated").remove(0)
}

fn refusal<T>(refused: Result<T>) -> RefusalCode {
    match refused {
        Err(Error::Refused(refusal)) => refusal.code,
        Err(other) => panic!("it should be refused by the rules: {other:?}"),
        Ok(_) => panic!("it should be refused"),
    }
}

#[tokio::test]
async fn a_device_that_gave_its_seat_back_goes_on_by_no_offline_code() {
    let house = House::open(TestEngine::start().await, 1).await;
    let (t, key) = (&house.t, house.key());
    let made = offline_code::execute(&t.engine, &t.system(), &key, "AB").await;
    let code = made.expect("is made").offline_code.expect("a code");
    assert_eq!(house.judged(&code, "AB").await, "ok");
    let given_back = house.deactivating("AB").await.expect("ends well");
    given_back.expect("is given back");
    assert_eq!(house.judged(&code, "AB").await, "not_activated");
    house.activate("CD").await;
    assert_eq!(house.judged(&code, "AB").await, "not_activated");
    assert_eq!(house.judged(&code, "CD").await, "hardware_mismatch");
    let form = house.form("activationKey", &code, "AB");
    let form = serde_json::from_value(form).expect("a form");
    let again = activate::execute(&t.engine, &t.system(), &form, HOME).await;
    assert_eq!(refusal(again), RefusalCode::SeatsExhausted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_devices_that_give_their_seats_back_at_once_the_second_has_to_wait_its_hours() {
    let Some(house) = House::open_on_postgres(2).await else {
        return;
    };
    house.activate("AB").await;
    house.activate("CD").await;
    let (tenant, now) = (house.t.tenant, house.t.engine.now().millis());
    let mut other_node = house.t.engine.db().begin();
    let of = (house.license.id, "AB");
    activations::free_seat(&mut other_node, tenant, of, now);
    activations::end(&mut other_node, tenant, of, now);
    let ended = activations::find_end(&mut other_node, tenant, of).await;
    assert_eq!(ended.expect("is read"), Some(Some(now)));
    let second = house.deactivating("CD");
    house.until_waiting().await;
    other_node.commit().await.expect("commits");
    let second = second.await.expect("ends");
    assert_eq!(refusal(second), RefusalCode::Cooldown);
    assert_eq!(house.seats_used().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_is_activated_and_gets_its_offline_code_at_once_waits_for_no_deadlock() {
    let Some(house) = House::open_on_postgres(1).await else {
        return;
    };
    let tenant = house.t.tenant;
    let mut code = house.t.engine.db().begin();
    licenses::lock(&mut code, tenant, house.license.id);
    let locked = licenses::find(&mut code, tenant, house.license.id).await;
    assert!(locked.expect("is read").is_some());
    let activation = house.activating("AB");
    house.until_waiting().await;
    let seat = NewActivation {
        id: uuid::Uuid::from_u128(7),
        license_id: house.license.id,
        hardware_key: "AB",
        version: "",
        address: "",
        email: "",
        at: house.t.engine.now().millis(),
    };
    activations::take_seat(&mut code, tenant, &seat, "");
    activations::insert(&mut code, tenant, &seat);
    code.commit().await.expect("nobody holds what it needs");
    let activation = activation.await.expect("ends");
    assert!(activation.is_ok(), "it has its seat already");
    assert_eq!(house.seats_used().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_licence_that_is_revoked_while_a_device_asks_for_a_seat_gives_none() {
    let Some(house) = House::open_on_postgres(1).await else {
        return;
    };
    let tenant = house.t.tenant;
    let mut revoking = house.t.engine.db().begin();
    let row = licenses::find(&mut revoking, tenant, house.license.id).await;
    let mut row = row.expect("is read").expect("is there");
    row.state = "revoked".into();
    licenses::set_state(&mut revoking, tenant, &row);
    let written = licenses::find(&mut revoking, tenant, house.license.id).await;
    assert!(written.expect("is read").is_some());
    let activation = house.activating("AB");
    house.until_waiting().await;
    revoking.commit().await.expect("commits");
    let activation = activation.await.expect("ends");
    assert_eq!(refusal(activation), RefusalCode::Revoked);
    assert_eq!(house.seats_used().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_is_taken_while_somebody_takes_seats_away_counts() {
    let Some(house) = House::open_on_postgres(2).await else {
        return;
    };
    house.activate("AB").await;
    let seat = NewActivation {
        id: uuid::Uuid::from_u128(7),
        license_id: house.license.id,
        hardware_key: "CD",
        version: "",
        address: "",
        email: "",
        at: house.t.engine.now().millis(),
    };
    let mut other_node = house.t.engine.db().begin();
    activations::take_seat(&mut other_node, house.t.tenant, &seat, "");
    activations::insert(&mut other_node, house.t.tenant, &seat);
    let taken = licenses::find(&mut other_node, house.t.tenant, house.license.id).await;
    assert_eq!(taken.expect("is read").expect("is there").seats_used, 2);
    let form = serde_json::from_value(json!({ "maxSeats": 1 })).expect("a form");
    let (engine, actor, key) = (house.t.engine.clone(), house.t.system(), house.key());
    let updating = tokio::spawn(async move {
        update::execute(&engine, &actor, &key, &form)
            .await
            .map(drop)
    });
    house.until_waiting().await;
    other_node.commit().await.expect("commits");
    match updating.await.expect("ends") {
        Err(Error::Invalid(errors)) => {
            let message = errors.message("maxSeats").unwrap_or_default();
            assert!(message.starts_with("2 seats are in use."), "{message}");
        }
        other => panic!("it should be refused beside its field: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_seen_of_a_device_is_written_after_the_database_went_away() {
    let Some(house) = House::open_on_postgres(1).await else {
        return;
    };
    house.activate("AB").await;
    house.t.clock.advance_seconds(61);
    for _ in 0..2 {
        assert_eq!(house.judged(&house.key(), "AB").await, "ok");
    }
    let of = (house.license.product_id, "AB");
    let mut other_node = house.t.engine.db().begin();
    let nothing_new = Sighting {
        product_id: of.0,
        hardware_key: of.1,
        at: 0,
        address: "::1",
        version: "",
        contacts: 0,
    };
    devices::note_seen(&mut other_node, house.t.tenant, &nothing_new);
    let held = devices::find(&mut other_node, house.t.tenant, of).await;
    assert_eq!(held.expect("is read").expect("is there").contacts, 1);
    let engine = house.t.engine.clone();
    let flushing = tokio::spawn(async move { housekeeping::flush(&engine).await });
    house.until_waiting().await;
    let database = house.t.postgres.as_ref().expect("it is on PostgreSQL");
    database.end_waiting();
    let failed = flushing.await.expect("ends");
    assert!(failed.is_err(), "its connection was ended");
    drop(other_node);
    housekeeping::flush(&house.t.engine).await.expect("flushes");
    let mut conn = house.t.engine.db().read().await.expect("reads");
    let device = devices::find(&mut conn, house.t.tenant, of).await;
    let device = device.expect("is read").expect("is there");
    assert_eq!(
        device.contacts, 2,
        "two minutes: the activation's, and that of both validations"
    );
    assert_eq!(device.last_seen_at, house.t.engine.now().millis());
}
