//! A transaction, and where it reads before it writes.

use store::{Conn, Tx};

use crate::Engine;
use crate::error::Result;

/// What one event does to the database.
///
/// An event of a payment that nobody knows yet reads beside its transaction, which then begins with
/// its first write: nobody waits while it is judged. What it assumed, that it is the first, is claimed
/// with what it writes; where another was faster, the claim fails as overtaken, and the event starts
/// over with everything inside.
pub(crate) struct Work {
    /// The transaction.
    pub tx: Tx,
    beside: Option<Conn>,
}

impl Work {
    /// Reads beside the transaction until it writes.
    pub(crate) async fn beside(engine: &Engine) -> Result<Self> {
        Ok(Self {
            beside: Some(engine.read().await?),
            ..Self::inside(engine)
        })
    }

    /// Reads inside the transaction, where what is read can be locked.
    pub(crate) fn inside(engine: &Engine) -> Self {
        let tx = engine.begin();
        Self { tx, beside: None }
    }

    /// Where to read.
    pub(crate) fn known(&mut self) -> &mut Conn {
        self.beside.as_mut().unwrap_or(&mut self.tx)
    }

    /// Where to write; reading beside ends here, since nobody may keep a connection while it waits
    /// for another.
    pub(crate) fn write(&mut self) -> &mut Tx {
        self.beside = None;
        &mut self.tx
    }
}
