//! Writes the table of the site's files that `assets.rs` includes.
//!
//! With feature `embed` each file is in it, with its brotli and gzip forms; without,
//! the table is empty and the server reads the site from the target directory.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, process};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = out_directory();
    let table = if cfg!(feature = "embed") {
        embedded(&out)
    } else {
        "&[]".to_owned()
    };
    if let Err(error) = fs::write(out.join("site.rs"), table) {
        stop(&format!("cannot write the table of the site: {error}"));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script its folder by the environment"
)]
fn out_directory() -> PathBuf {
    std::env::var_os("OUT_DIR").map_or_else(|| stop("cargo set no OUT_DIR"), PathBuf::from)
}

/// Copies a file with its two forms beside the table, so that a site that is built anew while
/// this server compiles changes nothing under the compiler's hands.
fn copied(site: &Path, out: &Path, url: &str) -> PathBuf {
    let name = url.trim_start_matches('/').replace('/', "-");
    for suffix in ["", ".br", ".gz"] {
        let from = format!("{}{url}{suffix}", site.display());
        if let Err(error) = fs::copy(&from, out.join(format!("{name}{suffix}"))) {
            stop(&format!("cannot copy {from}: {error}"));
        }
    }
    out.join(name)
}

/// The site lies in the target directory, which is somewhere above the build script's own.
fn embedded(out: &Path) -> String {
    let Some(site) = out
        .ancestors()
        .map(|folder| folder.join("site"))
        .find(|site| site.join("site.tsv").is_file())
    else {
        stop("feature `embed` wants a built site: `cargo xtask build --site-only` makes it");
    };
    let list = site.join("site.tsv");
    println!("cargo:rerun-if-changed={}", list.display());
    let text = fs::read_to_string(&list)
        .unwrap_or_else(|error| stop(&format!("{}: {error}", list.display())));
    let mut table = "&[\n".to_owned();
    for line in text.lines() {
        let [role, url, content_type, etag] = line.split('\t').collect::<Vec<_>>()[..] else {
            stop(&format!("{}: not four columns: {line}", list.display()));
        };
        let file = copied(&site, out, url).display().to_string();
        let written = writeln!(
            table,
            "Embedded {{ role: {role:?}, url: {url:?}, content_type: {content_type:?}, etag: {etag:?}, \
             plain: include_bytes!({file:?}), brotli: include_bytes!({:?}), gzip: include_bytes!({:?}) }},",
            format!("{file}.br"),
            format!("{file}.gz"),
        );
        if written.is_err() {
            stop("no memory for the table of the site");
        }
    }
    table.push(']');
    table
}

fn stop(problem: &str) -> ! {
    println!("cargo:error={problem}");
    process::exit(1)
}
