//! The figures, in words that can be read in a year.

use std::fmt::Write as _;
use std::time::Duration;

use crate::results::Origin;

/// What a round of load measured.
#[derive(Clone, Copy)]
pub struct Round {
    /// Requests answered in a second.
    pub per_second: f64,
    /// Half of the requests were answered within this.
    pub p50_ms: f64,
    /// 99 of 100 requests were answered within this.
    pub p99_ms: f64,
}

/// Everything that was measured.
pub struct Report {
    /// Where and what was measured.
    pub origin: Origin,
    /// From the start of the process to the first 200; the first start also makes the database.
    pub starts: Vec<Duration>,
    /// Resident memory of a server that has nothing to do.
    pub idle_kib: u64,
    /// The same after all the load.
    pub loaded_kib: u64,
    /// Rounds of webhooks: the floor's and ours.
    pub webhooks: Vec<(Round, Round)>,
    /// What programs ask, at each size of the database.
    pub programs: Vec<Programs>,
}

/// What programs ask of a database of one size; rounds are the floor's and ours.
pub struct Programs {
    /// Licences in the database.
    pub licenses: usize,
    /// Rounds of validations.
    pub validations: Vec<(Round, Round)>,
    /// Rounds of activations; none at some sizes.
    pub activations: Vec<(Round, Round)>,
    /// Resident memory after the validations.
    pub loaded_kib: u64,
}

impl Report {
    /// The report as `benches/RESULTS.md`.
    pub fn to_markdown(&self) -> String {
        let mut text = String::from(
            "# Results\n\nMade by `cargo xtask bench` and `cargo xtask lighthouse`: each writes anew what it measures \
             and keeps the rest.\nMachine and commit stand for the load, down to start and memory; every other section \
             says its own. Speed under\nload is told as a ratio to a floor server that ran beside and took turns: \
             absolute figures say more about the\nmachine.\n\n",
        );
        let line = |text: &mut String, words: String| {
            writeln!(text, "{words}").expect("a string takes all");
        };
        line(&mut text, format!("- Machine: {}", self.origin.machine));
        line(&mut text, format!("- Commit: {}", self.origin.commit));
        self.webhooks(&mut text);
        self.programs(&mut text);
        text.push_str("\n## Start and memory\n\n| what | measured | wanted |\n|---|---|---|\n");
        let first = self.starts.first().map_or(0.0, millis);
        let later = median(self.starts.iter().skip(1).map(millis).collect());
        line(
            &mut text,
            format!(
                "| first start of all, which makes the database, to the first 200 | {first:.0} ms | |"
            ),
        );
        line(
            &mut text,
            format!(
                "| start to the first 200, median of {} | {later:.0} ms | < 150 ms |",
                self.starts.len().saturating_sub(1)
            ),
        );
        line(
            &mut text,
            format!(
                "| memory, idle | {:.0} MB | < 60 MB |",
                megabytes(self.idle_kib)
            ),
        );
        line(
            &mut text,
            format!(
                "| memory after all webhooks | {:.0} MB | |",
                megabytes(self.loaded_kib)
            ),
        );
        text
    }

    fn webhooks(&self, text: &mut String) {
        text.push_str(
            "\n## Webhook to committed keys\n\nA signed `checkout.session.completed` over 16 kept connections; \
             the answer comes when event, order, payment,\nlicence, mail and change are on the disk. The floor checks \
             the signature and commits three rows, each\nrequest by itself. Wanted: ratio ≥ 0.7, p99 < 25 ms.\n\n",
        );
        text.push_str(&table(&self.webhooks));
    }

    fn programs(&self, text: &mut String) {
        for programs in &self.programs {
            let section = format!(
                "\n## Validations among {} licences\n\nA licensed key on its device over 32 kept connections, with \
                 token check, rate limit and last seen. The floor\nreads JSON and selects one row from as many. \
                 Wanted: ratio ≥ 0.8, p99 within 1.5 of the floor's, memory < 200 MB\n(measured: {:.0} MB).\n\n{}",
                programs.licenses,
                megabytes(programs.loaded_kib),
                table(&programs.validations)
            );
            text.push_str(&section);
            if !programs.activations.is_empty() {
                let section = format!(
                    "\n## Activations among {} licences\n\nEach of a key of its own, over 16 kept connections; the \
                     answer comes when it is on the disk. The floor is the\nwebhook's. Wanted: ratio ≥ 0.7.\n\n{}",
                    programs.licenses,
                    table(&programs.activations)
                );
                text.push_str(&section);
            }
        }
    }
}

/// A row for each round, and the medians.
fn table(rounds: &[(Round, Round)]) -> String {
    let mut text = String::from(
        "| round | floor /s | floor p99 | exisone /s | p50 | p99 | ratio | of p99 |\n|---|---|---|---|---|---|---|---|\n",
    );
    for (number, (floor, ours)) in rounds.iter().enumerate() {
        let row = format!(
            "| {} | {:.0} | {:.1} ms | {:.0} | {:.1} ms | {:.1} ms | {:.2} | {:.2} |\n",
            number + 1,
            floor.per_second,
            floor.p99_ms,
            ours.per_second,
            ours.p50_ms,
            ours.p99_ms,
            ours.per_second / floor.per_second,
            ours.p99_ms / floor.p99_ms
        );
        text.push_str(&row);
    }
    let of = |figure: fn(&(Round, Round)) -> f64| median(rounds.iter().map(figure).collect());
    let row = format!(
        "| **median** | {:.0} | {:.1} ms | {:.0} | {:.1} ms | **{:.1} ms** | **{:.2}** | {:.2} |\n",
        of(|(floor, _)| floor.per_second),
        of(|(floor, _)| floor.p99_ms),
        of(|(_, ours)| ours.per_second),
        of(|(_, ours)| ours.p50_ms),
        of(|(_, ours)| ours.p99_ms),
        of(|(floor, ours)| ours.per_second / floor.per_second),
        of(|(floor, ours)| ours.p99_ms / floor.p99_ms)
    );
    text.push_str(&row);
    text
}

fn millis(duration: &Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// `VmRSS` of Linux counts in KiB; memory is told in MB of 1024 KiB.
fn megabytes(kib: u64) -> f64 {
    f64::from(u32::try_from(kib).unwrap_or(u32::MAX)) / 1024.0
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_figure_counts() {
        assert!((median(vec![3.0, 1.0, 9.0]) - 3.0).abs() < f64::EPSILON);
    }

    #[test]
    fn ratios_are_told_for_each_round_and_in_the_middle() {
        let round = |per_second| Round {
            per_second,
            p50_ms: 1.0,
            p99_ms: 2.0,
        };
        let report = Report {
            origin: Origin {
                machine: "a machine".into(),
                commit: "abc".into(),
            },
            starts: vec![Duration::from_millis(90), Duration::from_millis(20)],
            idle_kib: 30 * 1024,
            loaded_kib: 40 * 1024,
            webhooks: vec![(round(1000.0), round(900.0))],
            programs: Vec::new(),
        };
        let text = report.to_markdown();
        assert!(
            text.contains("| 1 | 1000 | 2.0 ms | 900 | 1.0 ms | 2.0 ms | 0.90 | 1.00 |"),
            "{text}"
        );
        assert!(
            text.contains("| memory, idle | 30 MB | < 60 MB |"),
            "{text}"
        );
    }
}
