//! Counts what the runners say that passed, failed and was skipped.

use std::fmt;
use std::ops::AddAssign;

/// Tests by their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Did what their name says.
    pub passed: u64,
    /// Did not, or could not run at all.
    pub failed: u64,
    /// Something that they need is missing.
    pub skipped: u64,
}

impl Tally {
    /// One thing that failed as a whole.
    pub const FAILURE: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };
    /// One thing that was skipped as a whole.
    pub const SKIP: Self = Self {
        passed: 0,
        failed: 0,
        skipped: 1,
    };

    /// What a runner's output says, judged with how it ended: a runner that counted
    /// nothing, or failed without naming a failure, is itself one failure.
    pub fn of(output: &str, succeeded: bool) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            tally += line_of(&plain(line));
        }
        if tally == Self::default() || (!succeeded && tally.failed == 0) {
            tally.failed += 1;
        }
        tally
    }

    /// The same where nothing may be missing: what was skipped has failed.
    pub const fn without_skips(self) -> Self {
        Self {
            passed: self.passed,
            failed: self.failed + self.skipped,
            skipped: 0,
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// The lines of a runner's output that name a test that failed: cargo `test a ... FAILED`, Playwright
/// `  ✘  3 [chromium] › a.spec.ts:5:1 › …`, node `not ok 3 - …`, Python `FAIL: …` and `ERROR: …`.
pub fn failures(output: &str) -> Vec<String> {
    let names_one = |line: &String| {
        let is_cargos = line.starts_with("test ") && line.ends_with("... FAILED");
        let others = ["✘ ", "not ok ", "FAIL: ", "ERROR: "];
        is_cargos || others.iter().any(|mark| line.starts_with(mark))
    };
    output.lines().map(plain).filter(names_one).collect()
}

/// How many lines of what a runner says about one failure are worth repeating.
const ACCOUNT: usize = 30;

/// What the runners say about each test that failed, from where they begin to: cargo `---- b::c stdout ----`,
/// Playwright `  1) [chromium] › a.spec.ts:5:1 › …`, node `not ok 3 - …`.
pub fn accounts(output: &str) -> Vec<String> {
    let mut accounts: Vec<Vec<&str>> = Vec::new();
    for line in output.lines() {
        if begins_account(&plain(line)) {
            accounts.push(Vec::new());
        }
        if let Some(account) = accounts.last_mut().filter(|lines| lines.len() < ACCOUNT) {
            account.push(line);
        }
    }
    accounts.iter().map(|lines| lines.join("\n")).collect()
}

fn begins_account(line: &str) -> bool {
    let is_cargos = line.starts_with("---- ") && line.ends_with(" stdout ----");
    let numbered = line.split_once(") [").map(|(number, _)| number);
    let is_playwrights = numbered.is_some_and(|number| number.parse::<u32>().is_ok());
    is_cargos || is_playwrights || line.starts_with("not ok ")
}

/// The lines of a runner's output that name a test that was skipped: cargo `test a ... ignored`, Playwright
/// `  -  3 [chromium] › a.spec.ts:5:1 › …`, node `ok 3 - … # SKIP why` (or `﹣ … # why`).
pub fn skips(output: &str) -> Vec<String> {
    let names_one = |line: &String| {
        let is_cargos = line.starts_with("test ") && line.contains("... ignored");
        let is_nodes = line.starts_with("ok ") && line.contains(" # SKIP");
        let is_playwrights = line.starts_with("- ") && line.contains("] › ");
        is_cargos || is_nodes || is_playwrights || line.starts_with("﹣ ")
    };
    output.lines().map(plain).filter(names_one).collect()
}

/// Runners write their counts in four ways:
/// cargo `test result: ok. 3 passed; 0 failed; 1 ignored; …`, Playwright `  3 passed (2.1s)`,
/// node `# pass 3` (or `ℹ pass 3`), scripts `3 passed, 0 failed, 0 skipped`.
fn line_of(line: &str) -> Tally {
    let node = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
    if let Some((word, number)) = node.and_then(|rest| rest.split_once(' ')) {
        return number
            .parse()
            .map_or(Tally::default(), |count| counted(word, count));
    }
    let counts = line
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "));
    let counts = counts.map_or(line, |(_, counts)| counts);
    let mut tally = Tally::default();
    for part in counts.split([';', ',']) {
        let mut words = part.split_whitespace();
        let count = words.next().and_then(|number| number.parse().ok());
        match (count, words.next(), words.next()) {
            (Some(count), Some(word), None) => tally += counted(word, count),
            (Some(count), Some(word), Some(time)) if time.starts_with('(') => {
                tally += counted(word, count);
            }
            (Some(count), Some("did"), Some("not")) => tally += counted("failed", count),
            _ if counts == line => return Tally::default(),
            _ => {}
        }
    }
    tally
}

fn counted(word: &str, count: u64) -> Tally {
    let mut tally = Tally::default();
    match word {
        "pass" | "passed" => tally.passed = count,
        "fail" | "failed" | "flaky" | "interrupted" | "cancelled" => tally.failed = count,
        "skip" | "skipped" | "ignored" | "todo" => tally.skipped = count,
        _ => {}
    }
    tally
}

/// A line without colours and surrounding space.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64, skipped: u64) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn each_runner_is_understood() {
        let cargo = "test a ... ok\ntest result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.1s\n\
                     test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(Tally::of(cargo, false), tally(7, 2, 1));
        let playwright = "Running 9 tests using 2 workers\n  \u{1b}[31m1 failed\u{1b}[39m\n    [chromium] › a.spec.ts\n  1 flaky\n  2 skipped\n  3 did not run\n  5 passed (2.4s)";
        assert_eq!(Tally::of(playwright, false), tally(5, 5, 2));
        let node = "ok 1 - a\n# tests 4\n# suites 0\n# pass 3\n# fail 0\n# cancelled 0\n# skipped 1\n# todo 0\n# duration_ms 12";
        assert_eq!(Tally::of(node, true), tally(3, 0, 1));
        assert_eq!(
            Tally::of("ℹ tests 2\nℹ pass 2\nℹ fail 0", true),
            tally(2, 0, 0)
        );
        assert_eq!(
            Tally::of("checked all\n12 passed, 0 failed", true),
            tally(12, 0, 0)
        );
    }

    #[test]
    fn a_test_that_failed_is_named_again() {
        let output = "test a ... ok\ntest b::c ... FAILED\ntest result: FAILED. 1 passed; 1 failed\n\
                      \u{1b}[31m  ✘  7 [chromium] › a.spec.ts:5:1 › it works (9.1s)\u{1b}[39m\n  ✓  8 [no-js] › b\n\
                      ok 1 - fine\nnot ok 2 - wrong\n0 not ok\nFAIL: test_seats (__main__.Usage)";
        let expected = [
            "test b::c ... FAILED",
            "✘  7 [chromium] › a.spec.ts:5:1 › it works (9.1s)",
            "not ok 2 - wrong",
            "FAIL: test_seats (__main__.Usage)",
        ];
        assert_eq!(failures(output), expected);
    }

    #[test]
    fn what_is_said_of_a_failure_is_repeated_as_far_as_it_helps() {
        let long = "\n    more".repeat(50);
        let output = format!(
            "test b::c ... FAILED\n---- b::c stdout ----\nit was 3{long}\nfailures:\n    b::c\n\
             \u{1b}[31m  1) [chromium] › a.spec.ts:5:1 › it works\u{1b}[39m\n    Error: no\nnot ok 2 - wrong\n  ---\n"
        );
        let said = accounts(&output);
        assert_eq!(said.len(), 3);
        assert!(said[0].starts_with("---- b::c stdout ----\nit was 3\n    more"));
        assert_eq!(said[0].lines().count(), ACCOUNT);
        assert!(said[1].ends_with("\n    Error: no"), "{}", said[1]);
        assert_eq!(said[2], "not ok 2 - wrong\n  ---");
        assert_eq!(accounts("(3) [a] ok\nok 1 - not ok 2"), [""; 0]);
    }

    #[test]
    fn a_test_that_was_skipped_is_named_again() {
        let output = "test a ... ok\ntest b::c ... ignored\ntest d ... ignored, too slow\n\
                      \u{1b}[36m  -   7 [chromium] › a.spec.ts:5:1 › it works\u{1b}[39m\n  ✓  8 [no-js] › b\n\
                      - a line of prose\nok 1 - fine\nok 2 - absent # SKIP not installed\n# skipped 1\n\
                      ﹣ absent (0.2ms) # not installed";
        let expected = [
            "test b::c ... ignored",
            "test d ... ignored, too slow",
            "-   7 [chromium] › a.spec.ts:5:1 › it works",
            "ok 2 - absent # SKIP not installed",
            "﹣ absent (0.2ms) # not installed",
        ];
        assert_eq!(skips(output), expected);
    }

    #[test]
    fn where_nothing_may_be_missing_what_was_skipped_has_failed() {
        assert_eq!(tally(3, 1, 2).without_skips(), tally(3, 3, 0));
        assert_eq!(tally(3, 0, 0).without_skips(), tally(3, 0, 0));
    }

    #[test]
    fn a_runner_that_counts_nothing_is_a_failure() {
        assert_eq!(Tally::of("all is well", true), tally(0, 1, 0));
        assert_eq!(Tally::of("error: could not compile", false), tally(0, 1, 0));
        assert_eq!(
            Tally::of("test result: ok. 3 passed; 0 failed; 0 ignored", false),
            tally(3, 1, 0)
        );
    }

    #[test]
    fn numbers_in_prose_do_not_count() {
        assert_eq!(
            Tally::of("waited 3 passed keys, 4 failed\n1 passed", true),
            tally(1, 0, 0)
        );
        assert_eq!(
            Tally::of("|   9 generated, 9 passed, 2 skipped\n1 passed", true),
            tally(1, 0, 0)
        );
    }

    #[test]
    fn the_last_line_reads_as_promised() {
        assert_eq!(tally(3, 0, 1).to_string(), "3 passed, 0 failed, 1 skipped");
    }
}
