//! Moments: UTC or the reader's own zone, with the distance to the server's own clock beside it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::format;
use crate::zone::Zone;

/// `2026-11-23 09:21:40`, as the reader's clocks show it.
pub fn local(at: Timestamp) -> String {
    match use_context::<Zone>() {
        Some(zone) => zone.date_time(at),
        None => format::date_time(at),
    }
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

/// The moment in UTC.
fn utc(at: Timestamp) -> String {
    format!("{} UTC", format::date_time(at))
}

/// `2026-11-23 09:21:40` with `2 min ago` beside it; UTC on hover.
#[component]
pub fn When(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <span class="number">
            <time datetime=at.to_rfc3339() title=utc(at)>
                {local(at)}
            </time>
            " "
            <span class="muted small">{format::relative(at, now)}</span>
        </span>
    }
}

/// `2 min ago`, the moment itself on hover, in UTC and in the reader's zone.
#[component]
pub fn Ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    let title = match use_context::<Zone>() {
        Some(zone) => format!("{} {}, {}", zone.date_time(at), zone.city(), utc(at)),
        None => utc(at),
    };
    view! {
        <time class="muted" datetime=at.to_rfc3339() title=title>
            {format::relative(at, now)}
        </time>
    }
}
