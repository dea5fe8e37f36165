//! What may be wrong with a page or its stream, when that stream counts as lost, and what is said of it.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::load;
use crate::api::session::load_viewer;
use crate::ui::{Notice, Tone};

/// Three beats of the stream, in milliseconds: one that is silent for so long has lost its connection, though
/// nothing said so.
const LONGEST_SILENCE: i64 = 60_000;

/// True where a stream that was last heard of then has been silent for too long.
pub const fn is_silent(heard: i64, now: i64) -> bool {
    now.saturating_sub(heard) > LONGEST_SILENCE
}

/// What is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The stream broke off, or an answer did not come.
    Lost,
    /// The session has ended.
    SignedOut,
}

/// What is said until the server can be reached again.
pub fn lost_line() -> AnyView {
    "Connection lost. Trying again…".into_any()
}

/// Who has lost the session signs in beside this page, which may hold what somebody is typing.
pub fn trouble_line(trouble: Trouble) -> AnyView {
    match trouble {
        Trouble::Lost => lost_line(),
        Trouble::SignedOut => view! {
            "You are not signed in any more. "
            <a href=load::door() target="_blank">
                "Sign in in another tab"
            </a>
            "; what you typed here stays."
        }
        .into_any(),
    }
}

/// Why the server cannot be reached, in words; `None` where it answers.
pub async fn why_unreachable() -> Option<String> {
    let error = load_viewer().await.err()?;
    error.may_pass().then_some(error.message)
}

/// Says what went wrong and may go well the next time. Without a script its link loads the whole page.
pub fn passing(reason: String, again: impl Fn() + 'static) -> AnyView {
    let again = move |event: MouseEvent| {
        event.prevent_default();
        again();
    };
    let way_on = view! {
        <a href=load::here() rel="external" on:click=again>
            "Try again"
        </a>
    };
    notice(reason, way_on.into_any())
}

/// Says why there is no page here, and what leads on.
pub fn notice(reason: String, way_on: AnyView) -> AnyView {
    view! {
        <div class="inner">
            <Notice tone=Tone::Bad title=reason>
                <p>{way_on}</p>
            </Notice>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_lost_once_three_beats_are_missing() {
        let heard = 1_795_431_600_000;
        assert!(!is_silent(heard, heard + 20_500), "a late beat");
        assert!(!is_silent(heard, heard + LONGEST_SILENCE));
        assert!(is_silent(heard, heard + LONGEST_SILENCE + 1));
        assert!(
            !is_silent(heard, heard - 3_600_000),
            "the clock was set back"
        );
    }
}
