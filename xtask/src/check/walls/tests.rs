//! Each wall stands on its own: a source that breaks it is found, one that keeps it is not.

use super::*;

/// For each wall: a place, a text that breaks it there, and one that does not.
const FIXTURES: &[(&str, &str, &str, &str)] = &[
    (
        "sqlx",
        "crates/engine/src/a.rs",
        "//! A.\nuse sqlx::query;",
        "//! Never says sqlx::query.\nuse store::query;",
    ),
    (
        "axum or leptos",
        "crates/store/src/a.rs",
        "//! A.\nuse axum::Router;",
        "//! A.\nuse sqlx::Row;",
    ),
    (
        "ticks nothing",
        "crates/domain/src/a.rs",
        "//! A.\nfn f() { SystemTime::now(); }",
        "//! A.\nfn now_is() {}",
    ),
    (
        "ticks nothing",
        "crates/domain/src/a.rs",
        "//! A.\nasync fn f() {}",
        "//! No async.\nfn f() {}",
    ),
    (
        "lettre",
        "crates/engine/src/a.rs",
        "//! A.\nuse {lettre::Message, a::b};",
        "//! A.\nuse crate::lettre::B;",
    ),
    (
        "app never",
        "app/src/a.rs",
        "//! A.\nfn f() { store::open(); }",
        "//! A.\nuse leptos::server::Resource;",
    ),
    (
        "app/src/ui",
        "app/src/ui/a.rs",
        "//! A.\nuse super::super::api::list;",
        "//! A.\nuse super::table::Table;",
    ),
    (
        "app/src/ui",
        "app/src/ui/a.rs",
        "//! A.\nuse leptos_router::hooks;",
        "//! A.\nuse leptos::prelude::*;",
    ),
    (
        "each other",
        "app/src/pages/plans/edit.rs",
        "//! A.\nuse crate::pages::products::Row;",
        "//! A.\nuse super::Row;",
    ),
    (
        "each other",
        "app/src/pages/plans.rs",
        "//! A.\nuse super::products::Row;",
        "//! A.\nuse crate::ui::Row;",
    ),
    (
        "feature",
        "app/src/a.rs",
        "//! A.\n#[cfg(feature=\"ssr\")]\nfn f() {}",
        "//! A.\n#[cfg(test)]\nfn f() {}",
    ),
    (
        "environment",
        "crates/engine/src/a.rs",
        "//! A.\nfn f() { std::env::var(X); }",
        "//! A.\nfn f() { env!(X); }",
    ),
    (
        "statuses",
        "server/src/api/a.rs",
        "//! A.\nfn f() { StatusCode::NOT_FOUND }",
        "//! A.\nfn f() { match s {\n    StatusCode::NOT_FOUND => StatusCode::CREATED,\n} }",
    ),
    (
        "keeps their paths",
        "server/src/api/a.rs",
        "//! A.\nfn f() { Router::new().route(PATH, get(f)) }",
        "//! A.\nfn f() { both(Routes::default(), PATH, get(f)) }",
    ),
    (
        "sandbox",
        "crates/sandbox/src/a.rs",
        "//! A.\nuse domain::ids;",
        "//! A.\nuse crate::domain;",
    ),
    (
        "left to do",
        "server/tests/it/a.rs",
        "//! A.\n#[ignore = \"slow\"]\nfn f() {}",
        "//! A.\nfn ignore() {}",
    ),
    (
        "left to do",
        "server/src/a.rs",
        "//! A.\n// TODO later\n",
        "//! A.\n// Done.\n",
    ),
    (
        "sleeps",
        "server/tests/it/a.rs",
        "//! A.\nfn f() { tokio::time::sleep(LONG); }",
        "//! Never calls sleep.\nfn f() { wait_until(ready); }",
    ),
    (
        "sleeps",
        "server/src/a.rs",
        "//! A.\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn f() { std::thread::sleep(LONG); }\n}",
        "//! A.\nfn f() { std::thread::sleep(PAUSE); }\n#[cfg(test)]\nmod tests {}",
    ),
    (
        "purpose",
        "server/src/a.rs",
        "use a::b;",
        "//! A.\nuse a::b;",
    ),
    ("utils", "server/src/utils.rs", "//! A.", ""),
];

fn breaches(path: &str, text: &str) -> Vec<String> {
    let sources = [Source::new(path, text)];
    WALLS.iter().flat_map(|wall| wall.check(&sources)).collect()
}

#[test]
fn every_wall_can_fall_and_can_stand() {
    for (word, path, bad, good) in FIXTURES {
        let found = breaches(path, bad);
        assert!(
            found.iter().any(|breach| breach.contains(word)),
            "{word}: {bad}: {found:?}"
        );
        let found = breaches(path, good);
        assert!(
            good.is_empty() || found.is_empty(),
            "{word}: {good}: {found:?}"
        );
    }
}

#[test]
fn every_wall_has_a_fixture_that_breaks_it() {
    let found: Vec<String> = FIXTURES
        .iter()
        .flat_map(|(_, path, bad, _)| breaches(path, bad))
        .collect();
    let long = "fn f() {}\n".repeat(401);
    let found = [found, breaches("server/src/a.rs", &long)].concat();
    for wall in WALLS {
        assert!(
            found.iter().any(|breach| breach.ends_with(wall.rule)),
            "nothing breaks: {}",
            wall.rule
        );
    }
}

#[test]
fn a_long_file_may_say_why() {
    let lines = "fn f() {}\n".repeat(401);
    assert!(
        breaches("server/src/a.rs", &format!("//! A.\n{lines}"))
            .iter()
            .any(|breach| breach.contains("400"))
    );
    assert!(
        breaches(
            "server/src/a.rs",
            &format!("//! A; long because it is one table.\n{lines}")
        )
        .is_empty()
    );
}

#[test]
fn a_breach_names_its_line() {
    let found = breaches(
        "app/src/ui/a.rs",
        "//! A.\n\nuse crate::{\n    ui::b,\n    pages::c,\n};",
    );
    assert_eq!(
        found,
        ["app/src/ui/a.rs:5: app/src/ui never imports api, pages, routes or the router"]
    );
}
