//! Measures the release build and writes `benches/RESULTS.md`.
//!
//! Speed under load is told as a ratio to a naive floor server that runs beside it and takes turns with it, so
//! that a slow or busy machine slows both; those figures are for reading. Pages have bounds: one that is slower is
//! named, and the run fails once everything is measured and written.

mod navigation;
mod pages;
mod programs;
mod report;
pub mod subject;
pub mod visitor;
mod years;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lighthouse;
use crate::process::{self, Outcome};
use crate::results::{self, Origin};
use crate::site;
use crate::workspace::{Profile, Workspace};
use report::{Report, Round};
use subject::{Floor, Subject};

/// Rounds of each server, in turn.
const ROUNDS: usize = 5;
/// Connections of a round.
const CONNECTIONS: &str = "16";
/// Webhooks of a round.
const WEBHOOKS: &str = "6000";
/// How often the start is measured.
const STARTS: usize = 7;
/// After this a started server is idle.
const SETTLES_IN: Duration = Duration::from_secs(2);
/// The secret that the load signs with.
const SECRET: &str = "whsec_bench_0123456789";

/// All stages, in their order.
const STAGES: [&str; 3] = ["load", "pages", "navigation"];
/// Sections that the load keeps as they are.
const KEPT: [&str; 3] = [pages::HEADING, navigation::HEADING, lighthouse::HEADING];

/// Builds, measures, writes the results, and fails where a page is slower than it may be.
pub fn run(workspace: &Workspace, wanted: &[String]) -> Outcome {
    if let Some(unknown) = wanted
        .iter()
        .find(|stage| !STAGES.contains(&stage.as_str()))
    {
        return Err(format!(
            "no stage `{unknown}`; there are: {}",
            STAGES.join(", ")
        ));
    }
    let is_wanted = |stage: &str| wanted.is_empty() || wanted.iter().any(|one| one == stage);
    let origin = Origin::now(workspace);
    // What is missing is said before anything is built.
    let browser = is_wanted("navigation")
        .then(|| navigation::browser(workspace))
        .transpose()?;
    site::build(workspace)?;
    let exisone = workspace.build_server(Profile::Release)?;
    let bins = ["build", "--release", "-p", "bench", "--bins"];
    process::run(workspace.cargo().args(bins))?;
    let folder = workspace.target.join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty the folder: {error}"))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make a folder: {error}"))?;
    if is_wanted("load") {
        let text = measure(workspace, origin.clone(), (&exisone, &folder))?.to_markdown();
        results::put_all(workspace, &text, &KEPT)?;
        println!("\n{text}");
    }
    let seed = workspace.binary(Profile::Release, "seed");
    let mut missed = Vec::new();
    if is_wanted("pages") {
        let years = years::of(workspace, &seed, &pages::SIZES)?;
        let rows = pages::measure(&exisone, &years)?;
        let text = pages::table(&rows);
        results::put(workspace, &origin, (pages::HEADING, &text))?;
        missed.extend(pages::missed(&rows));
    }
    if let Some(browser) = browser {
        let years = years::of(workspace, &seed, &[navigation::LICENSES])?;
        let visits = navigation::measure(&browser, &exisone, &years)?;
        let text = navigation::table(&visits);
        results::put(workspace, &origin, (navigation::HEADING, &text))?;
        missed.extend(navigation::missed(&visits));
    }
    if missed.is_empty() {
        return Ok(());
    }
    Err(format!("slower than wanted:\n{}", missed.join("\n")))
}

fn measure(
    workspace: &Workspace,
    origin: Origin,
    (exisone, folder): (&Path, &Path),
) -> Outcome<Report> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let started = Instant::now();
        let subject = Subject::start(exisone, folder)?;
        starts.push(started.elapsed());
        drop(subject);
    }
    let subject = Subject::start(exisone, folder)?;
    std::thread::sleep(SETTLES_IN);
    let idle = subject.resident_kib()?;
    let shop = subject.open_shop(SECRET)?;
    let floor = Floor::start(&workspace.binary(Profile::Release, "floor"), folder, None)?;
    let program = workspace.binary(Profile::Release, "load");
    let webhooks = |address: &str, path: &str| {
        let shop = ["webhook", address, path, SECRET, &shop.product];
        load(&program, &[&shop[..], &[CONNECTIONS, WEBHOOKS]].concat())
    };
    let rounds = in_turn(
        "webhooks",
        || webhooks(&floor.address(), "/"),
        |_| webhooks(&subject.address(), &shop.webhook_path),
    )?;
    let loaded = subject.resident_kib()?;
    drop((floor, subject));
    Ok(Report {
        origin,
        starts,
        idle_kib: idle,
        loaded_kib: loaded,
        webhooks: rounds,
        programs: programs::measure(workspace, exisone, folder)?,
    })
}

/// One run of the load against a server; every request must have been answered with 200.
fn load(program: &Path, words: &[&str]) -> Outcome<Round> {
    let line = process::capture(Command::new(program).args(words))?;
    let figures: Value =
        serde_json::from_str(&line).map_err(|error| format!("load printed no JSON: {error}"))?;
    let figure = |name: &str| {
        let value = figures[name].as_f64();
        value.ok_or_else(|| format!("load printed no {name}"))
    };
    if figure("refused")? > 0.0 {
        return Err(format!("{} was refused: {}", words[1], line.trim()));
    }
    Ok(Round {
        per_second: figure("perSecond")?,
        p50_ms: figure("p50ms")?,
        p99_ms: figure("p99ms")?,
    })
}

/// Rounds of the floor and of ours in turn.
fn in_turn(
    what: &str,
    floor: impl Fn() -> Outcome<Round>,
    ours: impl Fn(usize) -> Outcome<Round>,
) -> Outcome<Vec<(Round, Round)>> {
    let mut rounds = Vec::new();
    for number in 0..ROUNDS {
        let pair = (floor()?, ours(number)?);
        println!(
            "{what}, round {}: floor {:.0}/s, exisone {:.0}/s, ratio {:.2}, p99 {:.1} ms (floor {:.1} ms)",
            number + 1,
            pair.0.per_second,
            pair.1.per_second,
            pair.1.per_second / pair.0.per_second,
            pair.1.p99_ms,
            pair.0.p99_ms,
        );
        rounds.push(pair);
    }
    Ok(rounds)
}
