//! A real server on a port of its own, and a client that sends a token.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::stripe_signature;
use engine::keys::master_key::MasterKey;
use engine::ports::{
    CheckoutRequest, CheckoutSession, Clock as _, MailRefusal, Mailer, OutgoingMail, Stripe,
    StripeProblem,
};
use engine::tokens::create::{self, NewToken};
use engine::{Actor, Engine, Parts};
use reqwest::{Client, Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use server::boot::{Running, load_site};
use server::outbound::entropy::SystemEntropy;
use server::outbound::smtp::SmtpServers;
use server::state::ServerState;
use store::Db;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use crate::harness::ShiftedClock;

pub const SIGNING_SECRET: &str = "whsec_abcdefghijklmnopqrstuvwxyz012345";

/// A running server with one tenant and a token that may do everything.
pub struct Stage {
    pub engine: Engine,
    pub clock: Arc<ShiftedClock>,
    pub stripe: Arc<StubStripe>,
    pub tenant: TenantId,
    pub token: String,
    base: String,
    client: Client,
    running: Running,
    _directory: TempDir,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Status, code and field of a refusal.
    pub fn refusal(&self) -> (u16, String, String) {
        let json = self.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        assert!(!text("message").is_empty(), "{json}");
        (self.status, text("error"), text("field"))
    }
}

impl Stage {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let url = format!("sqlite://{}", directory.path().join("test.db").display());
        let db = Db::open(&url).await.expect("the database opens");
        db.migrate().await.expect("the migrations apply");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let stripe = Arc::new(StubStripe::default());
        let clock = Arc::new(ShiftedClock::default());
        let parts = Parts {
            db,
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
            mailer: Some(Arc::new(EveryMail)),
            mail_servers: Arc::new(SmtpServers),
            stripe: stripe.clone(),
            master_keys: Arc::new(MasterKey::generate(&SystemEntropy)),
            public_url: base.clone(),
        };
        let engine = Engine::start(parts).await.expect("the engine starts");
        let site = load_site().expect("a site, or none");
        let state = ServerState::new(engine.clone(), site, None);
        let running = Running::start(listener, state).expect("the server starts");
        let tenant = new_tenant(&engine, "Acme").await;
        let token = new_token(&engine, tenant, "verify,generate,email,manage").await;
        Self {
            engine,
            clock,
            stripe,
            tenant,
            token,
            base,
            client: Client::builder().no_proxy().build().expect("a client"),
            running,
            _directory: directory,
        }
    }

    /// Ends the server.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// A token of the first tenant with these permissions.
    pub async fn token_with(&self, permissions: &str) -> String {
        new_token(&self.engine, self.tenant, permissions).await
    }

    /// A request with the stage's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.anonymous(method, path)
            .header("Authorization", format!("ExisOneApi {}", self.token))
    }

    /// A request without a token.
    pub fn anonymous(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Reply {
        send(self.request(Method::GET, path)).await
    }

    /// What a 200 says.
    pub async fn read(&self, path: &str) -> Value {
        let reply = self.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        reply.json()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        send(self.request(Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        send(self.request(Method::DELETE, path)).await
    }

    /// Sends a call with an Idempotency-Key and hangs up before it is answered.
    pub async fn post_and_hang_up(&self, path: &str, key: &str, body: &Value) {
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: exisone\r\nAuthorization: ExisOneApi {}\r\n\
             Idempotency-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            self.token,
            body.len()
        );
        let address = self.running.address;
        let mut socket = TcpStream::connect(address).await.expect("connects");
        let bytes = head + &body;
        socket.write_all(bytes.as_bytes()).await.expect("is sent");
    }

    /// What a 201 says.
    pub async fn make(&self, path: &str, body: &Value) -> Value {
        let reply = self.post(path, body).await;
        assert_eq!(reply.status, 201, "{path}: {}", reply.text);
        reply.json()
    }

    /// A test app that is ready, and its webhook's path.
    pub async fn make_app(&self) -> (Value, String) {
        let app = self
            .make(
                "/api/stripe/apps",
                &json!({ "name": "Store", "secretKey": "sk_test_abcdefghijklmnopqrstuvwx",
                    "webhookSigningSecret": SIGNING_SECRET, "isLive": false, "isDefault": true }),
            )
            .await;
        let url = app["webhookUrl"].as_str().expect("a URL").to_owned();
        let path = url.strip_prefix(&self.base).expect("our own URL");
        let path = path.to_owned();
        (app, path)
    }

    /// Delivers an event as Stripe does.
    pub async fn deliver(&self, path: &str, event: &Value, secret: &str) -> Reply {
        let body = event.to_string();
        let signature = stripe_signature::sign(secret, self.clock.now(), body.as_bytes());
        let request = self
            .anonymous(Method::POST, path)
            .header("Stripe-Signature", signature)
            .header("Content-Type", "application/json")
            .body(body);
        send(request).await
    }
}

/// A paid test checkout of a product.
pub fn paid(number: u32, product: &Value) -> Value {
    json!({
        "id": format!("evt_{number}"), "object": "event", "type": "checkout.session.completed",
        "livemode": false, "api_version": "2024-04-10", "created": 1_795_435_200,
        "data": { "object": {
            "id": format!("cs_test_{number}"), "object": "checkout.session", "mode": "payment",
            "payment_status": "paid", "payment_intent": format!("pi_{number}"),
            "amount_total": 4_900, "currency": "eur", "livemode": false,
            "customer_details": { "email": "ann@example.com" },
            "metadata": { "productId": product.to_string() },
        } },
    })
}

pub async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.expect("the server answers");
    Reply {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.expect("the answer is whole"),
    }
}

pub async fn new_tenant(engine: &Engine, name: &str) -> TenantId {
    engine::tenants::create::execute(engine, name)
        .await
        .expect("the tenant is made")
}

pub async fn new_token(engine: &Engine, tenant: TenantId, permissions: &str) -> String {
    let new = NewToken {
        name: "Test".into(),
        permissions: permissions.parse().expect("known words"),
        expires_at: None,
    };
    let made = create::execute(engine, &Actor::system(tenant), &new)
        .await
        .expect("the token is made");
    made.token.expose_secret().to_owned()
}

/// What is no token beside two that are: texts that cannot be one, a public half that nobody has, and
/// each half of one with the other's. The last three are as well formed as the two.
pub fn wrong_tokens(own: &str, other: &str) -> Vec<String> {
    let halves = |token: &str| {
        let (public, secret) = token.rsplit_once('_').expect("two halves");
        (public.to_owned(), secret.to_owned())
    };
    let ((public, secret), (other_public, other_secret)) = (halves(own), halves(other));
    let unknown = format!("exo_at_{}", "0".repeat(16));
    assert_eq!(unknown.len(), public.len());
    vec![
        String::new(),
        "x".to_owned(),
        own[..own.len() - 1].to_owned(),
        format!("{unknown}_{secret}"),
        format!("{public}_{other_secret}"),
        format!("{other_public}_{secret}"),
    ]
}

/// A mail server that takes everything.
struct EveryMail;

#[async_trait]
impl Mailer for EveryMail {
    async fn send(&self, _: &OutgoingMail) -> Result<String, MailRefusal> {
        Ok("250 OK".into())
    }
}

/// A Stripe that makes every page until it is told of a problem.
#[derive(Default)]
pub struct StubStripe(Mutex<Option<StripeProblem>>);

impl StubStripe {
    /// Every call ends in this problem from now on.
    pub fn set_problem(&self, problem: StripeProblem) {
        *self.0.lock().expect("no test panics inside") = Some(problem);
    }

    /// Calls end well again.
    pub fn mend(&self) {
        *self.0.lock().expect("no test panics inside") = None;
    }

    fn check(&self) -> Result<(), StripeProblem> {
        let problem = self.0.lock().expect("no test panics inside").clone();
        problem.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Stripe for StubStripe {
    async fn create_checkout_session(
        &self,
        _: &SecretString,
        request: &CheckoutRequest,
    ) -> Result<CheckoutSession, StripeProblem> {
        self.check()?;
        Ok(CheckoutSession {
            id: format!("cs_test_{}", request.order_id.get().simple()),
            url: "https://checkout.example/pay".into(),
            amount_minor: request.unit_minor * i64::from(request.quantity),
            currency: request.currency.to_uppercase(),
        })
    }

    async fn retrieve_event(&self, _: &SecretString, _: &str) -> Result<String, StripeProblem> {
        self.check()?;
        Err(StripeProblem::NotFound)
    }

    async fn check_key(&self, _: &SecretString) -> Result<(), StripeProblem> {
        self.check()
    }
}
