//! How long pages take to begin among few and many licences: a seeded year behind each server, asked in turn.

mod list;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::subject::Subject;
use super::visitor::{Kept, Visitor};
use super::years::Year;
use crate::process::Outcome;
use list::PAGES;

/// The section of these figures.
pub const HEADING: &str = "Pages among few and many licences";
/// Licences of each database.
pub const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// How often each page is asked for before it counts, and how often it counts.
const WARM: usize = 5;
const COUNTED: usize = 100;
/// What the middle of many may be to the middle of few.
const LARGEST_RATIO: f64 = 1.5;
/// The Dashboard's address, and its first byte among 100,000 licences.
const DASHBOARD: &str = "/";
const DASHBOARD_MS: f64 = 25.0;

/// What one page took at one size.
#[derive(Clone, Copy)]
struct Figure {
    /// Milliseconds to the first byte, in the middle.
    median: f64,
    /// 99 of 100 began within this.
    p99: f64,
    /// Size of the page, KB: one of fifty rows is not one of three.
    kilobytes: f64,
}

/// What one page took, at each size.
pub struct Row {
    name: &'static str,
    path: &'static str,
    figures: [Figure; 3],
}

/// A server, somebody who is signed in there, and what stands for the places in the pages' addresses.
struct Server {
    _subject: Subject,
    visitor: Visitor,
    places: Vec<(&'static str, String)>,
}

/// Asks for every page at every size, the years of [`SIZES`].
pub fn measure(exisone: &Path, years: &[Year]) -> Outcome<Vec<Row>> {
    let servers = years
        .iter()
        .map(|year| Server::start(exisone, year))
        .collect::<Outcome<Vec<_>>>()?;
    let mut rows = Vec::new();
    for (name, path) in PAGES {
        let row = Row {
            name,
            path,
            figures: in_turn(&servers, path)?,
        };
        println!("{}", row.line());
        rows.push(row);
    }
    Ok(rows)
}

/// The section's text.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!(
        "A seeded year, told through the product’s own engine at every size: no row is copied. A signed-in person on \
         the\nlive side asks over a kept connection, {WARM} times before it counts and then {COUNTED} times, the three \
         servers in\nturn: the median of the time from the request to the answer’s first byte. The size is that of the \
         page as HTML;\nwhere it grows, the list has more rows to show. Wanted, or `cargo xtask bench pages` fails: at \
         10⁶ within {LARGEST_RATIO}\nof 10³, the Dashboard within {DASHBOARD_MS} ms at 10⁵.\n\n\
         | page | 10³ | 10⁵ | 10⁶ | ratio | p99 at 10³ | p99 at 10⁶ | KB at 10³ | KB at 10⁶ |\n\
         |---|---|---|---|---|---|---|---|---|\n"
    );
    for row in rows {
        writeln!(text, "{}", row.line()).expect("a string takes all");
    }
    text
}

/// A sentence for each page that is too slow.
pub fn missed(rows: &[Row]) -> Vec<String> {
    let mut missed = Vec::new();
    for row in rows {
        let [few, some, many] = row.figures;
        let (name, path) = (row.name, row.path);
        if row.ratio() > LARGEST_RATIO {
            missed.push(format!(
                "{name} ({path}): {:.1} ms at 10⁶ is {:.2} times the {:.1} ms at 10³, of {LARGEST_RATIO}; \
                 the page has {:.0} KB at 10⁶, {:.0} KB at 10³",
                many.median,
                row.ratio(),
                few.median,
                many.kilobytes,
                few.kilobytes
            ));
        }
        if path == DASHBOARD && some.median > DASHBOARD_MS {
            let median = some.median;
            missed.push(format!(
                "{name}: {median:.1} ms at 10⁵ of {DASHBOARD_MS} ms"
            ));
        }
    }
    missed
}

impl Row {
    fn ratio(&self) -> f64 {
        let [few, _, many] = self.figures;
        many.median / few.median
    }

    fn line(&self) -> String {
        let [few, some, many] = self.figures;
        format!(
            "| {} | {:.1} ms | {:.1} ms | {:.1} ms | {:.2} | {:.1} ms | {:.1} ms | {:.0} | {:.0} |",
            self.name,
            few.median,
            some.median,
            many.median,
            self.ratio(),
            few.p99,
            many.p99,
            few.kilobytes,
            many.kilobytes
        )
    }
}

impl Server {
    fn start(exisone: &Path, year: &Year) -> Outcome<Self> {
        let (subject, visitor) = year.open(exisone)?;
        let places = places(&mut visitor.connect()?)?;
        Ok(Self {
            _subject: subject,
            visitor,
            places,
        })
    }

    /// The address of a page here.
    fn path(&self, pattern: &str) -> String {
        let fill = |path: String, (name, place): &(&str, String)| path.replace(name, place);
        self.places.iter().fold(pattern.to_owned(), fill)
    }
}

/// What stands in addresses for a place half a year back; each server has its own.
fn places(kept: &mut Kept<'_>) -> Outcome<Vec<(&'static str, String)>> {
    let moment = half_a_year_back().to_string();
    let half = format!("{moment}_ffffffff-ffff-ffff-ffff-ffffffffffff");
    let licenses = kept.look(&format!("/licenses?after={half}"))?.page;
    let mails = kept.look(&format!("/outbox?after={half}"))?.page;
    let log = kept.look("/audit-log")?.page;
    let license = next_place(&licenses).ok_or("there is no licence half a year back")?;
    let day = first_day(&mails).ok_or("there is no mail half a year back")?;
    let newest = next_place(&log).and_then(|line| line.parse::<u64>().ok());
    let line = newest.ok_or("the audit log has one page alone")? / 2;
    Ok(vec![
        ("{moment}", moment),
        ("{half}", half),
        ("{license}", license.to_owned()),
        ("{day}", day.to_owned()),
        ("{line}", line.to_string()),
    ])
}

/// Milliseconds since 1970, as the places of lists have them.
fn half_a_year_back() -> u128 {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let half = Duration::from_hours(182 * 24);
    now.saturating_sub(half).as_millis()
}

/// Where the next page begins, as a page's links say it.
fn next_place(page: &str) -> Option<&str> {
    let (_, pager) = page.rsplit_once("class=\"pager\"")?;
    let (_, place) = pager.split_once("after=")?;
    place.split(['"', '&']).next()
}

/// The day of the first moment on a page.
fn first_day(page: &str) -> Option<&str> {
    let (_, moment) = page.split_once("datetime=\"")?;
    moment.get(..10)
}

/// What a page takes at each of the servers.
fn in_turn(servers: &[Server], pattern: &str) -> Outcome<[Figure; 3]> {
    let mut asked = Vec::new();
    for server in servers {
        let kept = server.visitor.connect()?;
        asked.push((kept, server.path(pattern), Vec::new(), 0));
    }
    for round in 0..WARM + COUNTED {
        for (kept, path, times, size) in &mut asked {
            let seen = kept.look(path)?;
            if round >= WARM {
                times.push(seen.first_byte);
            }
            *size = seen.page.len();
        }
    }
    let figures: Vec<_> = asked
        .into_iter()
        .map(|(_, _, times, size)| figure(times, size))
        .collect();
    <[Figure; 3]>::try_from(figures).map_err(|_| "there are three sizes".to_owned())
}

fn figure(mut times: Vec<Duration>, size: usize) -> Figure {
    times.sort_unstable();
    let at = |place: usize| {
        times
            .get(place)
            .map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    Figure {
        median: at(times.len() / 2),
        p99: at((times.len() * 99).div_ceil(100).saturating_sub(1)),
        kilobytes: f64::from(u32::try_from(size).unwrap_or(u32::MAX)) / 1e3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &'static str, medians: [f64; 3]) -> Row {
        let figure = |median| Figure {
            median,
            p99: 9.0,
            kilobytes: 40.0,
        };
        Row {
            name: "A page",
            path,
            figures: medians.map(figure),
        }
    }

    #[test]
    fn a_page_that_is_much_slower_among_many_is_named() {
        assert!(missed(&[row("/plans", [2.0, 9.0, 3.0])]).is_empty());
        let missed = missed(&[row("/plans", [2.0, 2.0, 3.1])]);
        let expected = "A page (/plans): 3.1 ms at 10⁶ is 1.55 times the 2.0 ms at 10³, of 1.5; \
                        the page has 40 KB at 10⁶, 40 KB at 10³";
        assert_eq!(missed, [expected]);
    }

    #[test]
    fn the_dashboard_has_a_bound_of_its_own() {
        assert!(missed(&[row("/", [20.0, 25.0, 21.0])]).is_empty());
        let missed = missed(&[row("/", [20.0, 25.3, 21.0])]);
        assert_eq!(missed, ["A page: 25.3 ms at 10⁵ of 25 ms"]);
    }

    #[test]
    fn the_figures_stand_in_a_row() {
        let text = table(&[row("/", [2.0, 2.5, 3.0])]);
        let line = "| A page | 2.0 ms | 2.5 ms | 3.0 ms | 1.50 | 9.0 ms | 9.0 ms | 40 | 40 |\n";
        assert!(text.ends_with(line), "{text}");
    }

    #[test]
    fn the_middle_and_the_last_but_one_of_a_hundred_count() {
        let times = (1..=100).rev().map(Duration::from_millis).collect();
        let figure = figure(times, 1_500);
        assert!((figure.median - 51.0).abs() < 1e-9);
        assert!((figure.p99 - 99.0).abs() < 1e-9);
        assert!((figure.kilobytes - 1.5).abs() < 1e-9);
    }

    #[test]
    fn places_are_read_from_a_page() {
        let page = "<time datetime=\"2026-06-02T10:00:00Z\">x</time><nav class=\"pager\">\
            <a href=\"/licenses\">Newest</a><a href=\"/licenses?state=active&amp;after=12_a-b\">Older</a></nav>";
        assert_eq!(next_place(page), Some("12_a-b"));
        assert_eq!(first_day(page), Some("2026-06-02"));
        assert_eq!(next_place("<p>after=1</p>"), None);
    }
}
