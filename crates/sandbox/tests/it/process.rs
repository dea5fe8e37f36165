//! The program `exisone-sandbox`, as a person or a script starts it.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::house::{answer_of, client};

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exisone-sandbox"));
    command
        .args(words)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Starts it on free ports; answers its base URL from its first line.
async fn start(state_file: &str) -> (Child, String) {
    let mut child = program(&[
        "--listen",
        "127.0.0.1:0",
        "--smtp",
        "127.0.0.1:0",
        "--state-file",
        state_file,
        "--seed-endpoint",
        "sk_test_seeded,http://127.0.0.1:1/hook,whsec_seeded",
    ])
    .spawn()
    .expect("started");
    let out = child.stdout.take().expect("its output");
    let first = BufReader::new(out).lines().next_line().await;
    let first = first.expect("readable").expect("a line");
    let base = first
        .strip_prefix("Stripe at home   ")
        .expect("the URL first");
    (child, base.to_owned())
}

async fn endpoints(base: &str) -> Value {
    let request = client()
        .get(format!("{base}/v1/webhook_endpoints"))
        .bearer_auth("sk_test_seeded");
    answer_of(request).await.1["data"].clone()
}

#[tokio::test]
async fn it_seeds_an_endpoint_once_however_often_it_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("state.json");
    let file = file.to_str().expect("a path of text");
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (mut child, base) = start(file).await;
        let found = endpoints(&base).await;
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        ids.push(found[0]["id"].clone());
        let number = child.id().expect("running").to_string();
        let told = Command::new("kill").arg(number).status().await;
        assert!(told.expect("kill is there").success());
        assert!(child.wait().await.expect("ended").success());
    }
    assert_eq!(ids[0], ids[1]);
}

#[tokio::test]
async fn it_refuses_an_address_that_others_could_reach() {
    let ended = program(&["--listen", "0.0.0.0:0"])
        .output()
        .await
        .expect("ended");
    assert!(!ended.status.success());
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("no loopback address"), "{said}");
}
