//! Things that are said twice and must agree: Leptos's settings, and the migrations' names.

use std::fs;
use std::path::Path;

use crate::process::Outcome;
use crate::site::files_below;

/// Settings that a server without a build tool reads from Leptos.toml.
const SHARED: [&str; 5] = [
    "output-name",
    "site-root",
    "site-pkg-dir",
    "site-addr",
    "reload-port",
];

/// One sentence for each setting or migration that stands in one place only.
pub fn check(root: &Path) -> Outcome<Vec<String>> {
    let read = |name: &str| {
        fs::read_to_string(root.join(name)).map_err(|error| format!("cannot read {name}: {error}"))
    };
    let mut found = unequal(&read("Cargo.toml")?, &read("Leptos.toml")?);
    let names = |folder: &str| -> Outcome<Vec<String>> {
        let files = files_below(&root.join("migrations").join(folder))?;
        Ok(files
            .iter()
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect())
    };
    found.extend(unpaired(&names("sqlite")?, &names("postgres")?));
    Ok(found)
}

fn unequal(cargo: &str, leptos: &str) -> Vec<String> {
    let workspace = cargo
        .split_once("[[workspace.metadata.leptos]]")
        .map_or("", |(_, rest)| rest);
    let differs = |name: &&str| {
        setting(workspace, name).is_none() || setting(workspace, name) != setting(leptos, name)
    };
    let sentence =
        |name| format!("`{name}` differs between Leptos.toml and [[workspace.metadata.leptos]]");
    SHARED.into_iter().filter(differs).map(sentence).collect()
}

fn setting<'a>(toml: &'a str, name: &str) -> Option<&'a str> {
    toml.lines()
        .find_map(|line| line.strip_prefix(name)?.trim_start().strip_prefix('='))
        .map(str::trim)
}

fn unpaired(sqlite: &[String], postgres: &[String]) -> Vec<String> {
    let lacks =
        |side: &str, name: &String| format!("migration {name} is missing in migrations/{side}");
    let absent_in_postgres = sqlite
        .iter()
        .filter(|name| !postgres.contains(name))
        .map(|name| lacks("postgres", name));
    let absent_in_sqlite = postgres
        .iter()
        .filter(|name| !sqlite.contains(name))
        .map(|name| lacks("sqlite", name));
    absent_in_postgres.chain(absent_in_sqlite).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEPTOS: &str = "[leptos]\noutput-name = \"e\"\nsite-root = \"s\"\nsite-pkg-dir = \"p\"\nsite-addr = \"a\"\nreload-port = 1\n";

    #[test]
    fn a_setting_that_differs_is_named() {
        let same = LEPTOS.replace("[leptos]", "[[workspace.metadata.leptos]]");
        assert!(unequal(&same, LEPTOS).is_empty());
        let other = same.replace("site-addr = \"a\"", "site-addr = \"b\"");
        assert_eq!(
            unequal(&other, LEPTOS),
            ["`site-addr` differs between Leptos.toml and [[workspace.metadata.leptos]]"]
        );
        assert_eq!(unequal("", "").len(), SHARED.len());
    }

    #[test]
    fn a_migration_of_one_database_is_named() {
        let names = |names: &[&str]| {
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>()
        };
        let found = unpaired(&names(&["1.sql", "2.sql"]), &names(&["1.sql", "3.sql"]));
        let expected = [
            "migration 2.sql is missing in migrations/postgres",
            "migration 3.sql is missing in migrations/sqlite",
        ];
        assert_eq!(found, expected);
    }
}
