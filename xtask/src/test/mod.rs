//! Runs every test there is and ends with one line that counts them.
//!
//! What a stage needs and this machine lacks is installed where that is possible; else
//! the stage is skipped by name at home, and is a failure in CI (`CI=true`).

mod browser;
mod clients;
mod postgres;
mod tally;

use std::time::Instant;

use crate::interrupt;
use crate::process::{self, Captured, Outcome};
use crate::site;
use crate::workspace::{self, Workspace};
use postgres::{Postgres, Server};
use tally::Tally;

/// What a stage came to.
enum End {
    /// It ran: the counts, and what failed by name.
    Counted(Tally, Vec<String>),
    /// It could not run; the text says what is missing.
    Missing(String),
}

impl End {
    /// What a runner said.
    fn counted(ended: &Captured) -> Self {
        let tally = Tally::of(&ended.stdout, ended.success);
        Self::Counted(tally, tally::failures(&ended.stdout))
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
    in_ci: bool,
}

impl Report {
    /// Runs one stage and keeps its time and counts.
    fn stage(&mut self, name: &str, run: impl FnOnce() -> Outcome<End>) {
        if interrupt::is_requested() {
            return;
        }
        println!("\n== test: {name}");
        let started = Instant::now();
        let (tally, note) = match run() {
            Ok(End::Counted(tally, failures)) => {
                self.failures.extend(failures);
                (tally, String::new())
            }
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
    let mut report = Report {
        total: Tally::default(),
        lines: Vec::new(),
        failures: Vec::new(),
        in_ci,
    };
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

/// The same artefacts as the Rust tests': only the last step is new.
fn binaries(workspace: &Workspace) -> Outcome<End> {
    process::run(workspace.cargo().args(["build", "--bins"]).args(product()))?;
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
    End::Counted(Tally::default(), Vec::new())
}

fn cargo_test(workspace: &Workspace, packages: &[&str], postgres: Option<&Server>) -> Outcome<End> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--no-fail-fast"]).args(packages);
    if let Some(server) = postgres {
        cargo.env("TEST_POSTGRES_URL", server.url());
    }
    let ended = process::tee(&mut cargo)?;
    Ok(End::counted(&ended))
}

fn finish(report: &Report, started: Instant) -> Outcome {
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
