//! Builds the site: everything that a browser fetches, named by content and precompressed.
//!
//! It has three parts (program, style, public files), each made anew only when its
//! inputs changed, and is put together in `<target>/site` with a list, `site.tsv`:
//! role, URL, content type and ETag of each file. Brotli and gzip lie beside it.

mod bundle;
mod calls;
mod names;
mod order;
mod pack;
mod part;
mod program;
mod prune;
mod size;
mod split;
mod style;
mod table;

use std::fs;
use std::path::Path;
use std::time::Instant;

use crate::process::Outcome;
use crate::workspace::Workspace;
use part::{Part, SiteFile};

pub use part::files_below;
pub use program::WASM_PROFILE;

/// Name of the list of files in the site's folder.
const LIST: &str = "site.tsv";

/// Builds what changed and puts the site together.
pub fn build(workspace: &Workspace) -> Outcome {
    let started = Instant::now();
    let _turn = turn(workspace)?;
    let mut parts = program::fresh(workspace)?;
    parts.extend([style::fresh(workspace)?, public(workspace)?]);
    let changed = assemble(workspace, &parts)?;
    let verb = if changed { "built" } else { "is up to date" };
    println!(
        "site {verb} in {} ({:.1} s)",
        workspace.site().display(),
        started.elapsed().as_secs_f32()
    );
    Ok(())
}

/// Two builds of one target directory take turns; the turn ends when the file is dropped.
fn turn(workspace: &Workspace) -> Outcome<fs::File> {
    let cannot = |error| format!("cannot lock the site: {error}");
    fs::create_dir_all(&workspace.target).map_err(cannot)?;
    let file = fs::File::create(workspace.target.join("site.lock")).map_err(cannot)?;
    file.lock().map_err(cannot)?;
    Ok(file)
}

/// Builds what changed, prints what a browser fetches, and fails when that is too much.
pub fn print_sizes(workspace: &Workspace) -> Outcome {
    build(workspace)?;
    size::judge(&workspace.site())
}

/// The files of `assets/`, which keep their names: favicon, robots.txt.
fn public(workspace: &Workspace) -> Outcome<Part> {
    let folder = workspace.root.join("assets");
    let part = Part::open(workspace, "public", std::slice::from_ref(&folder))?;
    part.refresh(|| {
        let mut files = Vec::new();
        for path in files_below(&folder)? {
            let name = path
                .strip_prefix(&folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            files.push(SiteFile::public(&name, read(&path)?));
        }
        Ok(files)
    })?;
    Ok(part)
}

/// Copies the parts into the site's folder; answers whether anything changed.
fn assemble(workspace: &Workspace, parts: &[Part]) -> Outcome<bool> {
    let list = parts.iter().map(Part::list).collect::<Outcome<String>>()?;
    let site = workspace.site();
    if fs::read_to_string(site.join(LIST)).is_ok_and(|present| present == list) {
        return Ok(false);
    }
    let fresh = workspace.target.join("site.new");
    let stale = workspace.target.join("site.old");
    remove_folder(&fresh)?;
    remove_folder(&stale)?;
    for part in parts {
        part.copy_into(&fresh)?;
    }
    write(&fresh.join(LIST), list.as_bytes())?;
    if site.exists() {
        fs::rename(&site, &stale)
            .map_err(|error| format!("cannot move the old site away: {error}"))?;
    }
    fs::rename(&fresh, &site).map_err(|error| format!("cannot put the site in place: {error}"))?;
    remove_folder(&stale)?;
    Ok(true)
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn remove_folder(path: &Path) -> Outcome {
    if !path.exists() {
        return Ok(());
    }
    fs::remove_dir_all(path).map_err(|error| format!("cannot remove {}: {error}", path.display()))
}
