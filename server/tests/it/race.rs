//! Two servers on one database: seats and first contacts are raced for on both.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::api::stage::new_token;
use crate::harness::{House, on_each, on_two_nodes};

const CLIENTS: usize = 50;

async fn ask(house: &House, (client, token): (usize, &str), path: &str, body: &Value) -> Value {
    let node = &house.nodes[client % house.nodes.len()];
    let request = house.http.post(format!("{}{path}", node.url));
    let request = request.header("Authorization", format!("Bearer {token}"));
    let response = request.json(body).send().await.expect("is answered");
    let status = response.status().as_u16();
    let mut answer: Value = response.json().await.expect("JSON");
    answer["status_code"] = json!(status);
    answer
}

async fn read(house: &House, (client, token): (usize, &str), path: &str) -> Value {
    let node = &house.nodes[client % house.nodes.len()];
    let request = house.http.get(format!("{}{path}", node.url));
    let request = request.header("Authorization", format!("Bearer {token}"));
    let response = request.send().await.expect("is answered");
    assert_eq!(response.status().as_u16(), 200, "{path}");
    response.json().await.expect("JSON")
}

/// A key with five seats.
async fn key_with_seats(house: &House) -> String {
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "maxSeats": 5 });
    let wish = serde_json::from_value(wish).expect("a form");
    let side = engine::licenses::generate::Side::Live;
    let made = engine::licenses::generate::execute(house.engine(), &house.shop.actor, &wish, side);
    made.await.expect("is generated")[0]
        .activation_key
        .to_string()
}

async fn race_for_seats(house: &House) {
    let token = new_token(house.engine(), house.shop.actor.tenant(), "verify,generate").await;
    let key = key_with_seats(house).await;
    let activations = (0..CLIENTS).map(|client| {
        let body = json!({ "activationKey": key, "email": "", "hardwareId": format!("D{client}"),
            "productName": "Atlas" });
        let caller = (client, token.as_str());
        async move { ask(house, caller, "/api/license/activate", &body).await }
    });
    let answers = join_all(activations).await;
    let count = |status: u16| {
        answers
            .iter()
            .filter(|a| a["status_code"] == status)
            .count()
    };
    assert_eq!((count(200), count(409)), (5, 45), "{answers:?}");
    let lost = answers.iter().filter(|a| a["status_code"] == 409);
    for answer in lost {
        assert_eq!(answer["error"], "seats_exhausted");
        let message = answer["message"].as_str().expect("a sentence");
        let says_what_to_do = message.contains("Deactivate it on another device");
        assert!(says_what_to_do, "{message}");
    }
    let full = json!({ "currentSeats": 5, "maxSeats": 5, "hasCapacity": false,
        "isUnlimited": false });
    for node in 0..house.nodes.len() {
        let path = format!("/api/license/{key}/usage");
        assert_eq!(read(house, (node, token.as_str()), &path).await, full);
    }
}

async fn race_of_one_device(house: &House) {
    let token = new_token(house.engine(), house.shop.actor.tenant(), "verify,generate").await;
    let key = key_with_seats(house).await;
    let body = json!({ "activationKey": key, "email": "", "hardwareId": "one device",
        "productName": "Atlas" });
    let activations = (0..CLIENTS).map(|client| {
        let (body, caller) = (&body, (client, token.as_str()));
        async move { ask(house, caller, "/api/license/activate", body).await }
    });
    for answer in join_all(activations).await {
        assert_eq!(answer["status_code"], 200, "{answer}");
        assert_eq!(answer["currentSeats"], 1, "{answer}");
    }
    for node in 0..house.nodes.len() {
        let caller = (node, token.as_str());
        let usage = read(house, caller, &format!("/api/license/{key}/usage")).await;
        assert_eq!(usage["currentSeats"], 1, "{usage}");
        let history = read(house, caller, &format!("/api/license/{key}/history")).await;
        let lines = history.as_array().expect("a list").iter();
        let told = lines.filter(|line| line["action"] == "activated").count();
        assert_eq!(told, 1, "{history}");
    }
}

async fn race_for_first_contact(house: &House) {
    let token = new_token(house.engine(), house.shop.actor.tenant(), "verify,generate").await;
    let body = json!({ "hardwareId": "one device", "productName": "Atlas" });
    let contacts = (0..CLIENTS).map(|client| {
        let (body, caller) = (&body, (client, token.as_str()));
        async move { ask(house, caller, "/api/license/validate", body).await }
    });
    let mut answers = join_all(contacts).await;
    // A date that was counted again would be another one by now.
    house.clock.advance_seconds(60);
    for node in 0..house.nodes.len() {
        let caller = (node, token.as_str());
        answers.push(ask(house, caller, "/api/license/validate", &body).await);
        let path = "/api/license/device-history/one%20device";
        let history = read(house, caller, path).await;
        assert_eq!(history["totalCount"], 1, "{history}");
        assert_eq!(history["items"][0]["action"], "first_contact");
    }
    for answer in &answers {
        assert_eq!(answer["status_code"], 200, "{answer}");
        assert_eq!(answer["status"], "trial", "{answer}");
        assert_eq!(answer["expirationDate"], answers[0]["expirationDate"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_devices_that_race_for_five_seats_five_win_on_each_database() {
    on_each(race_for_seats).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_devices_that_race_for_five_seats_on_two_servers_five_win() {
    on_two_nodes(race_for_seats).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_activations_of_one_device_at_once_take_one_seat_and_are_told_once() {
    on_each(race_of_one_device).await;
    on_two_nodes(race_of_one_device).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_first_contacts_on_two_servers_have_one_date() {
    on_each(race_for_first_contact).await;
    on_two_nodes(race_for_first_contact).await;
}
