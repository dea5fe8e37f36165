//! The walls that a source can break by what it says.

use std::collections::BTreeSet;

use super::paths::{Said, said};
use super::source::{Source, is_word};

/// One rule about what sources of a place may not say.
pub struct Wall {
    /// The sentence of the design that it holds.
    pub rule: &'static str,
    breaches: fn(&Source) -> Vec<usize>,
}

impl Wall {
    /// `FILE:LINE: RULE` for each breach.
    pub fn check(&self, sources: &[Source]) -> Vec<String> {
        let mut found = Vec::new();
        for source in sources {
            let lines: BTreeSet<usize> = (self.breaches)(source).into_iter().collect();
            let lines = lines.into_iter();
            found.extend(lines.map(|line| format!("{}:{line}: {}", source.path, self.rule)));
        }
        found
    }
}

/// Every wall; `cargo xtask check` names each breach of each.
pub const WALLS: &[Wall] = &[
    Wall {
        rule: "only crates/store says sqlx (and the floor that it is measured against)",
        breaches: sqlx_outside_store,
    },
    Wall {
        rule: "store never says axum or leptos",
        breaches: face_in_store,
    },
    Wall {
        rule: "domain waits for nothing, opens nothing, ticks nothing",
        breaches: io_in_domain,
    },
    Wall {
        rule: "engine never says sqlx, axum, leptos, lettre, reqwest",
        breaches: doors_in_engine,
    },
    Wall {
        rule: "app never says store, server, sqlx",
        breaches: memory_in_app,
    },
    Wall {
        rule: "app/src/ui never imports api, pages, routes or the router",
        breaches: logic_in_ui,
    },
    Wall {
        rule: "pages never import each other",
        breaches: page_in_page,
    },
    Wall {
        rule: "cfg(feature = \"ssr\") stands in app/src/lib.rs and nowhere else",
        breaches: ssr_elsewhere,
    },
    Wall {
        rule: "the environment is read in server/src/config.rs only",
        breaches: environment_elsewhere,
    },
    Wall {
        rule: "statuses of refusals are named in the two error.rs only",
        breaches: status_elsewhere,
    },
    Wall {
        rule: "routes of the JSON API are registered by server/src/api/routes.rs, which keeps their paths",
        breaches: route_elsewhere,
    },
    Wall {
        rule: "sandbox knows no other crate of ours",
        breaches: ours_in_sandbox,
    },
    Wall {
        rule: "no test is ignored and nothing is left to do later",
        breaches: put_off,
    },
    Wall {
        rule: "no test sleeps: it waits for what it wants to see, by `eventually`",
        breaches: sleeping_test,
    },
    Wall {
        rule: "every file opens with one sentence of purpose (//!)",
        breaches: no_purpose,
    },
    Wall {
        rule: "files have 400 lines at most; a longer one says in its module doc why it is long",
        breaches: too_long,
    },
    Wall {
        rule: "no utils, helpers, common, manager: name a file by its meaning",
        breaches: vague_name,
    },
];

fn sqlx_outside_store(source: &Source) -> Vec<usize> {
    let is_home = source.is_in("crates/store") || source.is_in("benches");
    if is_home {
        Vec::new()
    } else {
        lines_below(source, &["sqlx"])
    }
}

fn face_in_store(source: &Source) -> Vec<usize> {
    if source.is_in("crates/store") {
        lines_below(source, &["axum", "leptos"])
    } else {
        Vec::new()
    }
}

fn io_in_domain(source: &Source) -> Vec<usize> {
    if !source.is_in("crates/domain/src") {
        return Vec::new();
    }
    let mut lines = lines_below(
        source,
        &[
            "tokio",
            "rand",
            "std::fs",
            "std::net",
            "std::env",
            "std::thread",
            "std::process",
        ],
    );
    lines.extend(lines_where(source, |said| {
        said.ends_with("now") || said.ends_with("now_utc")
    }));
    lines.extend(lines_with_word(&source.code, "async"));
    lines
}

fn doors_in_engine(source: &Source) -> Vec<usize> {
    if !source.is_in("crates/engine") {
        return Vec::new();
    }
    lines_below(
        source,
        &["sqlx", "axum", "leptos", "leptos_axum", "lettre", "reqwest"],
    )
}

fn memory_in_app(source: &Source) -> Vec<usize> {
    if source.is_in("app") {
        lines_below(source, &["store", "server", "sqlx"])
    } else {
        Vec::new()
    }
}

fn logic_in_ui(source: &Source) -> Vec<usize> {
    if !source.is_in("app/src/ui") {
        return Vec::new();
    }
    lines_below(
        source,
        &[
            "crate::api",
            "crate::pages",
            "crate::routes",
            "leptos_router",
        ],
    )
}

/// Modules among the pages that are no page: what several pages are made with.
const MADE_WITH: [&str; 14] = [
    "filters",
    "first_sale",
    "frame",
    "history",
    "license_table",
    "live",
    "load",
    "mail_table",
    "named_list",
    "shelf",
    "sign_out",
    "snippets",
    "trouble",
    "words",
];

fn page_in_page(source: &Source) -> Vec<usize> {
    let Some(inside) = source.path.strip_prefix("app/src/pages/") else {
        return Vec::new();
    };
    let own = inside
        .split('/')
        .next()
        .unwrap_or_default()
        .trim_end_matches(".rs");
    lines_where(source, |said| {
        let page = said
            .path
            .strip_prefix("crate::pages::")
            .and_then(|rest| rest.split("::").next());
        page.is_some_and(|page| page != own && own != "mod" && !MADE_WITH.contains(&page))
    })
}

fn ssr_elsewhere(source: &Source) -> Vec<usize> {
    if source.path == "app/src/lib.rs" || source.is_in("xtask") {
        return Vec::new();
    }
    let spelled = |line: &str| {
        line.replace(char::is_whitespace, "")
            .contains("feature=\"ssr\"")
    };
    numbered(&source.uncommented, spelled)
}

fn environment_elsewhere(source: &Source) -> Vec<usize> {
    let home = source.path == "server/src/config.rs" || source.is_in("xtask");
    if home || source.is_test() || source.path.ends_with("build.rs") {
        return Vec::new();
    }
    let readers = ["env::var", "env::var_os", "env::vars", "env::vars_os"];
    lines_where(source, |said| {
        readers.iter().any(|reader| said.ends_with(reader))
    })
}

fn status_elsewhere(source: &Source) -> Vec<usize> {
    let inside = source.is_in("server/src/api") || source.is_in("app/src");
    if !inside || source.path.ends_with("/error.rs") {
        return Vec::new();
    }
    let fine = [
        "OK",
        "CREATED",
        "ACCEPTED",
        "NO_CONTENT",
        "FOUND",
        "SEE_OTHER",
        "NOT_MODIFIED",
    ];
    let tests_begin = source.lines_before_tests();
    let mut lines = lines_where(source, |said| {
        let name = said.path.split_once("StatusCode::").map(|(_, name)| name);
        let constant = name.filter(|name| {
            name.chars()
                .all(|letter| letter.is_uppercase() || letter == '_')
        });
        constant.is_some_and(|name| !fine.contains(&name))
    });
    let reads = |line: usize| {
        let text = source.code.lines().nth(line - 1).unwrap_or_default();
        text.contains("=>") && text.trim_start().starts_with("StatusCode::")
    };
    lines.retain(|line| *line <= tests_begin && !reads(*line));
    lines
}

fn route_elsewhere(source: &Source) -> Vec<usize> {
    let is_home = source.path == "server/src/api/routes.rs";
    if is_home || !source.is_in("server/src/api") {
        return Vec::new();
    }
    numbered(&source.code, |line| line.contains(".route("))
}

fn ours_in_sandbox(source: &Source) -> Vec<usize> {
    if !source.is_in("crates/sandbox") {
        return Vec::new();
    }
    lines_below(source, &["domain", "store", "engine", "app", "server"])
}

fn put_off(source: &Source) -> Vec<usize> {
    let mut lines = numbered(&source.code, |line| {
        line.replace(' ', "").contains("#[ignore")
    });
    if !source.is_in("xtask/src/check") {
        lines.extend(lines_with_word(&source.text, "TODO"));
        lines.extend(lines_with_word(&source.text, "FIXME"));
    }
    lines
}

/// `eventually` is the one way to wait for what a process does by itself and tells nobody.
fn sleeping_test(source: &Source) -> Vec<usize> {
    if source.code.contains("fn eventually(") {
        return Vec::new();
    }
    let before = if source.is_test() {
        0
    } else {
        source.lines_before_tests()
    };
    let mut lines = lines_where(source, |said| said.ends_with("sleep"));
    lines.retain(|line| *line > before);
    lines
}

fn no_purpose(source: &Source) -> Vec<usize> {
    if source.module_doc().trim().is_empty() {
        vec![1]
    } else {
        Vec::new()
    }
}

fn too_long(source: &Source) -> Vec<usize> {
    let long = source.lines_before_tests() > 400 && !source.module_doc().contains("long");
    if long { vec![401] } else { Vec::new() }
}

fn vague_name(source: &Source) -> Vec<usize> {
    let vague = ["utils", "util", "helpers", "helper", "common", "manager"];
    let mut parts = source.path.trim_end_matches(".rs").split('/');
    if parts.any(|part| vague.contains(&part)) {
        vec![1]
    } else {
        Vec::new()
    }
}

fn lines_below(source: &Source, roots: &[&str]) -> Vec<usize> {
    lines_where(source, |said| roots.iter().any(|root| said.is_below(root)))
}

fn lines_where(source: &Source, breaks: impl Fn(&Said) -> bool) -> Vec<usize> {
    said(source)
        .into_iter()
        .filter(breaks)
        .map(|said| said.line)
        .collect()
}

fn lines_with_word(text: &str, word: &str) -> Vec<usize> {
    numbered(text, |line| {
        line.split(|character| !is_word(character))
            .any(|found| found == word)
    })
}

fn numbered(text: &str, breaks: impl Fn(&str) -> bool) -> Vec<usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| breaks(line))
        .map(|(index, _)| index + 1)
        .collect()
}

#[cfg(test)]
mod tests;
