//! `benches/RESULTS.md`, a section for each thing that is measured: who measures writes its own anew.

use std::fs;
use std::path::PathBuf;

use crate::process::Outcome;
use crate::workspace::Workspace;

/// Puts a section (its heading without `## `, and what stands below) in its place, or at the end.
pub fn put(workspace: &Workspace, heading: &str, body: &str) -> Outcome {
    let path = path(workspace);
    let text = fs::read_to_string(&path).unwrap_or_else(|_| "# Results\n".to_owned());
    write(workspace, &with_section(&text, heading, body))?;
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
    fn a_section_is_found_by_its_whole_heading() {
        assert_eq!(section(TEXT, "One"), Some("\nfirst\n\n"));
        assert_eq!(section(TEXT, "On"), None);
    }
}
