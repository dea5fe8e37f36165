//! Installs what the build needs and the machine lacks, and says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Outcome};
use crate::workspace::Workspace;

/// The target that browsers run.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Makes sure that rustc can compile for browsers.
pub fn wasm_target() -> Outcome {
    let sysroot = process::capture(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(WASM_TARGET)
        .is_dir()
    {
        return Ok(());
    }
    println!("installing the Rust target {WASM_TARGET}");
    process::run(Command::new("rustup").args(["target", "add", WASM_TARGET]))
}

/// What rustc takes for granted in a browser; binaryen must be told. Its programs and its library call it by
/// different names.
const WASM_FEATURES: [(&str, &str); 7] = [
    ("--enable-bulk-memory", "BulkMemory"),
    ("--enable-bulk-memory-opt", "BulkMemoryOpt"),
    ("--enable-multivalue", "Multivalue"),
    ("--enable-mutable-globals", "MutableGlobals"),
    ("--enable-nontrapping-float-to-int", "NontrappingFPToInt"),
    ("--enable-reference-types", "ReferenceTypes"),
    ("--enable-sign-ext", "SignExt"),
];

/// Programs and a library that shrink and merge WebAssembly.
pub struct Binaryen {
    folder: PathBuf,
}

impl Binaryen {
    /// One of the programs, told what browsers can do.
    pub fn command(&self, name: &str) -> Command {
        let programs = self.folder.join("node_modules/binaryen/bin");
        let mut command = Command::new(programs.join(name));
        command.args(WASM_FEATURES.map(|(option, _)| option));
        command
    }

    /// A script that uses the library, told the same first.
    pub fn script(&self, name: &str, text: &str) -> Outcome<Command> {
        let path = self.folder.join(name);
        fs::write(&path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        let mut command = Command::new("node");
        command.arg(path);
        command.arg(WASM_FEATURES.map(|(_, name)| name).join(","));
        Ok(command)
    }
}

/// binaryen, installed from npm by its lock file into the target directory.
pub fn binaryen(workspace: &Workspace) -> Outcome<Binaryen> {
    let folder = workspace.target.join("tools");
    npm_copy(&workspace.root.join("xtask/tools"), &folder)?;
    Ok(Binaryen { folder })
}

/// Installs the npm packages of a folder of ours elsewhere, so that nothing lies beside its lock file.
pub fn npm_copy(source: &Path, folder: &Path) -> Outcome {
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(source.join(name), folder.join(name))
            .map_err(|error| format!("cannot copy {name}: {error}"))?;
    }
    npm_ci(folder)
}

/// Installs a folder's npm packages by its lock file; does nothing when they are there.
pub fn npm_ci(folder: &Path) -> Outcome {
    let lock = read(&folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    println!("installing the npm packages of {}", folder.display());
    process::run(
        Command::new("npm")
            .args([
                "ci",
                "--no-audit",
                "--no-fund",
                "--prefer-offline",
                "--loglevel=error",
            ])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
            .env("PUPPETEER_SKIP_DOWNLOAD", "1")
            .current_dir(folder),
    )?;
    fs::write(&stamp, lock).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

/// A Chromium that Playwright can drive: the environment's, the system's, or a new one.
pub fn chromium() -> Option<PathBuf> {
    find_chromium().or_else(|| apt_install("chromium").then(find_chromium).flatten())
}

fn find_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("E2E_CHROMIUM").map(PathBuf::from);
    let usual = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/snap/bin/chromium",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ];
    named
        .into_iter()
        .chain(usual.map(PathBuf::from))
        .find(|path| path.is_file())
}

/// Installs a Debian package where root and apt are at hand; answers whether it did.
pub fn apt_install(package: &str) -> bool {
    if !is_root() || !process::exists("apt-get") {
        return false;
    }
    println!("installing {package} with apt-get");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        process::capture(&mut command).is_ok()
    };
    let install = ["install", "-y", "-qq", "--no-install-recommends", package];
    apt(&install) || (apt(&["update", "-qq"]) && apt(&install))
}

/// Whether this is the superuser.
pub fn is_root() -> bool {
    process::attempt(Command::new("id").arg("-u")).is_ok_and(|asked| asked.stdout.trim() == "0")
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}
