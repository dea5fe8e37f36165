//! The `exisone` binary.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    match server::cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("exisone: {problem}");
            ExitCode::FAILURE
        }
    }
}
