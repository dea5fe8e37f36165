//! `/live`: tells a signed-in browser that something of its tenant changed, as server-sent events.
//!
//! An event's id is its place in the change log, so that a browser that comes back says where it was;
//! its data are words with spaces between them, for example `test.license.issued`. No time limit cuts a
//! stream, and none holds a shutdown: streams end first.

use std::convert::Infallible;
use std::time::Duration;

use app::ssr::session_token_in;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use engine::live::{self, Signs, Start, Subscription};
use engine::{Engine, Error};
use futures::{Stream, stream};
use serde::Deserialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use crate::api::error::ApiError;
use crate::state::ServerState;

/// How often a silent stream shows that it lives, and looks whether its session does.
const BEAT: Duration = Duration::from_secs(20);
/// How long a browser waits before it comes back.
const COME_BACK: Duration = Duration::from_secs(3);
/// What a browser says of the last event that it got.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The stream.
pub fn routes() -> Router<ServerState> {
    Router::new().route("/live", get(open))
}

/// Watches what is committed, until `stop`; then ends all streams.
pub async fn watch(engine: Engine, stop: CancellationToken) {
    tokio::select! {
        () = live::run(&engine) => {}
        () = stop.cancelled() => {}
    }
    stop.cancelled().await;
    live::close(&engine);
}

/// Where a page begins to listen.
#[derive(Deserialize)]
struct From {
    /// The place in the change log that the page knew when it was made.
    after: Option<i64>,
}

async fn open(
    State(state): State<ServerState>,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let token = session_token_in(&state.engine, &headers)
        .ok_or(Error::Unauthorized("Sign in to listen."))?;
    let start = start(&headers, from.after);
    let subscription = live::subscribe(&state.engine, token, start).await?;
    let mut response = Sse::new(events(subscription, start)).into_response();
    // Proxies that gather answers would keep each event until many have come.
    let kept = [
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    for (name, value) in kept {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn start(headers: &HeaderMap, after: Option<i64>) -> Start {
    let told = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    match (told.and_then(|id| id.parse().ok()), after) {
        (Some(id), _) => Start::Again(id),
        (None, Some(after)) => Start::Page(after),
        (None, None) => Start::Now,
    }
}

/// What is between two events of a stream.
struct Open {
    subscription: Subscription,
    beat: Interval,
}

fn events(
    subscription: Subscription,
    start: Start,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let mut beat = interval_at(Instant::now() + BEAT, BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let greeting = stream::iter([Ok(greeting(start))]);
    let open = Open { subscription, beat };
    let told = stream::unfold(open, |mut open| async move {
        let event = next(&mut open).await?;
        Some((Ok(event), open))
    });
    futures::StreamExt::chain(greeting, told)
}

/// The first event: how to come back, and from where.
fn greeting(start: Start) -> Event {
    let event = Event::default().retry(COME_BACK);
    match start {
        Start::Page(id) | Start::Again(id) => event.id(id.to_string()),
        Start::Now => event,
    }
}

async fn next(open: &mut Open) -> Option<Event> {
    tokio::select! {
        biased;
        _ = open.beat.tick() => {
            open.subscription.is_open().await.then(beat)
        }
        signs = open.subscription.next() => signs.map(|signs| event(&signs)),
    }
}

/// Named, so that scripts can miss it: a comment would be seen by proxies alone.
fn beat() -> Event {
    Event::default().event("beat").data("here")
}

fn event(signs: &Signs) -> Event {
    let words: Vec<_> = signs.words.iter().map(String::as_str).collect();
    let event = Event::default().data(words.join(" "));
    if signs.cursor == 0 {
        return event;
    }
    event.id(signs.cursor.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_beat_has_a_name_and_no_place_in_the_log() {
        let beats = stream::iter([Ok::<_, Infallible>(beat())]);
        let body = Sse::new(beats).into_response().into_body();
        let sent = axum::body::to_bytes(body, 1_000).await.expect("reads");
        assert_eq!(sent, "event: beat\ndata: here\n\n");
    }
}
