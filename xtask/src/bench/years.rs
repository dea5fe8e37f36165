//! Seeded years that are kept from one run to the next: selling a million licences takes longer than looking at them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::subject::Subject;
use super::visitor::Visitor;
use crate::process::{self, Outcome};
use crate::seed::{self, Owner};
use crate::site::files_below;
use crate::workspace::Workspace;

/// A year ends on the day on which it was made. In one that is much older the last thirty days would be half empty,
/// and pages that show them would be fast for that alone.
const KEPT: Duration = Duration::from_hours(7 * 24);
/// What a year depends on: the tables, and the story.
const INPUTS: [&str; 2] = ["migrations/sqlite", "benches/src/bin/seed"];

/// A year of so many licences, and who may sign in there.
pub struct Year {
    folder: PathBuf,
    owner: Owner,
}

impl Year {
    /// Starts a server with the year behind it, and signs somebody in.
    pub fn open(&self, exisone: &Path) -> Outcome<(Subject, Visitor)> {
        let subject = Subject::start(exisone, &self.folder)?;
        let owner = (&*self.owner.email, &*self.owner.password);
        let visitor = Visitor::sign_in(subject.listen(), owner)?;
        Ok((subject, visitor))
    }
}

/// Years of so many licences; those that are missing are made, as many at a time as there are processors.
pub fn of(workspace: &Workspace, seed: &Path, sizes: &[u64]) -> Outcome<Vec<Year>> {
    let stamp = stamp(workspace)?;
    let years = workspace.target.join("bench-years");
    process::each(sizes, |licenses| {
        let folder = years.join(licenses.to_string());
        let note = folder.join("year.json");
        if let Some(owner) = kept(&note, &stamp) {
            println!(
                "the year of {licenses} licences is kept in {}",
                folder.display()
            );
            return Ok(Year { folder, owner });
        }
        let owner = make(seed, &folder, *licenses)?;
        // Written last: a year that was not told to its end has no note, and is made anew.
        let (email, password) = (&owner.email, &owner.password);
        let text = json!({ "stamp": stamp, "email": email, "password": password });
        fs::write(&note, text.to_string())
            .map_err(|error| format!("cannot write {}: {error}", note.display()))?;
        Ok(Year { folder, owner })
    })
}

/// Who may sign in to a year that is there, made of the same story for the same tables, and young enough.
fn kept(note: &Path, stamp: &str) -> Option<Owner> {
    let age = fs::metadata(note).ok()?.modified().ok()?.elapsed().ok()?;
    let text = fs::read_to_string(note).ok()?;
    owner(&text, stamp).filter(|_| age < KEPT)
}

fn owner(note: &str, stamp: &str) -> Option<Owner> {
    let note: Value = serde_json::from_str(note).ok()?;
    if note["stamp"] != stamp {
        return None;
    }
    let text = |name: &str| note[name].as_str().map(str::to_owned);
    Some(Owner {
        email: text("email")?,
        password: text("password")?,
    })
}

fn make(seed: &Path, folder: &Path, licenses: u64) -> Outcome<Owner> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("cannot empty the folder: {error}"))?;
    }
    let data = folder.join("data");
    fs::create_dir_all(&data).map_err(|error| format!("cannot make a folder: {error}"))?;
    println!("making a year of {licenses} licences");
    let started = Instant::now();
    let owner = seed::new_year(seed, &data, licenses)?;
    let seconds = started.elapsed().as_secs_f64();
    println!("made a year of {licenses} licences in {seconds:.0} s");
    Ok(owner)
}

fn stamp(workspace: &Workspace) -> Outcome<String> {
    let mut hasher = Sha256::new();
    for input in INPUTS {
        for path in files_below(&workspace.root.join(input))? {
            let bytes = fs::read(&path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            hasher.update(Sha256::digest(bytes));
        }
    }
    Ok(hex::encode(hasher.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_kept_while_its_tables_and_its_story_are_the_same() {
        let note = r#"{ "stamp": "abc", "email": "admin@example.com", "password": "x" }"#;
        let kept = owner(note, "abc").expect("is kept");
        assert_eq!((&*kept.email, &*kept.password), ("admin@example.com", "x"));
        assert!(owner(note, "abd").is_none());
        assert!(owner("", "abc").is_none());
    }
}
