//! Starting over: an action that met another one about the same thing at the same moment begins anew, and
//! finds what the other has written.

use crate::error::{Error, Result};

/// So often in a row means that something else is wrong.
const TRIES: usize = 8;

/// Attempts it until it is not overtaken; `given_up` says what could not be done.
pub(crate) async fn when_overtaken<T, F>(
    attempt: impl Fn() -> F,
    given_up: &'static str,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    for _ in 0..TRIES {
        match attempt().await {
            Err(error) if error.is_overtaken() => {}
            other => return other,
        }
    }
    Err(Error::fault(given_up))
}
