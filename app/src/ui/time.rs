//! Moments: UTC or the reader's own zone, with the distance to the server's own clock beside it, which goes
//! on while the page stays open.
//!
//! A moment can be read without a pointer: to the second where one thing is shown, to the minute in lists. What
//! hovering adds in lists are the seconds, and UTC for whoever reads in another zone. The name of the zone
//! is always said; where a heading has it already, the style leaves it to screen readers.
//!
//! Days are those of UTC whatever zone the reader has: rules count them so. A heading of days says `(UTC day)`, and
//! that stays.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::clock::Clock;
use crate::format;
use crate::zone::Zone;

/// A heading without its zone.
pub(super) fn without_zone(heading: &'static str) -> &'static str {
    heading
        .split_once(" (UTC")
        .map_or(heading, |(what, _)| what)
}

/// A heading of moments: `Queued (UTC)` names the reader's zone where there is one.
pub(super) fn heading(text: Oco<'static, str>) -> Oco<'static, str> {
    let Some(zone) = use_context::<Zone>() else {
        return text;
    };
    match text.strip_suffix("(UTC)") {
        Some(what) => format!("{what}({})", zone.city()).into(),
        None => text,
    }
}

/// `2026-11-23 09:21:40` as the reader's clocks show it, the zone's name with a space before it, and the
/// moment in UTC.
fn exactly(at: Timestamp) -> (String, String, String) {
    let utc = format::date_time(at);
    let (text, zone) = match use_context::<Zone>() {
        Some(zone) => (zone.date_time(at), format!(" {}", zone.city())),
        None => (utc.clone(), " UTC".to_owned()),
    };
    (text, zone, format!("{utc} UTC"))
}

/// `2 min ago`, as long as the page stays open.
fn distance(at: Timestamp, now: Timestamp) -> impl Fn() -> String {
    let clock = use_context::<Clock>();
    move || format::relative(at, clock.map_or(now, |clock| clock.read(now)))
}

/// `2026-11-23 09:21:40` with `2 min ago` beside it; in another zone than UTC with UTC between them.
#[component]
pub fn When(at: Timestamp, now: Timestamp) -> impl IntoView {
    let (text, zone, utc) = exactly(at);
    let beside = use_context::<Zone>().map(|_| {
        let utc = utc.clone();
        view! { <span class="muted small">{utc} " "</span> }
    });
    view! {
        <span class="moment">
            <time datetime=at.to_rfc3339() title=utc>
                {text}
            </time>
            <span class="zone">{zone}</span>
            " "
            {beside}
            <span class="muted small">{distance(at, now)}</span>
        </span>
    }
}

/// `2 min ago`, and below it the moment itself to the minute, for lists.
#[component]
pub fn Ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    let (mut text, zone, utc) = exactly(at);
    text.truncate("2026-11-23 09:21".len());
    view! {
        <span class="moment ago">
            <time class="muted" datetime=at.to_rfc3339() title=utc>
                {distance(at, now)}
            </time>
            " "
            <span class="muted small">
                {text} <span class="zone">{zone}</span>
            </span>
        </span>
    }
}

/// `2026-11-23`, a day of UTC, or `Perpetual`.
#[component]
pub fn Day(
    at: Timestamp,
    /// No heading says its zone, so everybody reads it here.
    #[prop(optional)]
    is_alone: bool,
) -> impl IntoView {
    let day = format::date(at);
    if at.is_perpetual() {
        return day.into_any();
    }
    let (text, title) = (day.clone(), format!("{day} UTC"));
    view! {
        <span class="moment">
            <time datetime=day title=title>
                {text}
            </time>
            <span class=if is_alone { "muted" } else { "zone" }>" UTC"</span>
        </span>
    }
    .into_any()
}
