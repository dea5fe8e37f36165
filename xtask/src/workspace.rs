//! Where things are: the root, the target directory, the binaries.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::{self, Outcome};

/// The crates that make up the product and its sandbox, built together so that
/// check, test, run and the browser tests share one set of artefacts.
pub const PRODUCT: [&str; 6] = ["domain", "store", "engine", "app", "server", "sandbox"];

/// How the server is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build; the site is read from the target directory.
    Dev,
    /// As shipped: optimised, with the site inside.
    Release,
}

/// This checkout, as cargo sees it.
pub struct Workspace {
    /// The folder of the workspace's Cargo.toml.
    pub root: PathBuf,
    /// Cargo's target directory; everything that xtask makes lies in it.
    pub target: PathBuf,
    metadata: Value,
}

impl Workspace {
    /// Asks cargo where the workspace and its target directory are.
    pub fn find() -> Outcome<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or(manifest, |xtask| Path::new(&xtask).join("../Cargo.toml"));
        let text = process::capture(
            cargo_command()
                .args([
                    "metadata",
                    "--format-version=1",
                    "--no-deps",
                    "--manifest-path",
                ])
                .arg(manifest),
        )?;
        let metadata: Value = serde_json::from_str(&text)
            .map_err(|error| format!("cargo metadata is not JSON: {error}"))?;
        let folder = |name: &str| {
            metadata[name]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| format!("cargo metadata has no {name}"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            metadata,
        })
    }

    /// A cargo command that runs in the root.
    pub fn cargo(&self) -> Command {
        let mut command = cargo_command();
        command.current_dir(&self.root);
        command
    }

    /// The folder that holds the built site.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// Builds the server (in development with all of the product) and answers the path of
    /// `exisone`.
    pub fn build_server(&self, profile: Profile) -> Outcome<PathBuf> {
        let mut cargo = self.cargo();
        cargo.arg("build");
        if profile == Profile::Release {
            cargo.args(["--release", "-p", "server", "--features", "server/embed"]);
        } else {
            cargo.args(product_packages()).arg("--bins");
        }
        process::run(&mut cargo)?;
        Ok(self.binary(profile, "exisone"))
    }

    /// Builds the sandbox and answers the path of `exisone-sandbox`.
    pub fn build_sandbox(&self, profile: Profile) -> Outcome<PathBuf> {
        if profile == Profile::Release {
            process::run(
                self.cargo()
                    .args(["build", "--release", "-p", "sandbox", "--bins"]),
            )?;
        }
        Ok(self.binary(profile, "exisone-sandbox"))
    }

    /// Where cargo puts a binary of this name.
    pub fn binary(&self, profile: Profile, name: &str) -> PathBuf {
        let folder = if profile == Profile::Release {
            "release"
        } else {
            "debug"
        };
        self.target
            .join(folder)
            .join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The folders of a package and of every package of ours that it is built from.
    pub fn folders_behind(&self, package: &str) -> Outcome<BTreeSet<PathBuf>> {
        let mut folders = BTreeSet::new();
        let mut waiting = vec![package.to_owned()];
        while let Some(name) = waiting.pop() {
            let found = self
                .packages()
                .find(|package| package["name"] == name.as_str())
                .ok_or_else(|| format!("the workspace has no package {name}"))?;
            let manifest = found["manifest_path"].as_str().unwrap_or_default();
            let folder = Path::new(manifest)
                .parent()
                .map(Path::to_path_buf)
                .unwrap_or_default();
            if !folders.insert(folder) {
                continue;
            }
            let dependencies = found["dependencies"].as_array().into_iter().flatten();
            waiting.extend(
                dependencies
                    .filter(|dependency| {
                        dependency["path"].is_string() && dependency["kind"].is_null()
                    })
                    .filter(|dependency| dependency["optional"] != true)
                    .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned)),
            );
        }
        Ok(folders)
    }

    fn packages(&self) -> impl Iterator<Item = &Value> {
        self.metadata["packages"].as_array().into_iter().flatten()
    }
}

/// `-p NAME` for each package of the product.
pub fn product_packages() -> impl Iterator<Item = &'static str> {
    PRODUCT.into_iter().flat_map(|package| ["-p", package])
}

fn cargo_command() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
