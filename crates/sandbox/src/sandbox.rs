//! A running sandbox, and the handle that tests hold.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::{any, get};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::checkout::pay::{self, Buyer, Outcome, PayRefusal};
use crate::checkout::{page, settle};
use crate::clock::{Clock, Dice};
use crate::control::requests::{Endpoint, EventRequest, MadeEvent, NewEndpoint};
use crate::control::routes;
use crate::faults::Faults;
use crate::inner::Inner;
use crate::mailbox::{self, Mail, smtp};
use crate::options::Options;
use crate::state_file;
use crate::stripe::door;
use crate::tools::Tools;
use crate::webhooks::delivery::Delivery;
use crate::webhooks::sender;
use crate::world::{SeenRequest, World};

/// A Stripe and a mailbox on loopback; both end when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    inner: Arc<Inner>,
    tasks: JoinSet<()>,
    state_file: Option<PathBuf>,
}

impl Sandbox {
    /// Starts both; refuses addresses that other machines could reach.
    pub async fn start(options: Options) -> io::Result<Self> {
        let http = bind(options.listen).await?;
        let smtp = bind(options.smtp).await?;
        let inner = Arc::new(inner(&options, &http, &smtp)?);
        inner.lock().wake_up(inner.tools.clock.now());
        let mut tasks = JoinSet::new();
        let app = app(Arc::clone(&inner));
        tasks.spawn(async move {
            if let Err(error) = axum::serve(http, app).await {
                tracing::error!(%error, "the sandbox stopped listening");
            }
        });
        tasks.spawn(smtp::run(Arc::clone(&inner), smtp));
        tasks.spawn(sender::run(Arc::clone(&inner)));
        if let Some(path) = options.state_file.clone() {
            tasks.spawn(state_file::run(Arc::clone(&inner), path));
        }
        Ok(Self {
            inner,
            tasks,
            state_file: options.state_file,
        })
    }

    /// `http://127.0.0.1:PORT`: the API's base, the checkout page's, the controls'.
    pub fn base_url(&self) -> &str {
        &self.inner.tools.base_url
    }

    /// Where mail goes.
    pub fn smtp_addr(&self) -> SocketAddr {
        self.inner.smtp
    }

    /// The sandbox's time; after moving it call [`Sandbox::wake`].
    pub fn clock(&self) -> &Clock {
        &self.inner.tools.clock
    }

    /// Looks anew at what is due.
    pub fn wake(&self) {
        self.inner.touch();
    }

    /// Makes several keys one account, speaking `version` where one is given; answers its id.
    pub fn account(&self, keys: &[&str], version: Option<&str>) -> Result<String, String> {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        self.inner.join_keys(&keys, version)
    }

    /// Registers a webhook endpoint.
    pub fn register_endpoint(&self, new: &NewEndpoint) -> Endpoint {
        self.inner.register(new)
    }

    /// Gives an endpoint a new secret; the old one signs along for so many hours.
    pub fn roll_secret(&self, endpoint: &str, overlap_hours: i64) -> Option<Endpoint> {
        self.inner.roll(endpoint, None, overlap_hours)
    }

    /// Ends a checkout as `buyer@example.com`; answers the session as it is then.
    pub fn pay(&self, session: &str, outcome: Outcome) -> Result<Value, PayRefusal> {
        self.pay_as(session, outcome, &Buyer::default())
    }

    /// Ends a checkout as the given buyer.
    pub fn pay_as(
        &self,
        session: &str,
        outcome: Outcome,
        buyer: &Buyer,
    ) -> Result<Value, PayRefusal> {
        let decision = (outcome, buyer);
        let paid = pay::pay(&mut self.inner.lock(), &self.inner.tools, session, decision);
        self.inner.touch();
        paid
    }

    /// Ends a delayed payment as its buyer chose.
    pub fn settle(&self, session: &str) -> Result<Value, PayRefusal> {
        let settled = settle::settle(&mut self.inner.lock(), &self.inner.tools, session, None);
        self.inner.touch();
        settled
    }

    /// Makes an event by hand, and sends it where it should go.
    pub fn event(&self, request: EventRequest) -> MadeEvent {
        self.inner.make(request)
    }

    /// The `Stripe-Signature` for a body, signed now or at a UTC unix second.
    pub fn sign(&self, secret: &str, body: &str, seconds: Option<i64>) -> String {
        self.inner.sign(secret, body, seconds)
    }

    /// Sends an event once more to all its endpoints; none when it is not known.
    pub fn resend(&self, event: &str) -> Option<usize> {
        self.inner.resend(event)
    }

    /// Every delivery so far with its attempts, in the order of their making.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.inner.lock().deliveries.clone()
    }

    /// Makes one delivery due now; false when it is not known.
    pub fn send_delivery(&self, id: &str) -> bool {
        self.inner.send_delivery(id)
    }

    /// Makes every waiting and held delivery due now; answers how many.
    pub fn retry(&self) -> usize {
        self.inner.retry()
    }

    /// Waits until all first attempts and all due retries ended; false after ten seconds.
    pub async fn idle(&self) -> bool {
        self.inner.idle(Duration::from_secs(10)).await
    }

    /// The switches as they stand.
    pub fn faults(&self) -> Faults {
        self.inner.lock().faults.clone()
    }

    /// Sets all switches.
    pub fn set_faults(&self, faults: Faults) {
        self.inner.lock().faults = faults;
        self.inner.touch();
    }

    /// What the API was asked so far; of more than 10,000 requests the newest.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.inner.lock().requests.iter().cloned().collect()
    }

    /// All mails so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        self.inner.lock().mails.clone()
    }

    /// Waits until so many mails came, at most ten seconds; answers all there are then.
    pub async fn wait_for_mails(&self, count: usize) -> Vec<Mail> {
        let enough = |world: &World| (world.mails.len() >= count).then_some(());
        self.inner.wait_for(Duration::from_secs(10), enough).await;
        self.mails()
    }

    /// Writes the state file a last time and ends.
    pub fn stop(mut self) -> io::Result<()> {
        self.tasks.abort_all();
        match &self.state_file {
            Some(path) => state_file::save(&self.inner, path),
            None => Ok(()),
        }
    }
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    if !address.ip().is_loopback() {
        let message =
            format!("{address} is no loopback address; the sandbox is for this machine only");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    TcpListener::bind(address).await
}

fn inner(options: &Options, http: &TcpListener, smtp: &TcpListener) -> io::Result<Inner> {
    let mut world = match &options.state_file {
        Some(path) => state_file::load(path)?,
        None => World::default(),
    };
    world.retry_delays.clone_from(&options.retry_delays);
    let tools = Tools {
        clock: Clock::default(),
        dice: Dice::new(options.seed),
        base_url: format!("http://{}", http.local_addr()?),
        settle_after: options.settle_after,
    };
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(Duration::from_millis(options.webhook_timeout))
        .build()
        .map_err(io::Error::other)?;
    Ok(Inner::new(world, tools, client, smtp.local_addr()?))
}

fn app(inner: Arc<Inner>) -> Router {
    Router::new()
        .route("/", get(|| async { Redirect::to("/mailbox") }))
        .route("/c/pay/{session}", get(page::show).post(page::submit))
        .route("/mailbox", get(mailbox::page::list))
        .route("/mailbox/{id}", get(mailbox::page::view))
        .nest("/_sandbox", routes::router())
        .route("/v1/{*path}", any(door::answer))
        .fallback(missing)
        .with_state(inner)
}

async fn missing(State(_): State<Arc<Inner>>) -> Response {
    let body = "<main><h1>Page not found</h1><p><a href=\"/mailbox\">Mailbox</a></p></main>";
    let mut response = crate::html::page("Page not found", body);
    *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
    response
}
