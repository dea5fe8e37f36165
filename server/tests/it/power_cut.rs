//! A power cut takes back nothing that a program was told: seats and first contacts outlive a kill, with
//! their dates.

use std::collections::BTreeMap;

use futures::future::join_all;
use sandbox::Options;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::program::Program;

const DEVICES: usize = 40;
const ACTIVATE: &str = "/api/license/activate";
const VALIDATE: &str = "/api/license/validate";

/// A product with a trial, and a key with a seat for each device.
async fn with_seats(program: &Program) -> (Value, String) {
    let product = json!({ "name": "Borealis", "trialDays": 14, "maxSeats": DEVICES });
    let product = program.call("/api/product/", Some(&product)).await;
    let wish = json!({ "productName": "Borealis", "email": "ann@example.com" });
    let made = program
        .call("/api/activationkey/generate", Some(&wish))
        .await;
    let key = made.expect("it answers")["activationKey"].clone();
    let id = product.expect("it answers")["id"].clone();
    (id, key.as_str().expect("a key").to_owned())
}

/// Every device activates the key or, if its number is odd, asks for a trial.
fn question(number: usize, key: &str) -> (&'static str, Value) {
    let (path, key) = match number % 2 {
        0 => (ACTIVATE, key),
        _ => (VALIDATE, ""),
    };
    let body = json!({ "activationKey": key, "email": "ann@example.com", "productName": "Borealis",
        "hardwareId": device(number) });
    (path, body)
}

fn device(number: usize) -> String {
    format!("DEVICE-{number}")
}

/// All ask at once, and once half of them are answered the server is dead. Who was answered, and what.
async fn ask_until_the_cut(program: &Program, key: &str) -> Vec<(usize, Value)> {
    let answered = watch::Sender::new(0);
    let asked = (0..DEVICES).map(async |number| {
        let (path, body) = question(number, key);
        let answer = program.call(path, Some(&body)).await?;
        answered.send_modify(|count| *count += 1);
        Some((number, answer))
    });
    let cut = async {
        let mut count = answered.subscribe();
        let half = count.wait_for(|count| *count >= DEVICES / 2).await;
        drop(half.expect("the sender lives"));
        program.processes[0].kill();
    };
    let (answers, ()) = futures::join!(join_all(asked), cut);
    answers.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activations_and_first_contacts_that_were_answered_outlive_a_kill() {
    let program = Program::start(Options::default()).await;
    let (product, key) = with_seats(&program).await;
    let answered = ask_until_the_cut(&program, &key).await;
    assert!(answered.len() >= DEVICES / 2);
    program.serve(0).await;
    let read = async |path: &str| program.call(path, None).await.expect("it answers");
    let usage = read(&format!("/api/license/{key}/usage")).await;
    let seats = seats(&program, &key).await;
    assert_eq!(usage["currentSeats"], seats.len(), "a seat for each");
    for (number, answer) in &answered {
        let device = device(*number);
        let kept = read(&format!("/api/device/{product}/{device}")).await;
        if number % 2 == 0 {
            assert_eq!(answer["hardwareId"], device);
            assert_eq!(
                seats.get(&device),
                Some(&kept["firstActivatedAt"]),
                "{device}"
            );
        } else {
            assert_eq!(answer["status"], "trial", "{device}");
            assert_eq!(kept["trialEndsAt"], answer["expirationDate"], "{device}");
        }
    }
    // Once more they are told the same, and no other seat is taken.
    for (number, answer) in &answered {
        let (path, body) = question(*number, &key);
        let again = program.call(path, Some(&body)).await.expect("it answers");
        for field in ["hardwareId", "status", "expirationDate"] {
            assert_eq!(again[field], answer[field], "{}", device(*number));
        }
    }
    assert_eq!(self::seats(&program, &key).await, seats);
    assert_eq!(read(&format!("/api/license/{key}/usage")).await, usage);
}

/// The devices that have a seat, and since when.
async fn seats(program: &Program, key: &str) -> BTreeMap<String, Value> {
    let path = format!("/api/license/{key}/devices?pageSize=200");
    let page = program.call(&path, None).await.expect("it answers");
    let all = page["items"].as_array().expect("a list").iter();
    let seat = |device: &Value| {
        assert_eq!(device["hasSeat"], true);
        let id = device["hardwareId"].as_str().expect("an id").to_owned();
        (id, device["activatedAt"].clone())
    };
    all.map(seat).collect()
}
