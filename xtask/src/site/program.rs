//! The browser's program: `frontend` as WebAssembly, with the script that loads it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use super::part::{Part, SiteFile, files_below, short_hash};
use super::{read, remove_folder};
use crate::process::{self, Outcome};
use crate::tools::{self, WASM_TARGET};
use crate::workspace::Workspace;

/// The one profile of the browser's program, in development and as shipped.
pub const WASM_PROFILE: &str = "wasm-release";

/// What rustc takes for granted in a browser; binaryen must be told.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The program's part, made anew when a source, a version or a setting changed.
pub fn fresh(workspace: &Workspace) -> Outcome<Vec<Part>> {
    let part = Part::open(workspace, "program", &inputs(workspace)?)?;
    part.refresh(|| {
        tools::wasm_target()?;
        let wasm_opt = tools::wasm_opt(workspace)?;
        let compiled = compile(workspace)?;
        let bound = bind(workspace, &compiled)?;
        optimise(&wasm_opt, &bound.join("exisone_bg.wasm"))?;
        println!("wasm: compressing");
        files(&bound)
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
        "build",
        "--package=frontend",
        "--lib",
        "--target",
        WASM_TARGET,
        "--profile",
        WASM_PROFILE,
    ]))?;
    Ok(workspace
        .target
        .join(WASM_TARGET)
        .join(WASM_PROFILE)
        .join("frontend.wasm"))
}

fn bind(workspace: &Workspace, compiled: &Path) -> Outcome<PathBuf> {
    println!("wasm: binding");
    let folder = workspace.target.join("site-parts/bound");
    remove_folder(&folder)?;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .out_name("exisone")
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(&folder))
        .map_err(|error| format!("wasm-bindgen failed: {error:?}"))?;
    Ok(folder)
}

fn optimise(wasm_opt: &Path, wasm: &Path) -> Outcome {
    println!("wasm: optimising");
    process::run(
        Command::new(wasm_opt)
            .args(["-Oz", "--strip-debug", "--strip-producers"])
            .args(WASM_FEATURES)
            .arg(wasm)
            .arg("-o")
            .arg(wasm),
    )
}

/// The script and what it imports share a folder, named by the hash of them all.
fn files(bound: &Path) -> Outcome<Vec<SiteFile>> {
    let mut files = Vec::new();
    let mut scripts = Vec::new();
    for path in files_below(bound)? {
        let name = path
            .strip_prefix(bound)
            .unwrap_or(&path)
            .to_string_lossy()
            .replace('\\', "/");
        let bytes = read(&path)?;
        match name.as_str() {
            "exisone_bg.wasm" => files.push(SiteFile::hashed("wasm", "exisone.wasm", bytes)),
            _ => scripts.push((name, bytes)),
        }
    }
    let everything = scripts
        .iter()
        .map(|(_, bytes)| bytes.as_slice())
        .collect::<Vec<_>>()
        .concat();
    let folder = short_hash(&everything);
    files.extend(scripts.into_iter().map(|(name, bytes)| {
        let role = if name == "exisone.js" { "js" } else { "import" };
        SiteFile::in_folder(role, &folder, &name, bytes)
    }));
    Ok(files)
}
