//! Foreign clients: programs that others wrote, driving our doors unmodified.
//!
//! Each is a folder of end2end/clients with what its language installs from
//! (package-lock.json, requirements.txt) and a README.md whose line "Run: `COMMAND`"
//! says how it is run there.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::End;
use crate::process::{self, Outcome};
use crate::tools;
use crate::workspace::{Profile, Workspace};

/// A foreign client.
pub struct Client {
    folder: PathBuf,
}

/// The clients that are there, by name.
pub fn all(workspace: &Workspace) -> Outcome<Vec<Client>> {
    let folder = workspace.root.join("end2end/clients");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(&folder)
        .map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    folders.retain(|folder| folder.join("README.md").is_file());
    folders.sort();
    Ok(folders
        .into_iter()
        .map(|folder| Client { folder })
        .collect())
}

impl Client {
    /// Its folder's name.
    pub fn name(&self) -> String {
        self.folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Installs what it needs and runs its command.
    pub fn run(&self, workspace: &Workspace) -> Outcome<End> {
        let readme = self.folder.join("README.md");
        let text = fs::read_to_string(&readme)
            .map_err(|error| format!("cannot read {}: {error}", readme.display()))?;
        let line = command_in(&text)
            .ok_or_else(|| format!("{} has no line \"Run: `COMMAND`\"", readme.display()))?;
        let mut words = line.split_whitespace();
        let program = words.next().unwrap_or_default();
        let mut command = match program {
            "node" | "npm" | "npx" if !process::exists("npm") => {
                return Ok(End::Missing("Node with npm".to_owned()));
            }
            "python" | "python3" if !process::exists("python3") => {
                return Ok(End::Missing("Python 3".to_owned()));
            }
            "python" | "python3" if !has_venv() => {
                return Ok(End::Missing("Python's venv".to_owned()));
            }
            "python" | "python3" => Command::new(self.python(workspace)?),
            _ => Command::new(program),
        };
        if self.folder.join("package-lock.json").is_file() {
            tools::npm_ci(&self.folder)?;
        }
        command
            .args(words)
            .current_dir(&self.folder)
            .env("E2E_EXISONE", workspace.binary(Profile::Dev, "exisone"))
            .env(
                "E2E_SANDBOX",
                workspace.binary(Profile::Dev, "exisone-sandbox"),
            );
        let ended = process::tee(&mut command)?;
        Ok(End::counted(&ended))
    }

    /// A Python of its own with what requirements.txt names, kept in the target directory.
    fn python(&self, workspace: &Workspace) -> Outcome<PathBuf> {
        let home = workspace.target.join("clients").join(self.name());
        let python = home.join("bin/python");
        let wanted = fs::read_to_string(self.folder.join("requirements.txt")).unwrap_or_default();
        let stamp = home.join("installed-requirements.txt");
        if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(python);
        }
        println!("installing the Python packages of {}", self.name());
        process::capture(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&home),
        )?;
        if !wanted.trim().is_empty() {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "install", "--quiet", "-r", "requirements.txt"])
                .current_dir(&self.folder);
            process::capture(&mut pip)?;
        }
        fs::write(&stamp, wanted)
            .map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
        Ok(python)
    }
}

/// Debian has what makes environments in a package of its own.
fn has_venv() -> bool {
    let finds_it = || {
        let mut python = Command::new("python3");
        python.args(["-c", "import venv, ensurepip"]);
        process::capture(&mut python).is_ok()
    };
    finds_it() || (tools::apt_install("python3-venv") && finds_it())
}

fn command_in(readme: &str) -> Option<&str> {
    readme
        .lines()
        .find_map(|line| line.trim().strip_prefix("Run: `")?.split('`').next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_says_how_its_client_is_run() {
        assert_eq!(
            command_in("# Stripe's SDK\n\nRun: `node --test` here.\n"),
            Some("node --test")
        );
        assert_eq!(command_in("# Stripe's SDK\nJust run it.\n"), None);
    }
}
