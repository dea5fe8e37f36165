//! Passes: what a browser keeps and only this installation can read. Nothing of them is stored here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::timestamp::Timestamp;
use secrecy::SecretString;

use crate::Engine;
use crate::error::Result;
use crate::keys::seal;

/// Longer ones are none of ours.
const LONGEST: usize = 512;

/// A pass for a place, for example `door/code`: it says `text`, and opens nowhere else, and not
/// after its end.
pub(super) fn issue(
    engine: &Engine,
    place: &str,
    (text, ends_at): (&str, Timestamp),
) -> Result<SecretString> {
    let said = format!("{} {text}", ends_at.millis());
    let key = engine.installation().passes();
    let sealed = seal::seal(key, engine.random(), place, said.as_bytes())?;
    Ok(URL_SAFE_NO_PAD.encode(sealed).into())
}

/// What a pass says; `None` where it is none, is for another place, or has ended.
pub(super) fn open(engine: &Engine, place: &str, pass: &str) -> Option<String> {
    if pass.len() > LONGEST {
        return None;
    }
    let sealed = URL_SAFE_NO_PAD.decode(pass).ok()?;
    let said = seal::open(engine.installation().passes(), place, &sealed)?;
    let (ends_at, text) = std::str::from_utf8(&said).ok()?.split_once(' ')?;
    let ends_at = Timestamp::from_millis(ends_at.parse().ok()?);
    (ends_at > engine.now()).then(|| text.to_owned())
}
