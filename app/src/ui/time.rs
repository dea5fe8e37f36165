//! Moments: UTC, with the distance to the server's own clock beside it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::format;

/// `2026-11-23 09:21:40` with `2 min ago` beside it.
#[component]
pub fn When(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <span class="number">
            <time datetime=at.to_rfc3339() title="UTC">
                {format::date_time(at)}
            </time>
            " "
            <span class="muted small">{format::relative(at, now)}</span>
        </span>
    }
}

/// `2 min ago`, the moment itself on hover.
#[component]
pub fn Ago(at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <time class="muted" datetime=at.to_rfc3339() title=format!("{} UTC", format::date_time(at))>
            {format::relative(at, now)}
        </time>
    }
}
