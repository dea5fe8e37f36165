//! Rate limits as callers meet them: floods and guesses are slowed, known devices are not.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use engine::licenses::generate::{self, Side};
use engine::{Actor, Engine, products, tenants};
use reqwest::{Client, RequestBuilder};
use sandbox::Options;
use serde_json::{Value, json};
use server::assets::Site;
use server::boot::Running;
use server::middleware::rate_limit::{RateLimitSettings, RateLimits, Ticks};
use server::state::ServerState;
use tokio::net::TcpListener;

use crate::api::stage::new_token;
use crate::database::TestDatabase;
use crate::program::Program;

const VALIDATE: &str = "/api/license/validate";
const ACTIVATE: &str = "/api/license/activate";
const UNKNOWN: &str = "AAAA-AAAA-AAAA-AAAA";
const GUESSER: &str = "198.51.100.1";
const OTHER: &str = "198.51.100.2";

/// A server behind a proxy, whose limits tick only when a test says so.
struct Gate {
    engine: Engine,
    actor: Actor,
    token: String,
    seconds: Arc<AtomicU64>,
    url: String,
    client: Client,
    running: Running,
    _database: TestDatabase,
}

struct Answer {
    status: u16,
    headers: reqwest::header::HeaderMap,
    json: Value,
}

impl Answer {
    fn number(&self, header: &str) -> Option<u64> {
        self.headers.get(header)?.to_str().ok()?.parse().ok()
    }

    /// Asserts that it is a refusal that says all that a caller wants to know.
    fn assert_refused(&self) {
        assert_eq!(self.status, 429, "{}", self.json);
        let wait = self.number("retry-after").expect("it says when");
        assert!((1..=60).contains(&wait), "{wait}");
        let message = format!(
            "Too many calls came from this address, or too many with keys that do not exist. Try \
             again after {wait} seconds."
        );
        let whole = json!({ "error": "rate_limited", "message": message });
        assert_eq!(self.json, whole);
        let reset = self.number("x-ratelimit-reset").expect("it says when");
        assert!(reset >= wait);
        assert_eq!(self.number("x-ratelimit-remaining"), Some(0));
        assert_eq!(self.headers["cache-control"], "no-store");
        assert!(self.headers.contains_key("x-request-id"));
    }
}

impl Gate {
    async fn open((address, token, guesses): (u32, u32, u32)) -> Self {
        let database = TestDatabase::sqlite();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let engine = Engine::start(database.parts(&url).await)
            .await
            .expect("the engine starts");
        let seconds = Arc::new(AtomicU64::new(0));
        let hand = seconds.clone();
        let ticks = Ticks::new(move || Duration::from_secs(hand.load(Ordering::SeqCst)));
        let settings = RateLimitSettings {
            address: address.try_into().ok(),
            token: token.try_into().ok(),
            guesses: guesses.try_into().ok(),
        };
        let site = Site::load().expect("the site, or none");
        let state = ServerState::new(engine.clone(), site, None)
            .with_trusted_proxies("127.0.0.1".parse().expect("an address"))
            .with_rate_limits(RateLimits::new(settings, ticks));
        let actor = open_shop(&engine).await;
        Self {
            token: new_token(&engine, actor.tenant(), "verify,generate,manage").await,
            engine,
            actor,
            seconds,
            url,
            client: Client::builder().no_proxy().build().expect("a client"),
            running: Running::start(listener, state).expect("the server starts"),
            _database: database,
        }
    }

    async fn send(&self, request: RequestBuilder, address: &str) -> Answer {
        let request = request.header("x-forwarded-for", address);
        let response = request.send().await.expect("is answered");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("the answer is whole");
        Answer {
            status,
            headers,
            json: serde_json::from_str(&text).unwrap_or_default(),
        }
    }

    async fn get(&self, address: &str, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request.bearer_auth(&self.token), address).await
    }

    async fn post(&self, address: &str, path: &str, body: &Value) -> Answer {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        self.send(request.bearer_auth(&self.token), address).await
    }

    async fn validate(&self, address: &str, key: &str, device: &str) -> Answer {
        self.post(address, VALIDATE, &on_device(key, device)).await
    }

    /// A key that is activated on the device `PC`.
    async fn known_key(&self, address: &str) -> String {
        let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
        let wish = serde_json::from_value(wish).expect("a form");
        let made = generate::execute(&self.engine, &self.actor, &wish, Side::Live).await;
        let key = made.expect("is made")[0].activation_key.to_string();
        let activated = self.post(address, ACTIVATE, &on_device(&key, "PC")).await;
        assert_eq!(activated.status, 200, "{}", activated.json);
        key
    }

    async fn problems(&self) -> Vec<Value> {
        let dashboard = self.get("192.0.2.99", "/api/dashboard").await.json;
        let problems = dashboard["problems"].as_array().expect("a list").iter();
        problems
            .filter(|problem| problem["kind"] == "keysGuessed")
            .cloned()
            .collect()
    }
}

fn on_device(key: &str, device: &str) -> Value {
    json!({ "activationKey": key, "hardwareId": device, "productName": "Atlas",
        "email": "ann@example.com" })
}

async fn open_shop(engine: &Engine) -> Actor {
    let tenant = tenants::create::execute(engine, "Acme").await;
    let actor = Actor::system(tenant.expect("is made"));
    let product = json!({ "name": "Atlas", "defaultLicenseDays": 30, "trialDays": 14 });
    let product = serde_json::from_value(product).expect("a form");
    let made = products::create::execute(engine, &actor, &product).await;
    made.expect("the product is made");
    actor
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_from_one_address_waits_and_another_address_goes_on() {
    let gate = Gate::open((10, 5, 0)).await;
    for remaining in (0..5).rev() {
        let answer = gate.get(GUESSER, "/api/product/").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.number("x-ratelimit-limit"), Some(5));
        assert_eq!(answer.number("x-ratelimit-remaining"), Some(remaining));
        assert_eq!(
            answer.number("x-ratelimit-reset"),
            Some((5 - remaining) * 12)
        );
    }
    let refused = gate.get(GUESSER, "/api/product/").await;
    refused.assert_refused();
    assert_eq!(refused.number("retry-after"), Some(12));
    assert_eq!(gate.get(OTHER, "/api/product/").await.status, 200);
    gate.seconds.fetch_add(12, Ordering::SeqCst);
    assert_eq!(gate.get(GUESSER, "/api/product/").await.status, 200);
    gate.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_an_address_waits_as_well_and_only_for_the_api() {
    let gate = Gate::open((3, 0, 0)).await;
    let anonymous = |path: &str| gate.client.get(format!("{}{path}", gate.url));
    for _ in 0..3 {
        let answer = gate.send(anonymous("/api/product/"), GUESSER).await;
        assert_eq!(answer.status, 401);
    }
    let refused = gate.send(anonymous("/api/product/"), GUESSER).await;
    refused.assert_refused();
    for path in ["/healthz", "/readyz", "/sign-in"] {
        let answer = gate.send(anonymous(path), GUESSER).await;
        assert_ne!(answer.status, 429, "{path}");
        assert_eq!(answer.number("x-ratelimit-limit"), None, "{path}");
    }
    let webhook = format!("{}/api/stripe/webhook", gate.url);
    for _ in 0..10 {
        let delivery = gate.client.post(&webhook).body("{}");
        assert_eq!(gate.send(delivery, GUESSER).await.status, 400);
    }
    gate.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guesses_wait_while_a_known_device_validates_sixty_times_from_the_same_address() {
    let gate = Gate::open((0, 0, 5)).await;
    let key = gate.known_key(GUESSER).await;
    for path in [VALIDATE, ACTIVATE, "/api/license/features/csv", VALIDATE] {
        let guess = gate.post(GUESSER, path, &on_device(UNKNOWN, "PC")).await;
        assert!([200, 404].contains(&guess.status), "{path}: {}", guess.json);
    }
    assert_eq!(gate.problems().await, Vec::<Value>::new());
    let usage = format!("/api/license/{UNKNOWN}/usage");
    assert_eq!(gate.get(GUESSER, &usage).await.status, 404);
    for path in [VALIDATE, ACTIVATE, "/api/license/features/csv"] {
        let guess = gate.post(GUESSER, path, &on_device(UNKNOWN, "PC")).await;
        guess.assert_refused();
    }
    gate.get(GUESSER, &usage).await.assert_refused();
    // A key that exists is not told from one that does not.
    gate.validate(GUESSER, &key, "another")
        .await
        .assert_refused();
    for _ in 0..60 {
        let known = gate.validate(GUESSER, &key, " pc ").await;
        assert_eq!(known.json["status"], "licensed", "{}", known.json);
    }
    gate.validate(GUESSER, &key, "PC").await.assert_refused();
    let trial = gate.validate(GUESSER, "", "new").await;
    assert_eq!(trial.json["status"], "trial", "{}", trial.json);
    assert_eq!(gate.get(GUESSER, "/api/product/").await.status, 200);
    assert_eq!(gate.validate(OTHER, UNKNOWN, "PC").await.status, 200);
    let problems = gate.problems().await;
    assert_eq!(problems.len(), 1, "{problems:?}");
    let title = problems[0]["title"].as_str().expect("a title");
    assert!(title.ends_with("from 1 address"), "{title}");
    gate.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_known_device_is_heard_through_a_flood_from_its_address() {
    let gate = Gate::open((20, 0, 0)).await;
    let key = gate.known_key(GUESSER).await;
    while gate.get(GUESSER, "/api/product/").await.status == 200 {}
    gate.validate(GUESSER, UNKNOWN, "PC").await.assert_refused();
    gate.validate(GUESSER, "", "new").await.assert_refused();
    for _ in 0..20 {
        let known = gate.validate(GUESSER, &key, "PC").await;
        assert_eq!(known.json["status"], "licensed", "{}", known.json);
        assert_eq!(known.number("x-ratelimit-limit"), Some(60));
        let again = gate.post(GUESSER, ACTIVATE, &on_device(&key, "PC")).await;
        assert_eq!(again.status, 200, "{}", again.json);
    }
    let back = json!({ "licenseKey": key, "hardwareId": "pc", "productName": "Atlas" });
    let back = gate.post(GUESSER, "/api/license/deactivate", &back).await;
    assert_eq!(back.status, 200, "{}", back.json);
    gate.validate(GUESSER, &key, "PC").await.assert_refused();
    gate.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validation_that_knows_the_key_or_was_given_none_is_no_guess() {
    let gate = Gate::open((0, 0, 2)).await;
    let key = gate.known_key(GUESSER).await;
    let no_product = json!({ "hardwareId": "PC", "productName": "Nonsense" });
    for _ in 0..3 {
        let elsewhere = gate.validate(GUESSER, &key, "another").await;
        assert_eq!(elsewhere.json["code"], "hardware_mismatch");
        let nothing = gate.post(GUESSER, VALIDATE, &no_product).await;
        assert_eq!(nothing.json["code"], "not_found");
        let usage = gate
            .get(GUESSER, &format!("/api/license/{key}/usage"))
            .await;
        assert_eq!(usage.status, 404, "it has no seats to tell: {}", usage.json);
    }
    for status in [200, 200, 429] {
        assert_eq!(gate.validate(GUESSER, UNKNOWN, "PC").await.status, status);
    }
    gate.running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_the_same_however_its_header_is_written() {
    let gate = Gate::open((0, 4, 0)).await;
    let mut statuses = Vec::new();
    for scheme in [
        "Bearer ",
        "ExisOneApi ",
        "bearer  ",
        "EXISONEAPI    ",
        "beaRer ",
    ] {
        let request = gate.client.get(format!("{}/api/product/", gate.url));
        let request = request.header("authorization", format!("{scheme}{}", gate.token));
        statuses.push(gate.send(request, GUESSER).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
    gate.running.stop().await;
}

/// Asserts that the program answers so many calls, and that the next one waits.
async fn assert_answered(program: &Program, count: usize) {
    for _ in 0..count {
        let answer = program.get("/api/product/").await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers()["x-ratelimit-limit"], count.to_string());
    }
    let refused = program.get("/api/product/").await;
    assert_eq!(refused.status().as_u16(), 429);
    let wait = refused.headers()["retry-after"].to_str().expect("a text");
    let wait: u64 = wait.parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_keeps_the_usual_limits_or_those_of_its_file_and_its_variables() {
    let mut program = Program::start(Options::default()).await;
    let usual = program.get("/api/product/").await;
    assert_eq!(usual.headers()["x-ratelimit-limit"], "600");
    assert!(program.processes[0].stop());
    // The program looks for it where it is started.
    let file = program.data().with_file_name("exisone.toml");
    fs::write(file, "rate_limit_address = 2\n").expect("it is written");
    program.serve(0).await;
    assert_answered(&program, 2).await;
    assert!(program.processes[0].stop());
    program.set(&[
        ("EXISONE_RATE_LIMIT_ADDRESS", "off"),
        ("EXISONE_RATE_LIMIT_TOKEN", "1"),
    ]);
    program.serve(0).await;
    assert_answered(&program, 1).await;
}
