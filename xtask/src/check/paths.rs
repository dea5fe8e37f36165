//! Every path that a source says, written out: `use a::{b, c::d};` is `a::b` and `a::c::d`.
//!
//! `self` and `super` are resolved by the file's place, so that no spelling hides a module.

use super::source::{Source, is_word};

/// A path and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Said {
    /// Such as `crate::api::products`.
    pub path: String,
    /// Counted from 1.
    pub line: usize,
}

impl Said {
    /// Whether it is this path or lies below it.
    pub fn is_below(&self, path: &str) -> bool {
        self.path
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    }

    /// Whether it ends with these words.
    pub fn ends_with(&self, words: &str) -> bool {
        self.path
            .strip_suffix(words)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
    }
}

/// Every path of the code, in order of their lines; the file's own tests included.
pub fn said(source: &Source) -> Vec<Said> {
    let mut all = spelled(&source.code);
    let tests_begin = source.lines_before_tests();
    let module = module_of(&source.path);
    let tests = [module.as_slice(), &["tests".to_owned()]].concat();
    for said in &mut all {
        let home = if said.line > tests_begin {
            &tests
        } else {
            &module
        };
        said.path = resolve(home, &said.path);
    }
    all
}

/// Every path as it is spelled, `use` trees written out.
fn spelled(code: &str) -> Vec<Said> {
    let tokens = tokens(code);
    let mut all = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = if tokens[at].0 == "use" {
            tree(&tokens, at + 1, "", &mut all)
        } else if tokens[at].0.starts_with(is_word) {
            plain(&tokens, at, &mut all)
        } else {
            at + 1
        };
    }
    all
}

type Token<'a> = (&'a str, usize);

/// Words, `::`, and single other characters, with their lines; spaces fall away.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_word(first) {
                rest.find(|character| !is_word(character))
                    .unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((&rest[..length], index + 1));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// A path outside `use`; answers where it ends.
fn plain(tokens: &[Token<'_>], start: usize, all: &mut Vec<Said>) -> usize {
    let mut path = tokens[start].0.to_owned();
    let mut at = start + 1;
    while word_at(tokens, at) == Some("::")
        && word_at(tokens, at + 1).is_some_and(|word| word.starts_with(is_word))
    {
        path = format!("{path}::{}", tokens[at + 1].0);
        at += 2;
    }
    if path.contains("::") {
        all.push(Said {
            path,
            line: tokens[start].1,
        });
    }
    at
}

/// A tree of `use`; answers where it ends.
fn tree(tokens: &[Token<'_>], start: usize, prefix: &str, all: &mut Vec<Said>) -> usize {
    let mut path = prefix.to_owned();
    let mut at = start;
    while let Some(word) = word_at(tokens, at) {
        match word {
            "::" => at += 1,
            "{" => return branches(tokens, at + 1, &path, all),
            "as" => at += 2,
            _ if word == "*" || word.starts_with(is_word) => {
                path = if path.is_empty() {
                    word.to_owned()
                } else {
                    format!("{path}::{word}")
                };
                at += 1;
            }
            _ => break,
        }
    }
    let path = path.strip_suffix("::self").unwrap_or(&path).to_owned();
    let line = tokens.get(at.saturating_sub(1)).map_or(0, |token| token.1);
    all.push(Said { path, line });
    at
}

fn branches(tokens: &[Token<'_>], start: usize, prefix: &str, all: &mut Vec<Said>) -> usize {
    let mut at = start;
    loop {
        match word_at(tokens, at) {
            None => return at,
            Some("}") => return at + 1,
            Some(",") => at += 1,
            Some(_) => {
                let end = tree(tokens, at, prefix, all);
                at = end.max(at + 1);
            }
        }
    }
}

fn word_at<'a>(tokens: &[Token<'a>], at: usize) -> Option<&'a str> {
    tokens.get(at).map(|token| token.0)
}

/// The module that a file is, as a path from `crate`.
fn module_of(file: &str) -> Vec<String> {
    let inside = file.split_once("src/").map_or("", |(_, inside)| inside);
    let mut module = vec!["crate".to_owned()];
    module.extend(inside.trim_end_matches(".rs").split('/').map(str::to_owned));
    if matches!(
        module.last().map(String::as_str),
        Some("lib" | "main" | "mod" | "")
    ) {
        module.pop();
    }
    module
}

fn resolve(module: &[String], path: &str) -> String {
    let mut words = path.split("::").peekable();
    let mut base = module.to_vec();
    if !matches!(words.peek(), Some(&("self" | "super"))) {
        return path.to_owned();
    }
    while let Some(word) = words.next_if(|word| matches!(*word, "self" | "super")) {
        if word == "super" {
            base.pop();
        }
    }
    base.extend(words.map(str::to_owned));
    base.join("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(file: &str, code: &str) -> Vec<String> {
        said(&Source::new(file, code))
            .into_iter()
            .map(|said| said.path)
            .collect()
    }

    #[test]
    fn a_use_tree_is_written_out() {
        let code = "use crate::{\n    api::{self, products as p},\n    ui::*,\n};\nuse std::fs;";
        let expected = [
            "crate::api",
            "crate::api::products",
            "crate::ui::*",
            "std::fs",
        ];
        assert_eq!(paths("app/src/x.rs", code), expected);
    }

    #[test]
    fn super_means_the_folder_above() {
        let code = "fn f() { super::super::api::ask(); self::own(); super::table(); }";
        let expected = [
            "crate::api::ask",
            "crate::ui::field::own",
            "crate::ui::table",
        ];
        assert_eq!(paths("app/src/ui/field.rs", code), expected);
    }

    #[test]
    fn super_in_the_tests_of_a_file_means_the_file() {
        let code = "fn f() {}\n#[cfg(test)]\nmod tests {\n    use super::f;\n}";
        assert_eq!(
            paths("app/src/pages/frame.rs", code),
            ["crate::pages::frame::f"]
        );
    }

    #[test]
    fn a_path_in_the_code_is_found_with_its_line() {
        let found = said(&Source::new(
            "app/src/lib.rs",
            "fn f() {\n    let x = sqlx :: query(1);\n}",
        ));
        assert_eq!(
            found,
            [Said {
                path: "sqlx::query".to_owned(),
                line: 2
            }]
        );
        assert!(found[0].is_below("sqlx"));
        assert!(!found[0].is_below("sql"));
        assert!(found[0].ends_with("query"));
    }
}
