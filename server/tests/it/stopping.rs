//! The end of the server: what its last requests noted is in the database.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use domain::hardware_id::HardwareId;
use domain::program_form::ActivationForm;
use engine::keys::master_key::MasterKey;
use engine::licenses::generate::{self, Side};
use engine::licenses::{LicenseView, activate, history};
use engine::{Actor, Engine, Parts, devices, products, tenants};
use serde_json::json;
use server::assets::Site;
use server::boot::Running;
use server::outbound::entropy::SystemEntropy;
use server::state::ServerState;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::api::stage::new_token;
use crate::database::TestDatabase;
use crate::harness::{ShiftedClock, eventually};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const ELSEWHERE: &str = "198.51.100.7";
const DEVICE: &str = "PC";

/// An engine that can be started on the same database again.
async fn start(database: &TestDatabase, key: &str, clock: &Arc<ShiftedClock>) -> Engine {
    let key = MasterKey::parse(key).expect("a key");
    let engine = Engine::start(Parts {
        clock: clock.clone(),
        master_keys: Arc::new(key),
        ..database.parts("http://localhost").await
    });
    engine.await.expect("the engine starts")
}

/// A licence that is activated on the device at home.
async fn activated(engine: &Engine, actor: &Actor) -> LicenseView {
    let product = json!({ "name": "Atlas", "defaultLicenseDays": 30 });
    let product = serde_json::from_value(product).expect("a form");
    let made = products::create::execute(engine, actor, &product).await;
    made.expect("the product is made");
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let wish = serde_json::from_value(wish).expect("a form");
    let made = generate::execute(engine, actor, &wish, Side::Live).await;
    let license = made.expect("is generated").remove(0);
    let form = json!({ "activationKey": license.activation_key.to_string(), "hardwareId": DEVICE,
        "productName": "Atlas" });
    let form: ActivationForm = serde_json::from_value(form).expect("a form");
    let done = activate::execute(engine, actor, &form, HOME).await;
    assert!(done.is_ok(), "it is activated");
    license
}

/// Sends the head of a validation from elsewhere. The server reads it and asks for the body.
async fn begin(address: SocketAddr, (token, body): (&str, &str)) -> TcpStream {
    let head = format!(
        "POST /api/license/validate HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         x-forwarded-for: {ELSEWHERE}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(address).await.expect("opens");
    stream.write_all(head.as_bytes()).await.expect("is sent");
    let mut said: Vec<u8> = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        let read = stream.read_buf(&mut said).await.expect("an answer");
        assert!(read > 0, "the server asks for the body");
    }
    assert!(said.starts_with(b"HTTP/1.1 100 "));
    stream
}

/// Sends the body once nobody new is let in, and answers what comes back.
async fn end(mut stream: TcpStream, address: SocketAddr, body: &str) -> String {
    // The worker was told of the end before the listener was: it writes nothing more.
    eventually("nobody new is let in", async || {
        TcpStream::connect(address).await.is_err()
    })
    .await;
    stream.write_all(body.as_bytes()).await.expect("is sent");
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer).await;
    read.expect("an answer");
    answer
}

// On one thread: then who is woken first is served first.
#[tokio::test]
async fn what_a_request_notes_while_the_server_ends_is_written_before_the_database_closes() {
    let database = TestDatabase::sqlite();
    let key = MasterKey::generate(&SystemEntropy).to_text();
    let clock = Arc::new(ShiftedClock::default());
    let engine = start(&database, &key, &clock).await;
    let tenant = tenants::create::execute(&engine, "Acme").await;
    let actor = Actor::system(tenant.expect("the tenant is created"));
    let license = activated(&engine, &actor).await;
    let token = new_token(&engine, actor.tenant(), "verify").await;
    clock.advance_seconds(120);
    let asked_at = engine.now();
    let site = Site::load().expect("the site, or none");
    let proxies = "127.0.0.1".parse().expect("an address");
    let state = ServerState::new(engine, site, None).with_trusted_proxies(proxies);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let running = Running::start(listener, state).expect("the server starts");
    let address = running.address;
    let key_text = license.activation_key.to_string();
    let body = json!({ "activationKey": key_text, "hardwareId": DEVICE }).to_string();
    let stream = begin(address, (&token, &body)).await;
    let (answer, ()) = tokio::join!(end(stream, address, &body), running.stop());
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("\"code\":\"ok\""), "{answer}");

    let engine = start(&database, &key, &clock).await;
    let device = HardwareId::parse(DEVICE).expect("an id");
    let of = (license.product_id, &device);
    let device = devices::find::execute(&engine, &actor, of).await;
    let device = device.expect("it is known");
    assert!(device.last_seen_at >= asked_at, "{device:?}");
    assert_eq!(device.address, ELSEWHERE);
    let history = history::execute(&engine, &actor, license.id).await;
    let history = history.expect("it is read");
    let verbs: Vec<_> = history.iter().map(|line| &*line.verb).collect();
    assert_eq!(verbs, ["validated", "activated", "generated"]);
    assert_eq!(history[0].data["ipAddress"], ELSEWHERE);
    engine.db().close().await;
}
