//! Every command that a person types: `cargo xtask build | check | test | run | seed | size | bench | lighthouse`.
//!
//! It knows no other crate of ours: it sees their files, their binaries and their HTTP.
#![expect(
    clippy::disallowed_methods,
    reason = "xtask is a home of the environment and of the clock that times its stages"
)]

mod bench;
mod check;
mod interrupt;
mod lighthouse;
mod process;
mod results;
mod run;
mod seed;
mod site;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::process::Outcome;
use crate::workspace::{Profile, Workspace};

/// The commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the site (wasm, js, css, precompressed) and the server.
    Build(BuildArgs),
    /// Hold the walls: architecture, formatting, lints, docs. Builds nothing in release.
    Check {
        /// Only these stages: walls, crates, lock, format, lints, browser-lints, docs, example.
        stages: Vec<String>,
    },
    /// Run the whole product at home: server, a Stripe to play with, a mailbox.
    Run(run::RunArgs),
    /// Run every test: Rust on both databases, the browser, foreign clients.
    Test {
        /// Only these parts: xtask, rust, browser, clients.
        parts: Vec<String>,
    },
    /// Print what the browser downloads, file by file and page by page; fail when it is too much.
    Size,
    /// Measure the release build against a naive floor server, and its pages; fail when a page is too slow; writes benches/RESULTS.md.
    Bench {
        /// Only these stages: load, pages, navigation.
        stages: Vec<String>,
    },
    /// Fill a database with a plausible year of business.
    Seed(seed::SeedArgs),
    /// Judge three pages by Lighthouse, as shipped and seeded; fail when one is below its mark.
    Lighthouse,
}

#[derive(Args)]
struct BuildArgs {
    /// Build as shipped: one optimised file with the site inside.
    #[arg(long)]
    release: bool,
    /// Build the site alone, not the server.
    #[arg(long)]
    site_only: bool,
}

fn main() -> ExitCode {
    match dispatch(&Xtask::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            if !problem.is_empty() {
                eprintln!("\nxtask: {problem}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: &Command) -> Outcome {
    let workspace = Workspace::find()?;
    match command {
        Command::Build(args) => build(&workspace, args),
        Command::Check { stages } => check::run(&workspace, stages),
        Command::Run(args) => run::run(&workspace, args),
        Command::Test { parts } => test::run(&workspace, parts),
        Command::Bench { stages } => bench::run(&workspace, stages),
        Command::Seed(args) => seed::run(&workspace, args),
        Command::Lighthouse => lighthouse::run(&workspace),
        Command::Size => site::print_sizes(&workspace),
    }
}

fn build(workspace: &Workspace, args: &BuildArgs) -> Outcome {
    site::build(workspace)?;
    if args.site_only {
        return Ok(());
    }
    let profile = if args.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    let binary = workspace.build_server(profile)?;
    println!("built {}", binary.display());
    Ok(())
}
