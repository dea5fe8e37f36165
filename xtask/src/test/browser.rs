//! The screens: Playwright in Chromium, against the built binaries.

use std::process::Command;

use super::End;
use crate::process::{self, Outcome};
use crate::tools;
use crate::workspace::{Profile, Workspace};

/// Runs every spec of end2end/tests.
pub fn run(workspace: &Workspace) -> Outcome<End> {
    if !process::exists("npm") {
        return Ok(End::Missing("Node with npm".to_owned()));
    }
    let folder = workspace.root.join("end2end");
    tools::npm_ci(&folder)?;
    let Some(chromium) = tools::chromium() else {
        return Ok(End::Missing("Chromium".to_owned()));
    };
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
        .env("E2E_CHROMIUM", chromium);
    let ended = process::tee(&mut playwright)?;
    Ok(End::counted(&ended))
}
