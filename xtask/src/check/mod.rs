//! Holds the walls of the house: architecture, formatting, lints, docs.
//!
//! Every stage runs even when an earlier one failed, so that one run names everything.
//! It builds nothing in release.

mod contract;
mod crates;
mod paths;
mod settings;
mod source;
mod walls;

use std::time::Instant;

use crate::process::{self, Outcome};
use crate::site::WASM_PROFILE;
use crate::tools::{self, WASM_TARGET};
use crate::workspace::Workspace;
use source::Source;

/// Where the workspace's Rust lies.
const FOLDERS: [&str; 6] = ["app", "crates", "frontend", "server", "xtask", "benches"];

/// The Rust program of examples/.
const EXAMPLE: &str = "examples/rust/Cargo.toml";

/// A stage's name and what it does.
type Stage = (&'static str, fn(&Workspace) -> Outcome);

const STAGES: [Stage; 8] = [
    ("walls", walls),
    ("crates", crates),
    ("lock", lock),
    ("format", formatting),
    ("lints", lints),
    ("browser-lints", browser_lints),
    ("docs", docs),
    ("example", example),
];

/// Runs the wanted stages (none: all) and names each that failed.
pub fn run(workspace: &Workspace, wanted: &[String]) -> Outcome {
    let is_stage = |name: &str| STAGES.iter().any(|stage| stage.0 == name);
    if let Some(unknown) = wanted.iter().find(|name| !is_stage(name)) {
        let names = STAGES.map(|stage| stage.0).join(", ");
        return Err(format!("no stage {unknown}; there are: {names}"));
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    let mut failed = Vec::new();
    for (name, stage) in STAGES.into_iter().filter(|stage| is_wanted(stage.0)) {
        println!("check: {name}");
        let started = Instant::now();
        if let Err(problem) = stage(workspace) {
            eprintln!("{problem}");
            failed.push(name);
        }
        println!(
            "check: {name} took {:.1} s",
            started.elapsed().as_secs_f32()
        );
    }
    if failed.is_empty() {
        println!("check: all stands");
        return Ok(());
    }
    Err(format!("check failed: {}", failed.join(", ")))
}

fn walls(workspace: &Workspace) -> Outcome {
    let sources = Source::below(&workspace.root, &FOLDERS)?;
    let mut found: Vec<String> = walls::WALLS
        .iter()
        .flat_map(|wall| wall.check(&sources))
        .collect();
    let store = Source::below(&workspace.root, &["crates/store/src"])?;
    let contract = Source::below(&workspace.root, &["crates/store/tests/contract"])?;
    found.extend(contract::uncalled(&store, &contract));
    found.extend(settings::check(&workspace.root)?);
    verdict(&found)
}

fn crates(workspace: &Workspace) -> Outcome {
    verdict(&crates::check(workspace)?)
}

fn lock(workspace: &Workspace) -> Outcome {
    process::capture(
        workspace
            .cargo()
            .args(["metadata", "--locked", "--format-version=1"]),
    )
    .map(drop)
}

fn formatting(workspace: &Workspace) -> Outcome {
    process::run(workspace.cargo().args(["fmt", "--all", "--", "--check"]))
}

/// With the bench, which is no default member. What is the browser's alone has a stage of its own.
fn lints(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--workspace", "--exclude", "frontend"]);
    process::run(cargo.args(["--all-targets", "--", "-D", "warnings"]))
}

/// In the profile of the site, so that build scripts and macros are built once.
fn browser_lints(workspace: &Workspace) -> Outcome {
    tools::wasm_target()?;
    let mut cargo = workspace.cargo();
    cargo.args([
        "clippy",
        "-p",
        "frontend",
        "--target",
        WASM_TARGET,
        "--profile",
        WASM_PROFILE,
    ]);
    process::run(cargo.args(["--", "-D", "warnings"]))
}

fn docs(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo();
    cargo.args(["doc", "--no-deps", "--quiet"]);
    process::run(cargo.env("RUSTDOCFLAGS", "--cfg erase_components -D warnings"))
}

/// Somebody else's program, with a lock file of its own. What it has in common with ours is built once,
/// because flags, profile and target directory are the same.
fn example(workspace: &Workspace) -> Outcome {
    let mut cargo = workspace.cargo();
    cargo.args(["check", "--locked", "--manifest-path", EXAMPLE]);
    cargo.arg("--target-dir").arg(&workspace.target);
    process::run(cargo.env("CARGO_PROFILE_DEV_DEBUG", "none"))
}

fn verdict(found: &[String]) -> Outcome {
    if found.is_empty() {
        Ok(())
    } else {
        Err(found.join("\n"))
    }
}
