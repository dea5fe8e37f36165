//! The `exisone` binary.

use std::process::ExitCode;

use clap::Parser as _;
use mimalloc::MiMalloc;

/// A request makes and drops a few hundred small things on several threads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match server::cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("exisone: {problem}");
            ExitCode::FAILURE
        }
    }
}
