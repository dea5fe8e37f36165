//! `benches/RESULTS.md`, a section for each thing that is measured: who measures writes its own anew, and where and
//! of which commit its figures are.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{self, Outcome};
use crate::workspace::Workspace;

/// Where figures are from. Sections are measured at different times, so each of them says its own.
#[derive(Clone)]
pub struct Origin {
    /// Processor and number of cores.
    pub machine: String,
    /// What was measured.
    pub commit: String,
}

impl Origin {
    /// As things stand when a run begins, before it builds: what is committed meanwhile is not measured.
    pub fn now(workspace: &Workspace) -> Self {
        Self {
            machine: machine(),
            commit: commit(workspace),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Measured at {}, on {}.", self.commit, self.machine)
    }
}

/// Processor and cores, as Linux tells them.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("unknown processor", |(_, name)| name.trim());
    format!("{name}, {cores} cores")
}

/// The commit that is checked out, and whether what is built differs from it.
fn commit(workspace: &Workspace) -> String {
    let git = |words: &[&str]| {
        let mut git = Command::new("git");
        process::capture(git.current_dir(&workspace.root).args(words))
    };
    let Ok(hash) = git(&["rev-parse", "--short", "HEAD"]) else {
        return "an unknown commit".to_owned();
    };
    // The results themselves are no part of what is measured, and change with each stage.
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        ".",
        ":(exclude)benches/RESULTS.md",
    ]);
    if changed.is_ok_and(|changed| changed.trim().is_empty()) {
        hash.trim().to_owned()
    } else {
        format!("{} with changes that are not committed", hash.trim())
    }
}

/// Puts a section (its heading without `## `, and what stands below) in its place, or at the end.
pub fn put(workspace: &Workspace, origin: &Origin, (heading, body): (&str, &str)) -> Outcome {
    let path = path(workspace);
    let text = fs::read_to_string(&path).unwrap_or_else(|_| "# Results\n".to_owned());
    let body = format!("{origin}\n\n{body}");
    write(workspace, &with_section(&text, heading, &body))?;
    println!("\n## {heading}\n\n{body}\nwritten to {}", path.display());
    Ok(())
}

/// Writes the whole file anew, but keeps these sections as they are.
pub fn put_all(workspace: &Workspace, text: &str, kept: &[&str]) -> Outcome {
    let before = fs::read_to_string(path(workspace)).unwrap_or_default();
    let mut text = text.to_owned();
    for heading in kept {
        if let Some(body) = section(&before, heading) {
            text = with_section(&text, heading, body);
        }
    }
    write(workspace, &text)
}

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("benches/RESULTS.md")
}

fn write(workspace: &Workspace, text: &str) -> Outcome {
    fs::write(path(workspace), text).map_err(|error| format!("cannot write RESULTS.md: {error}"))
}

fn with_section(text: &str, heading: &str, body: &str) -> String {
    let new = format!("## {heading}\n\n{}\n", body.trim());
    match place(text, heading) {
        Some((begin, end)) if end < text.len() => {
            format!("{}{new}\n{}", &text[..begin], &text[end..])
        }
        Some((begin, _)) => format!("{}{new}", &text[..begin]),
        None => format!("{}\n\n{new}", text.trim_end()),
    }
}

fn section<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    let (begin, end) = place(text, heading)?;
    text[begin..end].split_once('\n').map(|(_, body)| body)
}

/// Where a section begins, and where the next one does.
fn place(text: &str, heading: &str) -> Option<(usize, usize)> {
    let line = format!("## {heading}\n");
    let begin = match text.strip_prefix(&line) {
        Some(_) => 0,
        None => text.find(&format!("\n{line}"))? + 1,
    };
    let below = begin + line.len();
    let end = text[below..].find("\n## ");
    Some((begin, end.map_or(text.len(), |end| below + end + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Results\n\n## One\n\nfirst\n\n## Two\n\nsecond\n";

    #[test]
    fn a_section_is_written_anew_in_its_place() {
        let written = with_section(TEXT, "One", "other\n");
        assert_eq!(
            written,
            "# Results\n\n## One\n\nother\n\n## Two\n\nsecond\n"
        );
        let written = with_section(TEXT, "Two", "other");
        assert_eq!(written, "# Results\n\n## One\n\nfirst\n\n## Two\n\nother\n");
        assert_eq!(with_section(&written, "Two", "other"), written);
    }

    #[test]
    fn a_new_section_stands_at_the_end() {
        let written = with_section(TEXT, "Three", "third");
        assert!(
            written.ends_with("second\n\n## Three\n\nthird\n"),
            "{written}"
        );
    }

    #[test]
    fn figures_say_where_they_are_from() {
        let origin = Origin {
            machine: "a machine, 2 cores".into(),
            commit: "abc1234".into(),
        };
        assert_eq!(
            origin.to_string(),
            "Measured at abc1234, on a machine, 2 cores."
        );
    }

    #[test]
    fn a_section_is_found_by_its_whole_heading() {
        assert_eq!(section(TEXT, "One"), Some("\nfirst\n\n"));
        assert_eq!(section(TEXT, "On"), None);
    }
}
