//! How long going from page to page takes in a browser: from a click on a link to the frame that shows the page.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::years::Year;
use crate::process::{self, Outcome};
use crate::tools;
use crate::workspace::Workspace;

/// The section of these figures.
pub const HEADING: &str = "Navigation in a browser";
/// Licences of the year behind the server.
pub const LICENSES: u64 = 100_000;
/// What the middle of a page's visits may take.
const LONGEST_MS: f64 = 100.0;
/// The script that clicks, in the folder of the browser's packages.
const SCRIPT: &str = "bench/navigation.mjs";

/// What drives a browser, and the browser.
pub struct Browser {
    folder: PathBuf,
    chromium: PathBuf,
}

/// The visits of one page, in milliseconds, the shortest first.
#[derive(Debug)]
pub struct Visits {
    page: String,
    times: Vec<f64>,
}

/// Chromium, and Playwright as the browser tests have it.
pub fn browser(workspace: &Workspace) -> Outcome<Browser> {
    let folder = workspace.root.join("end2end");
    let chromium = tools::chromium().ok_or("Chromium is missing")?;
    tools::npm_ci(&folder)?;
    Ok(Browser { folder, chromium })
}

/// Clicks through the list of pages, signed in on the live side of a year.
pub fn measure(browser: &Browser, exisone: &Path, years: &[Year]) -> Outcome<Vec<Visits>> {
    let year = years.first().ok_or("there is no year")?;
    let (subject, visitor) = year.open(exisone)?;
    println!("clicking through the list of pages");
    let mut node = Command::new("node");
    node.arg(SCRIPT)
        .current_dir(&browser.folder)
        .env("E2E_CHROMIUM", &browser.chromium)
        .env("BENCH_URL", format!("http://{}", subject.address()))
        .env("BENCH_COOKIE", &visitor.cookie);
    read(&process::capture(&mut node)?)
}

/// What the script printed: `[{"page":"Plans","millis":[31.5]}]`.
fn read(printed: &str) -> Outcome<Vec<Visits>> {
    let printed: Value = serde_json::from_str(printed)
        .map_err(|error| format!("{SCRIPT} printed no JSON: {error}"))?;
    let pages = printed.as_array().into_iter().flatten();
    let visits: Option<Vec<_>> = pages.map(visits).collect();
    visits
        .filter(|visits| !visits.is_empty())
        .ok_or_else(|| format!("{SCRIPT} printed no visits"))
}

fn visits(page: &Value) -> Option<Visits> {
    let times = page["millis"].as_array()?.iter().map(Value::as_f64);
    let mut times = times.collect::<Option<Vec<_>>>()?;
    times.sort_by(f64::total_cmp);
    let page = page["page"].as_str()?.to_owned();
    (!times.is_empty()).then_some(Visits { page, times })
}

/// The section's text.
pub fn table(visits: &[Visits]) -> String {
    let rounds = visits.first().map_or(0, |visits| visits.times.len());
    let mut text = format!(
        "Chromium on the server’s own machine, signed in on the live side of a seeded year of {LICENSES} licences. \
         Every page\nwas visited once; then its link in the list of pages is clicked {rounds} times, each time from \
         the page above it.\nMeasured from the click to the frame after which the page’s title and what it fetched \
         are on the screen, with\nno placeholder. Wanted, or `cargo xtask bench navigation` fails: medians within \
         {LONGEST_MS} ms.\n\n\
         | page | median | p95 | worst |\n|---|---|---|---|\n"
    );
    for one in visits {
        let (median, p95, worst) = (one.at(50), one.at(95), one.at(100));
        writeln!(
            text,
            "| {} | {median:.0} ms | {p95:.0} ms | {worst:.0} ms |",
            one.page
        )
        .expect("a string takes all");
    }
    text
}

/// A sentence for each page that takes too long.
pub fn missed(visits: &[Visits]) -> Vec<String> {
    let slow = visits.iter().filter(|one| one.at(50) > LONGEST_MS);
    slow.map(|one| {
        let (page, median) = (&one.page, one.at(50));
        format!("{page}: shown {median:.1} ms after the click, of {LONGEST_MS} ms")
    })
    .collect()
}

impl Visits {
    /// So many of a hundred visits took at most this.
    fn at(&self, of_hundred: usize) -> f64 {
        let place = (self.times.len() * of_hundred).div_ceil(100);
        let time = self.times.get(place.saturating_sub(1));
        time.copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_judged_by_its_middle() {
        let printed = r#"[{"page":"Plans","millis":[400,30,31.5,29]},{"page":"Help","millis":[101,100.4,102,99]}]"#;
        let visits = read(printed).expect("is read");
        let text = table(&visits);
        assert!(
            text.ends_with(
                "| Plans | 30 ms | 400 ms | 400 ms |\n| Help | 100 ms | 102 ms | 102 ms |\n"
            ),
            "{text}"
        );
        let slow = "Help: shown 100.4 ms after the click, of 100 ms";
        assert_eq!(missed(&visits), [slow]);
    }

    #[test]
    fn a_page_without_visits_was_not_measured() {
        for printed in ["", "[]", "{}", r#"[{"page":"Plans","millis":[]}]"#] {
            assert!(read(printed).is_err(), "{printed}");
        }
    }
}
