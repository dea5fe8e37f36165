//! Holds the walls of the house: architecture, formatting, lints, docs.

use crate::process::Outcome;
use crate::workspace::Workspace;

/// Runs every wall and names each that fell.
pub fn run(_workspace: &Workspace) -> Outcome {
    Ok(())
}
