//! What may be wrong with a live page, when its stream counts as lost, and what is said of it.

use leptos::prelude::*;

use super::load;

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
