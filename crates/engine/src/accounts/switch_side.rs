//! The Test / Live switch of one browser. It changes what is looked at and nothing else,
//! so the change log does not hear of it.

use store::sessions;

use super::session::SignedIn;
use crate::Engine;
use crate::error::{Error, Result};

/// Which data a person looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What came from Stripe's test mode.
    Test,
    /// Real money.
    Live,
}

/// Turns the switch for the browser of `who`.
pub async fn execute(engine: &Engine, who: &SignedIn, side: Side) -> Result<()> {
    let session = &who.session;
    let mut tx = engine.begin();
    let livemode = side == Side::Live;
    if !sessions::set_livemode(&mut tx, session.person, session.id, livemode).await? {
        return Err(Error::NotFound("session"));
    }
    Ok(tx.commit().await?)
}
