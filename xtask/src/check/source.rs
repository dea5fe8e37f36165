//! Rust sources as the walls see them: without comments, and with every path written out.

use std::fs;
use std::path::Path;

use crate::process::Outcome;
use crate::site::files_below;

/// One source file of the workspace.
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    /// As written.
    pub text: String,
    /// Comments blanked out, strings kept.
    pub uncommented: String,
    /// Comments and the insides of strings blanked out.
    pub code: String,
}

impl Source {
    /// A source of this path and text.
    pub fn new(path: &str, text: &str) -> Self {
        let (uncommented, code) = blank(text);
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            uncommented,
            code,
        }
    }

    /// Every Rust source below these folders of the root.
    pub fn below(root: &Path, folders: &[&str]) -> Outcome<Vec<Self>> {
        let mut sources = Vec::new();
        for folder in folders {
            for path in files_below(&root.join(folder))? {
                if path.extension().is_none_or(|extension| extension != "rs") {
                    continue;
                }
                let text = fs::read_to_string(&path)
                    .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
                let name = path.strip_prefix(root).unwrap_or(&path);
                sources.push(Self::new(&name.to_string_lossy().replace('\\', "/"), &text));
            }
        }
        Ok(sources)
    }

    /// Whether it lies below this folder, or is this file.
    pub fn is_in(&self, place: &str) -> bool {
        let rest = self.path.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || place.ends_with('/') || rest.starts_with('/'))
    }

    /// Whether it is a test by its place.
    pub fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests")
    }

    /// How many lines stand before the file's own tests.
    pub fn lines_before_tests(&self) -> usize {
        self.code_before_tests().lines().count()
    }

    /// The code before the file's own tests.
    pub fn code_before_tests(&self) -> &str {
        self.code
            .split_once("#[cfg(test)]\nmod ")
            .map_or(self.code.as_str(), |(before, _)| before)
    }

    /// The sentence block (`//!`) that opens the file.
    pub fn module_doc(&self) -> String {
        self.text
            .lines()
            .skip_while(|line| line.starts_with("#!") || line.trim().is_empty())
            .map_while(|line| line.strip_prefix("//!"))
            .collect()
    }
}

/// Where a character of a source belongs.
#[derive(Clone, Copy, PartialEq)]
enum Region {
    Code,
    LineComment,
    BlockComment(usize),
    Text,
    RawText(usize),
}

/// The text twice: without comments, and also without the insides of strings. Blanked
/// characters become spaces, so that lines keep their numbers.
fn blank(text: &str) -> (String, String) {
    let characters: Vec<char> = text.chars().collect();
    let (mut uncommented, mut code) = (String::new(), String::new());
    let mut region = Region::Code;
    let mut at = 0;
    while at < characters.len() {
        let (next, length) = step(
            region,
            &characters[at..],
            at.checked_sub(1).map(|before| characters[before]),
        );
        for &character in &characters[at..at + length] {
            let kept = |keep: bool| {
                if keep || character == '\n' {
                    character
                } else {
                    ' '
                }
            };
            let comment = matches!(region, Region::LineComment | Region::BlockComment(_))
                || matches!(next, Region::LineComment | Region::BlockComment(_));
            uncommented.push(kept(!comment));
            code.push(kept(region == Region::Code && next == Region::Code));
        }
        region = next;
        at += length;
    }
    (uncommented, code)
}

/// The region after the next token of a region, and that token's length.
fn step(region: Region, rest: &[char], before: Option<char>) -> (Region, usize) {
    let second = rest.get(1).copied();
    match (region, rest[0]) {
        (Region::Code, '/') if second == Some('/') => (Region::LineComment, 2),
        (Region::Code, '/') if second == Some('*') => (Region::BlockComment(1), 2),
        (Region::Code, '"') => (Region::Text, 1),
        (Region::Code, 'r') if !before.is_some_and(is_word) || before == Some('b') => {
            raw_opening(rest)
        }
        (Region::Code, '\'') => (Region::Code, character_length(rest)),
        (Region::LineComment, '\n') | (Region::Text, '"') => (Region::Code, 1),
        (Region::BlockComment(depth), '/') if second == Some('*') => {
            (Region::BlockComment(depth + 1), 2)
        }
        (Region::BlockComment(depth), '*') if second == Some('/') => (
            if depth == 1 {
                Region::Code
            } else {
                Region::BlockComment(depth - 1)
            },
            2,
        ),
        (Region::Text, '\\') => (region, rest.len().min(2)),
        (Region::RawText(hashes), '"') if closes(rest, hashes) => (Region::Code, 1 + hashes),
        _ => (region, 1),
    }
}

fn raw_opening(rest: &[char]) -> (Region, usize) {
    let hashes = rest[1..]
        .iter()
        .take_while(|&&character| character == '#')
        .count();
    if rest.get(1 + hashes) == Some(&'"') {
        (Region::RawText(hashes), 2 + hashes)
    } else {
        (Region::Code, 1)
    }
}

fn closes(rest: &[char], hashes: usize) -> bool {
    rest.len() > hashes && rest[1..=hashes].iter().all(|&character| character == '#')
}

/// A character literal is taken whole (it may hold a quote); a lifetime is its tick alone.
fn character_length(rest: &[char]) -> usize {
    match rest {
        [_, '\\', _, tail @ ..] => tail
            .iter()
            .position(|&character| character == '\'')
            .map_or(1, |end| end + 4),
        [_, _, '\'', ..] => 3,
        _ => 1,
    }
}

/// Whether a character may stand in a name.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_no_code() {
        let text = "a(); // sqlx\n/* sqlx /* deep */ still */ b(\"sqlx \\\" x\"); c(r#\"sqlx \" \"#); d('\"'); 'x: e<'a>()";
        let source = Source::new("x.rs", text);
        assert!(!source.code.contains("sqlx"), "{}", source.code);
        assert!(
            source.uncommented.contains("sqlx \\\" x"),
            "{}",
            source.uncommented
        );
        for kept in ["a();", "b(", "c(", "d(", "e<'a>()"] {
            assert!(source.code.contains(kept), "{kept} in {}", source.code);
        }
        assert_eq!(source.code.lines().count(), text.lines().count());
    }

    #[test]
    fn a_place_is_a_folder_or_a_file_but_no_prefix() {
        let source = Source::new("app/src/ui/table.rs", "");
        assert!(source.is_in("app/src/ui"));
        assert!(source.is_in("app/src/ui/table.rs"));
        assert!(!source.is_in("app/src/u"));
        assert!(!source.is_in("app/src/ui/table"));
    }

    #[test]
    fn tests_do_not_count_as_lines() {
        let source = Source::new(
            "x.rs",
            "//! Purpose.\nfn a() {}\n#[cfg(test)]\nmod tests {\n}\n",
        );
        assert_eq!(source.lines_before_tests(), 2);
        assert_eq!(source.module_doc(), " Purpose.");
    }
}
