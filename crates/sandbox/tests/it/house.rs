//! What the tests share: a sandbox, a client, and a shop that takes webhooks.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use sandbox::{Endpoint, NewEndpoint, Options, Sandbox};
use serde_json::Value;

pub const KEY: &str = "sk_test_house000000000000000001";

/// A webhook as the shop got it.
#[derive(Debug, Clone)]
pub struct Hook {
    pub signature: String,
    pub body: String,
    pub event: Value,
}

/// A shop that writes down every webhook and answers as it is told.
#[derive(Debug, Clone)]
pub struct Shop {
    pub url: String,
    hooks: Arc<Mutex<Vec<Hook>>>,
    answers: Arc<Mutex<Vec<u16>>>,
}

impl Shop {
    pub async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let shop = Self {
            url: format!("http://{address}/hook"),
            hooks: Arc::default(),
            answers: Arc::default(),
        };
        let app = Router::new()
            .route("/hook", post(take))
            .with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        shop
    }

    /// The statuses of the next answers; 200 after that.
    pub fn answer_with(&self, statuses: &[u16]) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = statuses.to_vec();
    }

    pub fn hooks(&self) -> Vec<Hook> {
        self.hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn types(&self) -> Vec<String> {
        let hooks = self.hooks();
        let types = hooks
            .iter()
            .map(|hook| hook.event["type"].as_str().expect("a type").to_owned());
        types.collect()
    }
}

async fn take(State(shop): State<Shop>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).expect("a body of text");
    let signature = headers["stripe-signature"].to_str().expect("a header");
    shop.hooks
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(Hook {
            signature: signature.to_owned(),
            event: serde_json::from_str(&body).expect("a body of JSON"),
            body,
        });
    let mut answers = shop.answers.lock().unwrap_or_else(PoisonError::into_inner);
    let status = if answers.is_empty() {
        200
    } else {
        answers.remove(0)
    };
    StatusCode::from_u16(status).expect("a status")
}

pub async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default())
        .await
        .expect("a sandbox on free ports")
}

/// A sandbox with a shop that wants the given events.
pub async fn sandbox_and_shop(events: &[&str]) -> (Sandbox, Shop, Endpoint) {
    let sandbox = sandbox().await;
    let shop = Shop::open().await;
    let mut endpoint = NewEndpoint::new(KEY, &shop.url);
    endpoint.enabled_events = events.iter().map(|&name| name.to_owned()).collect();
    let endpoint = sandbox.register_endpoint(&endpoint);
    (sandbox, shop, endpoint)
}

/// A client that follows no redirect.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .expect("a client")
}

/// POST of a form under /v1.
pub async fn post_form(sandbox: &Sandbox, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let request = client()
        .post(format!("{}{path}", sandbox.base_url()))
        .bearer_auth(KEY)
        .form(form);
    answer_of(request).await
}

/// GET under /v1.
pub async fn get_json(sandbox: &Sandbox, path: &str) -> (u16, Value) {
    let request = client()
        .get(format!("{}{path}", sandbox.base_url()))
        .bearer_auth(KEY);
    answer_of(request).await
}

pub async fn answer_of(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

/// A new session over three pieces of 9.99 euro with a product id in both metadata.
pub async fn new_session(sandbox: &Sandbox) -> Value {
    let (status, session) = post_form(sandbox, "/v1/checkout/sessions", &SESSION).await;
    assert_eq!(status, 200, "{session}");
    session
}

pub const SESSION: [(&str, &str); 9] = [
    ("mode", "payment"),
    (
        "success_url",
        "http://127.0.0.1:1/done?session_id={CHECKOUT_SESSION_ID}",
    ),
    ("cancel_url", "http://127.0.0.1:1/back"),
    ("line_items[0][price_data][currency]", "eur"),
    ("line_items[0][price_data][unit_amount]", "999"),
    (
        "line_items[0][price_data][product_data][name]",
        "Photo <Pro>",
    ),
    ("line_items[0][quantity]", "3"),
    ("metadata[productId]", "7"),
    ("payment_intent_data[metadata][productId]", "7"),
];

pub fn id_of(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}
