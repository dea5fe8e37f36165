//! The screens: Playwright in Chromium, against the built binaries.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use super::End;
use crate::process::{self, Outcome};
use crate::tools;
use crate::workspace::{Profile, Workspace};

/// Pictures of pages that are no more would be taken for pages.
fn remove_old(pictures: &Path) -> Outcome {
    match fs::remove_dir_all(pictures) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", pictures.display()))
        }
        _ => Ok(()),
    }
}

/// Runs every spec of end2end/tests; its pictures of the pages stay outside of the clone.
pub fn run(workspace: &Workspace) -> Outcome<End> {
    if !process::exists("npm") {
        return Ok(End::Missing("Node with npm".to_owned()));
    }
    let folder = workspace.root.join("end2end");
    tools::npm_ci(&folder)?;
    let Some(chromium) = tools::chromium() else {
        return Ok(End::Missing("Chromium".to_owned()));
    };
    let pictures = workspace.target.join("screenshots");
    remove_old(&pictures)?;
    let xtask = std::env::current_exe()
        .map_err(|error| format!("cannot tell where this program lies: {error}"))?;
    let mut playwright = Command::new("node");
    playwright
        .args([
            "node_modules/@playwright/test/cli.js",
            "test",
            "--reporter=list",
        ])
        .current_dir(&folder)
        .env("E2E_EXISONE", workspace.binary(Profile::Dev, "exisone"))
        .env(
            "E2E_SANDBOX",
            workspace.binary(Profile::Dev, "exisone-sandbox"),
        )
        .env("E2E_XTASK", xtask)
        .env("E2E_CHROMIUM", chromium)
        .env("E2E_SCREENSHOTS", &pictures);
    let ended = process::tee(&mut playwright)?;
    println!("pictures of every page: {}", pictures.display());
    Ok(End::counted(&ended))
}
