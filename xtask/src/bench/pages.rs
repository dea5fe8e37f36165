//! How long pages take to begin among few and many licences: a seeded year behind each server, asked in turn.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::subject::Subject;
use super::visitor::Visitor;
use crate::process::Outcome;
use crate::seed;

/// The section of these figures.
pub const HEADING: &str = "Pages among few and many licences";
/// Licences of each database.
const SIZES: [u64; 3] = [1_000, 100_000, 1_000_000];
/// How often each page is asked for; the first few do not count.
const ROUNDS: usize = 35;
const WARM: usize = 5;

// `{half}` is a place half a year back.
const PAGES: [(&str, &str); 34] = [
    ("Dashboard", "/"),
    ("License Keys", "/licenses"),
    ("… active", "/licenses?state=active"),
    ("… expired", "/licenses?state=expired"),
    ("… suspended", "/licenses?state=suspended"),
    ("… revoked", "/licenses?state=revoked"),
    ("… of a product", "/licenses?product=2"),
    ("… of an address", "/licenses?find=mira.ok"),
    ("… half a year back", "/licenses?after={half}"),
    ("… by when issued", "/licenses?sort=created"),
    ("… by end", "/licenses?sort=expires"),
    ("… by end, the last first", "/licenses?sort=-expires"),
    ("… by holder", "/licenses?sort=email"),
    ("… by product", "/licenses?sort=product"),
    ("… revoked, by holder", "/licenses?state=revoked&sort=email"),
    ("License Activity", "/activity"),
    ("Event log", "/stripe"),
    ("… verified", "/stripe?status=verified"),
    ("… failed", "/stripe?status=failed"),
    ("… received", "/stripe?status=received"),
    ("… half a year back", "/stripe?after={half}"),
    ("… of a type", "/stripe?type=payment_intent.succeeded"),
    ("Outbox", "/outbox"),
    ("… queued", "/outbox?state=queued"),
    ("… sent", "/outbox?state=sent"),
    ("… failed", "/outbox?state=failed"),
    ("… to an address", "/outbox?find=mira.ok"),
    ("Audit log", "/audit-log"),
    ("Tickets", "/tickets"),
    ("… open", "/tickets?state=open"),
    ("… from an address", "/tickets?find=mira.ok"),
    ("Products", "/products"),
    ("Plans", "/plans"),
    ("Access Tokens", "/access-tokens"),
];

/// Asks for every page at every size; answers the section's text.
pub fn measure(exisone: &Path, seed: &Path, folder: &Path) -> Outcome<String> {
    let mut servers = Vec::new();
    for licenses in SIZES {
        servers.push(open(
            exisone,
            seed,
            (&folder.join(licenses.to_string()), licenses),
        )?);
    }
    let mut text = String::from(
        "A seeded year; a signed-in person on the live side asks over a new connection. Median of 30 from the\n\
         request to the answer's first byte, the three servers in turn. Wanted: at 10⁶ within 1.5 of 10³, the\n\
         Dashboard within 25 ms at 10⁵.\n\n\
         | page | 10³ | 10⁵ | 10⁶ | ratio |\n|---|---|---|---|---|\n",
    );
    for (name, path) in PAGES {
        let [few, some, many] = in_turn(&servers, &path.replace("{half}", &half_a_year_back()))?;
        let row = format!(
            "| {name} | {few:.1} ms | {some:.1} ms | {many:.1} ms | {:.2} |",
            many / few
        );
        println!("{row}");
        writeln!(text, "{row}").expect("a string takes all");
    }
    Ok(text)
}

/// A place in a list that is sorted by time.
fn half_a_year_back() -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let half = Duration::from_hours(182 * 24);
    let at = now.saturating_sub(half).as_millis();
    format!("{at}_ffffffff-ffff-ffff-ffff-ffffffffffff")
}

/// A server with a year behind it, and somebody who is signed in there.
fn open(
    exisone: &Path,
    seed: &Path,
    (folder, licenses): (&Path, u64),
) -> Outcome<(Subject, Visitor)> {
    let data = folder.join("data");
    fs::create_dir_all(&data).map_err(|error| format!("cannot make a folder: {error}"))?;
    println!("making a year of {licenses} licences");
    let person = seed::new_year(seed, &data, licenses)?;
    let subject = Subject::start(exisone, folder)?;
    let visitor = Visitor::sign_in(subject.listen(), (&person.email, &person.password))?;
    Ok((subject, visitor))
}

/// Milliseconds to the first byte of each server, in the middle.
fn in_turn(servers: &[(Subject, Visitor)], path: &str) -> Outcome<[f64; 3]> {
    let mut figures: [Vec<Duration>; 3] = Default::default();
    for round in 0..ROUNDS {
        for ((_, visitor), of_server) in servers.iter().zip(&mut figures) {
            let first_byte = visitor.first_byte(path)?;
            if round >= WARM {
                of_server.push(first_byte);
            }
        }
    }
    Ok(figures.map(|mut of_server| {
        of_server.sort_unstable();
        let middle = of_server.get(of_server.len() / 2);
        middle.map_or(0.0, |middle| middle.as_secs_f64() * 1e3)
    }))
}
