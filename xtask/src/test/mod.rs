//! Runs every test there is and ends with one line that counts them.
//!
//! What a stage needs and this machine lacks is installed where that is possible; else
//! the stage is skipped by name at home, and is a failure in CI (`CI=true`). A test that its
//! runner skips counts the same way: skipped at home, failed in CI.

mod browser;
mod clients;
mod postgres;
mod tally;

use std::thread;
use std::time::Instant;

use crate::interrupt;
use crate::process::{self, Captured, Outcome};
use crate::site;
use crate::workspace::{self, Workspace};
use postgres::{Postgres, Server};
use tally::Tally;

/// What a stage came to.
enum End {
    /// It ran.
    Counted(Counts),
    /// It could not run; the text says what is missing.
    Missing(String),
}

/// What a stage that ran came to.
#[derive(Default)]
struct Counts {
    tally: Tally,
    /// Tests that failed, as their runner names them.
    failures: Vec<String>,
    /// What it says about them.
    accounts: Vec<String>,
    /// Tests that were skipped, as it names them.
    skips: Vec<String>,
}

impl End {
    /// What a runner said.
    fn counted(ended: &Captured) -> Self {
        Self::Counted(Counts {
            tally: Tally::of(&ended.stdout, ended.success),
            failures: tally::failures(&ended.stdout),
            accounts: tally::accounts(&ended.stdout),
            skips: tally::skips(&ended.stdout),
        })
    }
}

/// What `cargo xtask test` can be limited to.
const PARTS: [&str; 4] = ["xtask", "rust", "browser", "clients"];

/// The run so far.
struct Report {
    total: Tally,
    lines: Vec<String>,
    /// Tests that failed, as their runners name them.
    failures: Vec<String>,
    /// What they say about them.
    accounts: Vec<String>,
    in_ci: bool,
}

impl Report {
    fn new(in_ci: bool) -> Self {
        Self {
            total: Tally::default(),
            lines: Vec::new(),
            failures: Vec::new(),
            accounts: Vec::new(),
            in_ci,
        }
    }

    /// Runs one stage and keeps its time and counts.
    fn stage(&mut self, name: &str, run: impl FnOnce() -> Outcome<End>) {
        if interrupt::is_requested() {
            return;
        }
        println!("\n== test: {name}");
        let started = Instant::now();
        let (tally, note) = match run() {
            Ok(End::Counted(counts)) => self.judge(counts),
            Ok(End::Missing(what)) if self.in_ci => {
                (Tally::FAILURE, format!(" (missing in CI: {what})"))
            }
            Ok(End::Missing(what)) => (Tally::SKIP, format!(" (skipped: {what})")),
            Err(problem) => {
                eprintln!("{problem}");
                (Tally::FAILURE, " (could not run)".to_owned())
            }
        };
        self.total += tally;
        let seconds = started.elapsed().as_secs_f32();
        self.lines
            .push(format!("{name:<28} {seconds:>7.1} s  {tally}{note}"));
    }

    /// What counts of a stage that ran. Nothing may be missing in CI: a test that was skipped there has
    /// failed, and is named.
    fn judge(&mut self, counts: Counts) -> (Tally, String) {
        self.failures.extend(counts.failures);
        self.accounts.extend(counts.accounts);
        let skipped = counts.tally.skipped;
        if !self.in_ci || skipped == 0 {
            return (counts.tally, String::new());
        }
        self.failures.extend(counts.skips);
        let note = format!(" ({skipped} skipped, which fails in CI)");
        (counts.tally.without_skips(), note)
    }
}

/// Runs the wanted parts (none named: all); the last line printed is
/// `N passed, N failed, N skipped`.
pub fn run(workspace: &Workspace, wanted: &[String]) -> Outcome {
    if let Some(unknown) = wanted.iter().find(|part| !PARTS.contains(&part.as_str())) {
        return Err(format!(
            "no part {unknown}; there are: {}",
            PARTS.join(", ")
        ));
    }
    interrupt::listen()?;
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == part);
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true" || value == "1");
    let mut report = Report::new(in_ci);
    let started = Instant::now();

    if is_wanted("xtask") {
        report.stage("xtask", || cargo_test(workspace, &["-p", "xtask"], None));
    }
    report.stage("site", || {
        site::build(workspace).map(|()| nothing_counted())
    });
    if is_wanted("rust") {
        rust(workspace, &mut report);
    }
    if is_wanted("browser") || is_wanted("clients") {
        report.stage("binaries", || binaries(workspace));
    }
    if is_wanted("browser") {
        report.stage("browser", || browser::run(workspace));
    }
    if is_wanted("clients") {
        for client in clients::all(workspace)? {
            report.stage(&format!("client {}", client.name()), || {
                client.run(workspace)
            });
        }
    }
    finish(&report, started)
}

/// The Rust tests of the product, on both databases where there is a PostgreSQL.
fn rust(workspace: &Workspace, report: &mut Report) {
    let mut postgres = None;
    report.stage("PostgreSQL", || match Postgres::start()? {
        Postgres::Missing(what) => Ok(End::Missing(what)),
        Postgres::Running(server) => {
            postgres = Some(server);
            Ok(nothing_counted())
        }
    });
    report.stage("rust", || {
        cargo_test(workspace, &product(), postgres.as_ref())
    });
}

/// The same artefacts as the Rust tests'. They are named beside the binaries: what tests need on top turns
/// features on, and with others everything would be built once more.
fn binaries(workspace: &Workspace) -> Outcome<End> {
    let all = ["build", "--bins", "--tests"];
    process::run(workspace.cargo().args(all).args(product()))?;
    Ok(nothing_counted())
}

/// The packages of the product, the server with the site inside.
fn product() -> Vec<&'static str> {
    workspace::product_packages()
        .chain(["--features", "server/embed"])
        .collect()
}

/// A stage that prepares others and proves nothing itself.
fn nothing_counted() -> End {
    End::Counted(Counts::default())
}

fn cargo_test(workspace: &Workspace, packages: &[&str], postgres: Option<&Server>) -> Outcome<End> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-fail-fast"]).args(packages);
    // Many wait for a server or a disk: with one for each core a fifth of the time nobody would work.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    cargo.env("RUST_TEST_THREADS", (2 * cores).to_string());
    if let Some(server) = postgres {
        cargo.env("TEST_POSTGRES_URL", server.url());
    }
    let ended = process::tee(&mut cargo)?;
    Ok(End::counted(&ended))
}

fn finish(report: &Report, started: Instant) -> Outcome {
    // Whoever reads the end of a long log finds there what was wrong.
    for account in &report.accounts {
        println!("\n{account}");
    }
    if !report.failures.is_empty() {
        println!("\n== failed");
        for failure in &report.failures {
            println!("{failure}");
        }
    }
    println!("\n== times");
    for line in &report.lines {
        println!("{line}");
    }
    println!("{:<28} {:>7.1} s", "all", started.elapsed().as_secs_f32());
    let mut total = report.total;
    if interrupt::is_requested() {
        println!("stopped by hand: what did not run counts as one failure");
        total += Tally::FAILURE;
    }
    println!("{total}");
    if total.failed == 0 {
        Ok(())
    } else {
        Err(String::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One stage whose runner says this, and how the run ends.
    fn run_one(in_ci: bool, output: &str) -> (Report, Outcome) {
        let mut report = Report::new(in_ci);
        let ended = Captured {
            success: true,
            stdout: output.to_owned(),
            stderr: String::new(),
        };
        report.stage("client", || Ok(End::counted(&ended)));
        let outcome = finish(&report, Instant::now());
        (report, outcome)
    }

    const ONE_ABSENT: &str =
        "ok 1 - fine\nok 2 - absent # SKIP not installed\n# pass 1\n# skipped 1";

    #[test]
    fn what_a_runner_skips_is_skipped_at_home_and_fails_by_name_in_ci() {
        let (report, outcome) = run_one(false, ONE_ABSENT);
        assert_eq!(report.total.to_string(), "1 passed, 0 failed, 1 skipped");
        assert_eq!((report.failures, outcome), (Vec::new(), Ok(())));
        let (report, outcome) = run_one(true, ONE_ABSENT);
        assert_eq!(report.total.to_string(), "1 passed, 1 failed, 0 skipped");
        assert_eq!(report.failures, ["ok 2 - absent # SKIP not installed"]);
        assert!(outcome.is_err());
        assert!(report.lines[0].contains("1 skipped, which fails in CI"));
    }

    #[test]
    fn the_server_is_tested_with_the_site_inside_as_it_ships() {
        let arguments = product();
        let embed = arguments
            .windows(2)
            .any(|pair| pair == ["--features", "server/embed"]);
        assert!(embed, "{arguments:?}");
    }

    #[test]
    fn a_stage_that_skips_nothing_ends_well_in_ci() {
        let (report, outcome) = run_one(true, "# pass 2\n# skipped 0");
        assert_eq!(report.total.to_string(), "2 passed, 0 failed, 0 skipped");
        assert_eq!(outcome, Ok(()));
    }

    #[test]
    fn what_a_stage_lacks_is_skipped_at_home_and_fails_in_ci() {
        for (in_ci, expected) in [
            (false, "0 passed, 0 failed, 1 skipped"),
            (true, "0 passed, 1 failed, 0 skipped"),
        ] {
            let mut report = Report::new(in_ci);
            report.stage("browser", || Ok(End::Missing("Chromium".to_owned())));
            assert_eq!(report.total.to_string(), expected);
            assert_eq!(finish(&report, Instant::now()).is_err(), in_ci);
        }
    }
}
