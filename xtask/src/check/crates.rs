//! Who may know whom: the crates that each crate is built from.

use crate::process::{self, Outcome};
use crate::tools::WASM_TARGET;
use crate::workspace::Workspace;

/// A tree of crates and the names that must not be in it.
struct Tree {
    what: &'static str,
    arguments: &'static [&'static str],
    banned: &'static [&'static str],
}

const TREES: &[Tree] = &[
    Tree {
        what: "the browser's program",
        arguments: &["-p", "frontend", "--target", WASM_TARGET, "-e", "normal"],
        banned: &[
            "engine",
            "store",
            "server",
            "sandbox",
            "tokio",
            "axum",
            "sqlx",
            "sqlx-core",
        ],
    },
    Tree {
        what: "domain",
        arguments: &["-p", "domain", "-e", "normal"],
        banned: &[
            "store", "engine", "app", "server", "sandbox", "tokio", "sqlx", "axum", "leptos",
            "rand",
        ],
    },
    Tree {
        what: "store",
        arguments: &["-p", "store", "-e", "normal"],
        banned: &["engine", "app", "server", "sandbox", "axum", "leptos"],
    },
    Tree {
        what: "engine",
        arguments: &["-p", "engine", "-e", "normal"],
        banned: &[
            "app", "server", "sandbox", "axum", "leptos", "lettre", "reqwest",
        ],
    },
    Tree {
        what: "exisone",
        arguments: &["-p", "server", "-e", "normal,build"],
        banned: &["sandbox", "xtask"],
    },
    Tree {
        what: "sandbox",
        arguments: &["-p", "sandbox", "-e", "normal,build"],
        banned: &["domain", "store", "engine", "app", "server"],
    },
    Tree {
        what: "the workspace (one TLS provider: aws-lc-rs)",
        arguments: &["--workspace", "-e", "normal,build,dev"],
        banned: &["ring", "openssl-sys", "native-tls"],
    },
];

/// One sentence for each name that stands where it must not.
pub fn check(workspace: &Workspace) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for tree in TREES {
        let mut cargo = workspace.cargo();
        cargo
            .args(["tree", "--prefix=none", "--format={p}"])
            .args(tree.arguments);
        let names = process::capture(&mut cargo)?;
        found.extend(
            banned_in(&names, tree.banned)
                .map(|name| format!("{} is built from {name}", tree.what)),
        );
    }
    Ok(found)
}

fn banned_in<'a>(tree: &'a str, banned: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
    let named = |name: &str| {
        tree.lines()
            .any(|line| line.split(' ').next() == Some(name))
    };
    banned.iter().copied().filter(move |name| named(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_banned_crate_is_found_by_its_whole_name() {
        let tree =
            "frontend v0.1.0 (/here/frontend)\napp v0.1.0\ntokio v1.50.0\ntokio-util v0.7.0 (*)\n";
        assert_eq!(
            banned_in(tree, &["tokio", "axum"]).collect::<Vec<_>>(),
            ["tokio"]
        );
        assert_eq!(
            banned_in(tree, &["front", "util", "tokio-macros"]).count(),
            0
        );
    }
}
