//! Fills a database with a plausible year of business, for trying and measuring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde_json::json;

use crate::process::{self, Outcome};
use crate::run::make_private_folder;
use crate::workspace::{Profile, Workspace};

/// What `cargo xtask seed` may be told.
#[derive(Args)]
pub struct SeedArgs {
    /// About so many licences in the year.
    #[arg(long, default_value_t = 10_000)]
    licenses: u64,
    /// What happens is drawn from it: the same number tells the same year.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// `sqlite://…` or `postgres://…`; without it the database in ./data.
    #[arg(long, requires = "master_key_file")]
    database_url: Option<String>,
    /// The master key of that database.
    #[arg(long)]
    master_key_file: Option<PathBuf>,
}

/// Who may sign in to a database that was new.
pub struct Owner {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
}

/// Builds the program that fills, and runs it, also beside a running server.
pub fn run(workspace: &Workspace, args: &SeedArgs) -> Outcome {
    let program = build(workspace)?;
    let data = workspace.root.join("data");
    let key_file = args.master_key_file.clone();
    let key_file = key_file.unwrap_or_else(|| data.join("master.key"));
    let url = args.database_url.clone().unwrap_or_else(|| url_in(&data));
    if args.database_url.is_none() {
        make_private_folder(&data)?;
    }
    let words = year(&program, (&url, &key_file), (args.licenses, args.seed));
    let printed = process::tee(&mut { words })?;
    if !printed.success {
        return Err("the year was not told to its end".to_owned());
    }
    if let Some(owner) = owner(&printed.stdout).filter(|_| args.database_url.is_none()) {
        // `cargo xtask run` shows it.
        let note = json!({ "email": owner.email }).to_string();
        fs::write(data.join("run.json"), note)
            .map_err(|error| format!("cannot write run.json: {error}"))?;
    }
    Ok(())
}

/// Builds the program that fills; optimised, because an unoptimised one takes ten times as long.
pub fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    let bin = ["build", "--release", "-p", "bench", "--bin", "seed"];
    process::run(workspace.cargo().args(bin))?;
    Ok(workspace.binary(Profile::Release, "seed"))
}

/// A new database in a folder, with a year of so many licences.
pub fn new_year(program: &Path, data: &Path, licenses: u64) -> Outcome<Owner> {
    let key_file = data.join("master.key");
    let printed = process::capture(&mut year(
        program,
        (&url_in(data), &key_file),
        (licenses, 1),
    ))?;
    owner(&printed).ok_or_else(|| "the database was not new".to_owned())
}

fn url_in(data: &Path) -> String {
    format!("sqlite://{}", data.join("exisone.db").display())
}

fn year(program: &Path, (url, key_file): (&str, &Path), (licenses, seed): (u64, u64)) -> Command {
    let mut command = Command::new(program);
    command.args(["year", url]).arg(key_file);
    command.args([licenses, seed].map(|number| number.to_string()));
    command
}

fn owner(printed: &str) -> Option<Owner> {
    let value = |name: &str| {
        let line = printed.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1).map(str::to_owned)
    };
    Some(Owner {
        email: value("e-mail")?,
        password: value("password")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_of_a_new_database_is_read_from_what_is_printed() {
        let printed =
            "e-mail     admin@example.com\npassword   abc   (shown once)\nmonth 1 of 12\n";
        let owner = owner(printed).expect("is there");
        assert_eq!(
            (&*owner.email, &*owner.password),
            ("admin@example.com", "abc")
        );
        assert!(super::owner("month 1 of 12\n").is_none());
    }
}
