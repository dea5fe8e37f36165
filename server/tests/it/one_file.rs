//! The program as it is shipped is one file: copied alone into an empty folder, it serves every page whole.

use std::fs;

use reqwest::StatusCode;
use sandbox::Options;

use crate::program::Program;

/// Addresses below /pkg/ that a page names.
fn files_of(page: &str) -> Vec<&str> {
    let mut files: Vec<_> = page
        .match_indices("/pkg/")
        .filter_map(|(start, _)| page[start..].split(['"', '\'']).next())
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_alone_brings_its_whole_site() {
    let program = Program::start(Options::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let alone = folder.path().join("exisone");
    fs::copy(env!("CARGO_BIN_EXE_exisone"), &alone).expect("is copied");
    let process = program
        .serve_file(&alone, &folder.path().join("data"))
        .await;
    let ask = async |path: &str| {
        let request = program.http.get(format!("{}{path}", process.url));
        let answer = request.header("accept-encoding", "br").send().await;
        answer.expect("an answer")
    };
    let page = ask("/set-up").await.text().await.expect("is text");
    let files = files_of(&page);
    for kind in [".css", ".js", ".wasm", ".part"] {
        assert!(
            files.iter().any(|file| file.ends_with(kind)),
            "{kind} in {files:?}"
        );
    }
    for file in files {
        let answer = ask(file).await;
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        let headers = answer.headers();
        assert_eq!(headers["content-encoding"], "br", "{file}");
        let kept = headers["cache-control"].to_str().expect("is text");
        assert!(kept.contains("immutable"), "{file}: {kept}");
        let body = answer.bytes().await.expect("is whole");
        assert!(!body.is_empty(), "{file}");
    }
}
