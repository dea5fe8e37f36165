//! `/metrics`: what happened in this process, and how the whole installation stands, as Prometheus
//! reads it. `docs/operating.md` says what each number means and when to be woken by it.
//!
//! Labels are templates and words from fixed lists, never anything that a caller wrote.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use domain::event_log::Processing;
use domain::mail_state::MailState;
use engine::monitor::{self, Reading};
use engine::{Engine, live};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::boot::BootError;
use crate::state::ServerState;

/// How long requests took, by method, route and status.
pub const REQUEST_SECONDS: &str = "exisone_http_request_seconds";
const DELIVERIES: &str = "exisone_webhook_deliveries_total";
const READABLE: &str = "exisone_database_readable";
const EVENTS: &str = "exisone_events_last_hour";
const MAILS: &str = "exisone_mails_last_hour";
const LICENSES: &str = "exisone_licenses_issued_last_hour";
const IN_REVIEW: &str = "exisone_orders_in_review";
const JOBS: &str = "exisone_jobs";
const OLDEST: &str = "exisone_oldest_waiting_job_seconds";
const LIVE_STREAMS: &str = "exisone_live_streams";
const BUILD: &str = "exisone_build_info";

/// Seconds; the answer to a webhook should be among the first, a page among the middle ones.
const BUCKETS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0,
];
/// What becomes of a webhook delivery, by the status of its answer.
const OUTCOMES: [(u16, &str); 7] = [
    (200, "accepted"),
    (400, "refused"),
    (404, "unknown_app"),
    (413, "too_large"),
    (500, "fault"),
    (503, "secret_unreadable"),
    (504, "too_slow"),
];
const ANOTHER_OUTCOME: &str = "other";

/// The numbers of this process, and who may read them.
#[derive(Clone)]
pub struct Monitor {
    handle: PrometheusHandle,
    token: Option<Arc<SecretString>>,
}

impl Monitor {
    /// Begins to count; once in a process. With a token, only who brings it may read.
    pub fn install(token: Option<SecretString>) -> Result<Self, BootError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.into()), &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|e| BootError::with("the metrics cannot be counted", &e))?;
        describe();
        gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
        for (_, outcome) in OUTCOMES {
            counter!(DELIVERIES, "outcome" => outcome).absolute(0);
        }
        Ok(Self {
            handle,
            token: token.map(Arc::new),
        })
    }

    /// Puts away what was measured; without it, a process that nobody reads would keep every measure.
    pub fn put_away(&self) {
        self.handle.run_upkeep();
    }

    fn may_read(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else {
            return true;
        };
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        // Hashes, compared: how long it takes tells nothing of the token.
        Sha256::digest(given) == Sha256::digest(token.expose_secret())
    }

    async fn render(&self, engine: &Engine) -> String {
        let streams = i64::try_from(live::open_streams(engine)).unwrap_or(i64::MAX);
        gauge!(LIVE_STREAMS).set(number(streams));
        match monitor::execute(engine).await {
            Ok(reading) => {
                gauge!(READABLE).set(1);
                publish(&reading);
            }
            Err(error) => {
                tracing::error!(?error, "the metrics of the database could not be read");
                gauge!(READABLE).set(0);
            }
        }
        self.handle.render()
    }
}

/// The page on an address of its own.
pub fn router(engine: Engine, monitor: Monitor) -> Router {
    let page = move |headers: HeaderMap| async move { answer(&engine, &monitor, &headers).await };
    Router::new().route("/metrics", get(page))
}

/// The page among all others; `None` where the server has no such page.
pub async fn page(state: &ServerState, headers: &HeaderMap) -> Option<Response> {
    let monitor = state.monitor.as_ref()?;
    Some(answer(&state.engine, monitor, headers).await)
}

async fn answer(engine: &Engine, monitor: &Monitor, headers: &HeaderMap) -> Response {
    if !monitor.may_read(headers) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        let text = "The token of EXISONE_METRICS_TOKEN is needed, as a Bearer token.\n";
        return (StatusCode::UNAUTHORIZED, challenge, text).into_response();
    }
    let kind = [
        (
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (kind, monitor.render(engine).await).into_response()
}

/// Counts what becomes of webhook deliveries.
pub fn count_deliveries<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes.layer(middleware::from_fn(count_delivery))
}

async fn count_delivery(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let outcome = OUTCOMES
        .iter()
        .find(|(of, _)| *of == status)
        .map_or(ANOTHER_OUTCOME, |(_, outcome)| outcome);
    counter!(DELIVERIES, "outcome" => outcome).increment(1);
    response
}

/// Every word of every list, so that what is there no longer is 0 and not what it was.
fn publish(reading: &Reading) {
    for word in Processing::ALL.iter().map(|word| word.as_str()) {
        gauge!(EVENTS, "processing" => word).set(count_of(&reading.events, word));
    }
    for word in MailState::ALL.iter().map(|word| word.as_str()) {
        gauge!(MAILS, "state" => word).set(count_of(&reading.mails, word));
    }
    gauge!(LICENSES).set(number(reading.licenses));
    gauge!(IN_REVIEW).set(number(reading.orders_in_review));
    for jobs in &reading.jobs {
        for (state, count) in [("waiting", jobs.waiting), ("dead", jobs.dead)] {
            gauge!(JOBS, "kind" => jobs.kind.clone(), "state" => state).set(number(count));
        }
        gauge!(OLDEST, "kind" => jobs.kind.clone()).set(number(jobs.oldest_waiting_seconds));
    }
}

fn count_of(counts: &[(String, i64)], word: &str) -> f64 {
    let found = counts.iter().find(|(of, _)| of == word);
    number(found.map_or(0, |(_, count)| *count))
}

fn number(count: i64) -> f64 {
    f64::from(i32::try_from(count).unwrap_or(i32::MAX))
}

fn describe() {
    describe_histogram!(
        REQUEST_SECONDS,
        "Time to answer a request, by method, route and status; this process."
    );
    describe_counter!(
        DELIVERIES,
        "Webhook deliveries by what became of them; this process."
    );
    describe_gauge!(
        READABLE,
        "1 where the numbers of the whole installation are of now; 0 where they are old."
    );
    describe_gauge!(
        EVENTS,
        "Events received within the last hour by processing state; whole installation."
    );
    describe_gauge!(
        MAILS,
        "Mails written within the last hour by state; whole installation."
    );
    describe_gauge!(
        LICENSES,
        "Licences issued within the last hour; whole installation."
    );
    describe_gauge!(
        IN_REVIEW,
        "Orders that wait for a person's decision; whole installation."
    );
    describe_gauge!(
        JOBS,
        "Jobs that wait or were given up, by kind; whole installation."
    );
    describe_gauge!(
        OLDEST,
        "Age of the oldest job that waits, by kind; whole installation."
    );
    describe_gauge!(LIVE_STREAMS, "Pages that listen for changes; this process.");
    describe_gauge!(BUILD, "Always 1; the label is the version.");
}
