//! Lighthouse (desktop preset) on three pages of the server as shipped, with a seeded year behind it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::bench::subject::Subject;
use crate::bench::visitor::Visitor;
use crate::process::{self, Outcome};
use crate::results::{self, Origin};
use crate::workspace::{Profile, Workspace};
use crate::{seed, site, tools};

/// The section of these figures.
pub const HEADING: &str = "Lighthouse";
/// Licences of the year.
const LICENSES: u64 = 10_000;
/// Each page is judged so often; the run in the middle counts.
const RUNS: usize = 3;
/// Categories, and what each page must reach.
const MARKS: [(&str, f64); 3] = [
    ("performance", 95.0),
    ("accessibility", 100.0),
    ("best-practices", 95.0),
];
const PAGES: [(&str, &str); 3] = [
    ("Sign-in", "/sign-in"),
    ("Dashboard", "/"),
    ("License Keys", "/licenses"),
];

/// What Lighthouse says of a page.
struct Judged {
    /// Of 100, in the order of the marks.
    scores: [f64; 3],
    /// Largest contentful paint, ms.
    paint: f64,
    /// Total blocking time, ms.
    blocked: f64,
    /// Layout shift.
    shift: f64,
    /// What did not pass.
    failed: Vec<String>,
}

/// Builds, seeds, judges, writes the figures, and fails where a mark is missed.
pub fn run(workspace: &Workspace) -> Outcome {
    let chromium = tools::chromium().ok_or("Chromium is missing")?;
    let origin = Origin::now(workspace);
    let cli = install(workspace)?;
    site::build(workspace)?;
    let exisone = workspace.build_server(Profile::Release)?;
    let seed = seed::build(workspace)?;
    let folder = workspace.target.join("lighthouse/run");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("cannot empty the folder: {error}"))?;
    }
    let data = folder.join("data");
    fs::create_dir_all(&data).map_err(|error| format!("cannot make a folder: {error}"))?;
    println!("making a year of {LICENSES} licences");
    let owner = seed::new_year(&seed, &data, LICENSES)?;
    let subject = Subject::start(&exisone, &folder)?;
    let person = (&*owner.email, &*owner.password);
    let visitor = Visitor::sign_in(subject.listen(), person)?;
    let judge = |path: &str| {
        let cookie = if path == "/sign-in" {
            ""
        } else {
            &visitor.cookie
        };
        let url = format!("http://{}{path}", subject.address());
        in_the_middle(&cli, &chromium, (&url, cookie, &folder))
    };
    let mut pages = Vec::new();
    for (name, path) in PAGES {
        println!("judging {name}");
        pages.push((name, judge(path)?));
    }
    results::put(workspace, &origin, (HEADING, &table(&pages)))?;
    verdict(&pages)
}

/// Lighthouse from npm, by a lock file of its own; answers its command line's script.
fn install(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target.join("lighthouse");
    tools::npm_copy(&workspace.root.join("xtask/lighthouse"), &folder)?;
    Ok(folder.join("node_modules/lighthouse/cli/index.js"))
}

fn in_the_middle(cli: &Path, chromium: &Path, asked: (&str, &str, &Path)) -> Outcome<Judged> {
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(once(cli, chromium, asked)?);
    }
    runs.sort_by(|one, other| one.scores[0].total_cmp(&other.scores[0]));
    Ok(runs.swap_remove(RUNS / 2))
}

fn once(
    cli: &Path,
    chromium: &Path,
    (url, cookie, folder): (&str, &str, &Path),
) -> Outcome<Judged> {
    let report = folder.join("report.json");
    let categories = MARKS.map(|(category, _)| category).join(",");
    let mut command = Command::new("node");
    command
        .arg(cli)
        .args([url, "--preset=desktop", "--output=json", "--quiet"])
        .arg(format!("--output-path={}", report.display()))
        .arg(format!("--only-categories={categories}"))
        .arg("--chrome-flags=--headless=new --no-sandbox --disable-gpu")
        .env("CHROME_PATH", chromium);
    if !cookie.is_empty() {
        command.arg(format!("--extra-headers={}", json!({ "Cookie": cookie })));
    }
    process::capture(&mut command)?;
    let text = fs::read_to_string(&report);
    let text = text.map_err(|error| format!("Lighthouse wrote no report: {error}"))?;
    let report: Value = serde_json::from_str(&text)
        .map_err(|error| format!("Lighthouse wrote no JSON: {error}"))?;
    judged(&report).ok_or_else(|| format!("Lighthouse could not judge {url}"))
}

fn judged(report: &Value) -> Option<Judged> {
    let audits = &report["audits"];
    let figure = |name: &str| audits[name]["numericValue"].as_f64().unwrap_or_default();
    let mut scores = [0.0; 3];
    for (score, (category, _)) in scores.iter_mut().zip(MARKS) {
        *score = report["categories"][category]["score"].as_f64()? * 100.0;
    }
    let failed = audits.as_object()?.values().filter(|audit| {
        let is_judged = audit["scoreDisplayMode"] == "binary";
        is_judged && audit["score"] == 0
    });
    Some(Judged {
        scores,
        paint: figure("largest-contentful-paint"),
        blocked: figure("total-blocking-time"),
        shift: figure("cumulative-layout-shift"),
        failed: failed
            .filter_map(|audit| audit["id"].as_str().map(str::to_owned))
            .collect(),
    })
}

fn table(pages: &[(&str, Judged)]) -> String {
    let mut text = format!(
        "Desktop preset, median of {RUNS} runs by performance; the server as shipped, a year of {LICENSES} licences.\n\
         Wanted: performance ≥ 95, accessibility 100, best practices ≥ 95.\n\n\
         | page | performance | accessibility | best practices | largest paint | blocked | shift |\n\
         |---|---|---|---|---|---|---|\n"
    );
    for (name, page) in pages {
        let [performance, accessibility, practices] = page.scores;
        let (paint, blocked, shift) = (page.paint, page.blocked, page.shift);
        writeln!(
            text,
            "| {name} | {performance:.0} | {accessibility:.0} | {practices:.0} | {paint:.0} ms | {blocked:.0} ms | {shift:.3} |"
        )
        .expect("a string takes all");
    }
    text
}

fn verdict(pages: &[(&str, Judged)]) -> Outcome {
    let mut missed = Vec::new();
    for (name, page) in pages {
        for ((category, mark), score) in MARKS.iter().zip(page.scores) {
            if score.round() < *mark {
                let failed = page.failed.join(", ");
                missed.push(format!(
                    "{name}: {category} {score:.0} of {mark:.0} ({failed})"
                ));
            }
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    Err(missed.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(accessibility: f64) -> Judged {
        let report = json!({
            "categories": {
                "performance": { "score": 0.97 }, "best-practices": { "score": 0.96 },
                "accessibility": { "score": accessibility },
            },
            "audits": {
                "largest-contentful-paint": { "numericValue": 612.4 },
                "color-contrast": { "id": "color-contrast", "scoreDisplayMode": "binary", "score": 0 },
            },
        });
        judged(&report).expect("is judged")
    }

    #[test]
    fn a_page_below_one_mark_fails_with_what_it_did_not_pass() {
        assert_eq!(verdict(&[("Dashboard", report(1.0))]), Ok(()));
        let missed = verdict(&[("Dashboard", report(0.96))]).expect_err("is below");
        assert_eq!(
            missed,
            "Dashboard: accessibility 96 of 100 (color-contrast)"
        );
    }

    #[test]
    fn the_figures_stand_in_a_row() {
        let text = table(&[("Dashboard", report(1.0))]);
        let row = "| Dashboard | 97 | 100 | 96 | 612 ms | 0 ms | 0.000 |";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn a_page_that_was_not_judged_has_no_scores() {
        let report = json!({ "categories": { "performance": { "score": null } }, "audits": {} });
        assert!(judged(&report).is_none());
    }
}
