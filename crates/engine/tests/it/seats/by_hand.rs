//! Seats that people free for devices which cannot give them back: at once, whatever the product's hours, and
//! told as theirs.

use domain::activation::RefusalCode;
use domain::hardware_id::HardwareId;
use domain::ids::ProductId;
use domain::role::Role;
use engine::devices::{self as known_devices, DeviceView};
use engine::licenses::{activate, deactivate_device, devices, history, validate};
use engine::{Error, Result};
use serde_json::json;
use store::activations;

use super::{HOME, House, generated, refusal};
use crate::settings::person;
use crate::shop::{new_product, second_tenant};
use crate::support::TestEngine;

/// One on SQLite, and one on PostgreSQL where a server is named.
async fn houses(seats: i32) -> Vec<House> {
    let mut houses = vec![House::open(TestEngine::start().await, seats).await];
    houses.extend(House::open_on_postgres(seats).await);
    houses
}

fn device(text: &str) -> HardwareId {
    HardwareId::parse(text).expect("an id")
}

async fn freed_by(house: &House, role: Role, hardware_id: &str) -> Result<bool> {
    let (engine, actor, key) = (&house.t.engine, person(&house.t, role), house.key());
    deactivate_device::execute(engine, &actor, &key, &device(hardware_id)).await
}

/// How often the licence's history tells that a device was deactivated.
async fn deactivations(house: &House) -> usize {
    let id = house.license.id;
    let lines = history::execute(&house.t.engine, &house.t.system(), id).await;
    let lines = lines.expect("is read").into_iter();
    lines.filter(|line| line.verb == "deactivated").count()
}

#[tokio::test]
async fn a_seat_that_a_person_frees_is_free_at_once_while_devices_wait_their_hours() {
    for house in houses(2).await {
        for device in ["AB", "CD"] {
            house.activate(device).await;
        }
        let given_back = house.deactivating("AB").await.expect("ends well");
        given_back.expect("is given back");
        let too_soon = house.deactivating("CD").await.expect("ends well");
        assert_eq!(refusal(too_soon), RefusalCode::Cooldown);
        let freed = freed_by(&house, Role::Admin, "CD").await;
        assert!(freed.expect("is freed"));
        assert_eq!(house.seats_used().await, 0);
        assert_eq!(house.judged(&house.key(), "CD").await, "not_activated");
        for device in ["EF", "GH"] {
            house.activate(device).await;
        }
        assert_eq!(house.seats_used().await, 2);
        let again = freed_by(&house, Role::Owner, "EF").await;
        assert!(again.expect("is freed"), "people never wait");
    }
}

#[tokio::test]
async fn whoever_freed_a_seat_stands_in_the_history_of_the_licence_and_of_the_device() {
    for house in houses(1).await {
        let (engine, system, id) = (&house.t.engine, house.t.system(), house.license.id);
        house.activate("AB").await;
        let freed = freed_by(&house, Role::Admin, "AB").await;
        assert!(freed.expect("is freed"));
        let lines = history::execute(engine, &system, id).await;
        let lines = lines.expect("is read");
        let line = lines.first().expect("a line");
        assert_eq!(line.verb, "deactivated");
        let who = (&*line.actor_kind, &*line.actor_name);
        assert_eq!(who, ("person", "ann@example.com"));
        assert_eq!(line.data, json!({ "hardwareId": "AB", "ipAddress": null }));
        assert!(line.livemode, "as its licence is");
        let (ab, newest) = (device("AB"), (None, 1));
        let of_device = known_devices::history::before(engine, &system, &ab, newest).await;
        let of_device = of_device.expect("is read").items;
        assert_eq!(of_device.first().expect("a line").id, line.id);
        let listed = devices::execute(engine, &system, id, (None, 10)).await;
        let listed = listed.expect("is listed").items;
        assert_eq!(listed[0].deactivated_at, Some(engine.now()));
    }
}

#[tokio::test]
async fn a_seat_is_freed_once_and_a_device_that_never_had_one_is_not_there() {
    for house in houses(2).await {
        for device in ["AB", "CD"] {
            house.activate(device).await;
        }
        for had_seat in [true, false] {
            let freed = freed_by(&house, Role::Admin, "AB").await;
            assert_eq!(freed.expect("is no fault"), had_seat);
            assert_eq!(house.seats_used().await, 1);
        }
        let unknown = freed_by(&house, Role::Admin, "XY").await;
        assert!(
            matches!(unknown, Err(Error::NotFound("device"))),
            "{unknown:?}"
        );
        assert_eq!(deactivations(&house).await, 1);
        assert_eq!(house.judged(&house.key(), "CD").await, "ok");
    }
}

/// The device "AB" as it stands to a product.
async fn as_it_stands(house: &House, product: ProductId) -> DeviceView {
    let (engine, system) = (&house.t.engine, house.t.system());
    let found = known_devices::find::execute(engine, &system, (product, &device("AB"))).await;
    found.expect("is known")
}

#[tokio::test]
async fn what_the_device_has_of_other_products_stays_as_it_is() {
    for house in houses(1).await {
        let (t, system) = (&house.t, house.t.system());
        let name = json!({ "name": "Zeta" });
        let licensed = new_product(t, &system, name).await.id;
        let trial = json!({ "name": "Etna", "trialDays": 14 });
        let tried = new_product(t, &system, trial).await.id;
        let other = generated(t, json!({ "productName": "Zeta" })).await;
        let other_key = other.activation_key.to_string();
        house.activate("AB").await;
        let form = json!({ "activationKey": other_key, "hardwareId": "AB", "productName": "Zeta" });
        let form = serde_json::from_value(form).expect("a form");
        let activated = activate::execute(&t.engine, &system, &form, HOME).await;
        assert!(activated.is_ok(), "the other key is activated too");
        let form = json!({ "hardwareId": "AB", "productName": "Etna" });
        let form = serde_json::from_value(form).expect("a form");
        let judged = validate::execute(&t.engine, &system, &form, HOME).await;
        assert_eq!(judged.expect("is judged").verdict.code.to_string(), "ok");
        let before = [
            as_it_stands(&house, licensed).await,
            as_it_stands(&house, tried).await,
        ];
        let freed = freed_by(&house, Role::Admin, "AB").await;
        assert!(freed.expect("is freed"));
        let after = [
            as_it_stands(&house, licensed).await,
            as_it_stands(&house, tried).await,
        ];
        assert_eq!(before, after);
        assert!(after[0].license.is_some(), "it has its other key");
    }
}

#[tokio::test]
async fn whoever_may_not_change_licences_frees_no_seat() {
    let house = House::open(TestEngine::start().await, 1).await;
    house.activate("AB").await;
    for role in [Role::Viewer, Role::Support] {
        let refused = freed_by(&house, role, "AB").await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
    let stranger = second_tenant(&house.t).await;
    let (engine, key) = (&house.t.engine, house.key());
    let refused = deactivate_device::execute(engine, &stranger, &key, &device("AB")).await;
    assert!(matches!(refused, Err(Error::NoSuchLicense)), "{refused:?}");
    assert_eq!(house.seats_used().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_gives_its_seat_back_while_a_person_frees_it_frees_one_seat() {
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
    let (engine, actor) = (house.t.engine.clone(), person(&house.t, Role::Admin));
    let key = house.key();
    let freeing = tokio::spawn(async move {
        deactivate_device::execute(&engine, &actor, &key, &device("AB")).await
    });
    house.until_waiting().await;
    other_node.commit().await.expect("commits");
    let freed = freeing.await.expect("ends").expect("is no fault");
    assert!(!freed, "the device was quicker");
    assert_eq!(house.seats_used().await, 1);
}
