//! The first page: latest keys, figures, what wants attention, and the first steps.

pub mod figures;
pub mod guesses;
mod problems;
mod show;
pub mod wanting;

pub use problems::{FAILURES_DAYS, Problem, ProblemKind, Target};
pub use show::{Checklist, Dashboard, UnsentMails, execute};
