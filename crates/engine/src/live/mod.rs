//! Live pages: what changed reaches the browsers that look, while they look.
//!
//! One watcher a process reads the change log where commits have told of news; each stream hears
//! its own tenant's part. What travels is words: never a name, an id of a thing, or a value.

mod reading;
mod signs;
mod streams;
mod subscribe;
mod watch;

pub use signs::Signs;
pub use subscribe::{Start, Subscription, cursor, subscribe};
pub use watch::run;

pub(crate) use streams::Live;

use crate::Engine;

/// How many streams are open in this process.
pub fn open_streams(engine: &Engine) -> usize {
    engine.live().count()
}

/// Ends all streams, and lets none begin: the process comes to its end.
pub fn close(engine: &Engine) {
    engine.live().close();
}
