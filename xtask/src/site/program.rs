//! The browser's program: `frontend` as WebAssembly, with the script that loads it.

use std::fs;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use super::calls::call_directly;
use super::names::shorten;
use super::order::order;
use super::pack::pack_parts;
use super::part::{Part, SiteFile, files_below, short_hash};
use super::split::{join_base, split};
use super::{read, remove_folder};
use crate::process::{self, Outcome};
use crate::tools::{self, WASM_TARGET};
use crate::workspace::Workspace;

/// The one profile of the browser's program, in development and as shipped.
pub const WASM_PROFILE: &str = "wasm-release";

/// The program itself, as wasm-bindgen calls it.
const PROGRAM: &str = "exisone_bg.wasm";

/// Shrinks modules in place.
const SHRINK: &str = include_str!("shrink.mjs");

/// The program's part, made anew when a source, a version or a setting changed.
pub fn fresh(workspace: &Workspace) -> Outcome<Vec<Part>> {
    let part = Part::open(workspace, "program", &inputs(workspace)?)?;
    part.refresh(|| {
        tools::wasm_target()?;
        let binaryen = tools::binaryen(workspace)?;
        let folder = workspace.target.join("site-parts/bound");
        let modules = workspace.target.join("site-parts/modules");
        remove_folder(&folder)?;
        remove_folder(&modules)?;
        let compiled = compile(workspace)?;
        let split = split(&binaryen, &compiled, (&folder, &modules))?;
        bind(&split.main, &folder)?;
        shorten(&folder)?;
        if let Some(base) = &split.base {
            join_base(&binaryen, &folder.join(PROGRAM), base)?;
        }
        let program = folder.join(PROGRAM);
        let modules = split.modules.iter().map(|module| module.path.as_path());
        let all: Vec<_> = iter::once(program.as_path()).chain(modules).collect();
        call_directly(&all)?;
        println!("wasm: optimising");
        let mut shrink = binaryen.script("shrink.mjs", SHRINK)?;
        process::run(shrink.args(&all))?;
        process::each(&all, |wasm| order(wasm))?;
        println!("wasm: compressing");
        files(&folder, pack_parts(&split)?)
    })?;
    Ok(vec![part])
}

/// Everything that the program is made from: our crates, the versions, the flags, these steps.
fn inputs(workspace: &Workspace) -> Outcome<Vec<PathBuf>> {
    let mut inputs = Vec::new();
    for folder in workspace.folders_behind("frontend")? {
        inputs.extend([
            folder.join("src"),
            folder.join("Cargo.toml"),
            folder.join("build.rs"),
        ]);
    }
    let shared = [
        "Cargo.toml",
        "Cargo.lock",
        ".cargo/config.toml",
        "xtask/src/site",
        "xtask/tools/package-lock.json",
    ];
    inputs.extend(shared.iter().map(|name| workspace.root.join(name)));
    inputs.push(rustc_version(workspace)?);
    Ok(inputs)
}

/// A file that says which compiler this is, rewritten only when it is another.
fn rustc_version(workspace: &Workspace) -> Outcome<PathBuf> {
    let version = process::capture(Command::new("rustc").arg("-vV"))?;
    let path = workspace.target.join("site-parts/rustc-version");
    if !fs::read_to_string(&path).is_ok_and(|present| present == version) {
        super::write(&path, version.as_bytes())?;
    }
    Ok(path)
}

fn compile(workspace: &Workspace) -> Outcome<PathBuf> {
    println!("wasm: compiling");
    process::run(workspace.cargo().args([
        "rustc",
        "--package=frontend",
        "--lib",
        "--crate-type=cdylib",
        "--target",
        WASM_TARGET,
        "--profile",
        WASM_PROFILE,
        "--",
        // What refers to what: without it nothing can be split off.
        "-Clink-arg=--emit-relocs",
    ]))?;
    Ok(workspace
        .target
        .join(WASM_TARGET)
        .join(WASM_PROFILE)
        .join("frontend.wasm"))
}

fn bind(main: &Path, folder: &Path) -> Outcome {
    println!("wasm: binding");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(main)
        .out_name("exisone")
        .typescript(false)
        .omit_default_module_path(true)
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| format!("wasm-bindgen failed: {error:?}"))
}

/// All files of a program fit each other alone: they share a folder, named by the hash of them all.
fn files(bound: &Path, parts: Vec<(String, Vec<u8>)>) -> Outcome<Vec<SiteFile>> {
    let mut contents = Vec::new();
    for path in files_below(bound)? {
        let name = path
            .strip_prefix(bound)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let (role, bytes) = match name.as_str() {
            "exisone.js" => ("js", without_comments(read(&path)?)),
            PROGRAM => ("wasm", read(&path)?),
            _ => ("import", read(&path)?),
        };
        contents.push((role.to_owned(), name, bytes));
    }
    for (part, bytes) in parts {
        contents.push((format!("part:{part}"), format!("{part}.part"), bytes));
    }
    let everything: Vec<_> = contents
        .iter()
        .map(|(_, _, bytes)| bytes.as_slice())
        .collect();
    let folder = short_hash(&everything.concat());
    Ok(contents
        .into_iter()
        .map(|(role, name, bytes)| SiteFile::in_folder(&role, &folder, &name, bytes))
        .collect())
}

/// A script without its comments that are lines of their own: wasm-bindgen writes documentation before each
/// function, and before some what they came from.
fn without_comments(script: Vec<u8>) -> Vec<u8> {
    let Ok(text) = std::str::from_utf8(&script) else {
        return script;
    };
    let mut kept = String::new();
    let mut is_inside = false;
    for line in text.lines().map(str::trim_start) {
        is_inside |= line.starts_with("/**");
        if !is_inside && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
        is_inside &= !line.trim_end().ends_with("*/");
    }
    kept.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_loses_its_comments_and_nothing_else() {
        let script = "/**\n * Starts.\n * @param {any} a\n */\nexport function f(a) {\n    return 2 /* two */ * a;\n}\n/** One line. */\n// Another.\nf(); // Why.\n";
        let kept = without_comments(script.as_bytes().to_vec());
        let expected = "export function f(a) {\nreturn 2 /* two */ * a;\n}\nf(); // Why.\n";
        assert_eq!(String::from_utf8(kept).as_deref(), Ok(expected));
    }
}
