//! Ctrl-C and a request to end: noted, so that what was started is stopped first.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::process::Outcome;

static REQUESTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C is noted and does not end xtask by itself.
pub fn listen() -> Outcome {
    ctrlc::set_handler(|| REQUESTED.store(true, Ordering::SeqCst))
        .map_err(|error| format!("cannot listen for Ctrl-C: {error}"))
}

/// Whether somebody asked to stop.
pub fn is_requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}
