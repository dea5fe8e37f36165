//! The master key is exchanged beside servers that run, and no purchase notices.

use std::fs;

use futures::future::join_all;
use sandbox::{Options, Outcome};
use serde_json::json;

use crate::program::Program;

/// Sells so many at once, the servers in turns, and waits until Stripe has told all of them.
async fn sell(program: &Program, count: usize) {
    let pages = (0..count).map(|n| program.check_out(n % program.processes.len(), 1));
    for session in join_all(pages).await {
        let session = session.expect("a page");
        let paid = program.sandbox.pay(&session, Outcome::Pay);
        paid.expect("the buyer pays");
    }
    assert!(program.sandbox.idle().await, "all is told");
}

/// Asserts that so many were sold, each with its mail, and that no delivery was turned away.
async fn assert_sold(program: &Program, count: usize) {
    program.sandbox.wait_for_mails(count).await;
    assert_eq!(program.licenses().await.len(), count);
    assert_eq!(program.sandbox.mails().len(), count);
    for delivery in program.sandbox.deliveries() {
        let first = delivery.attempts.first().and_then(|a| a.status);
        assert_eq!(first, Some(200), "taken at the first attempt");
    }
}

fn key_lines(program: &Program, name: &str) -> Vec<String> {
    let text = fs::read_to_string(program.data().join(name)).expect("the file is there");
    text.lines().map(str::to_owned).collect()
}

fn refusal(program: &Program) -> String {
    let done = program.run(&["master-key", "rotate"]);
    assert!(!done.status.success(), "it must not go on");
    String::from_utf8(done.stderr).expect("a text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn new_master_keys_while_purchases_run_disturb_none_of_them() {
    const ROTATIONS: usize = 4;
    let program = Program::start(Options::default()).await;
    let before = key_lines(&program, "master.key");
    let rotations = async {
        for _ in 0..ROTATIONS {
            program.command_beside(&["master-key", "rotate"]).await;
        }
    };
    let sales = async {
        for _ in 0..5 {
            sell(&program, 8).await;
        }
    };
    tokio::join!(sales, rotations);
    assert_sold(&program, 40).await;
    let after = key_lines(&program, "master.key");
    assert_eq!(after.len(), 1);
    let former = key_lines(&program, "master.key.former");
    assert_eq!(former.len(), ROTATIONS);
    assert_eq!(former.last(), before.first());
    assert!(!former.contains(&after[0]));
    // What the running server wraps now is under the new key.
    let made = program.call("/api/tenant-key", Some(&json!({}))).await;
    made.expect("a new tenant key");
    sell(&program, 1).await;
    assert!(program.processes[0].stop());
    program.serve(0).await;
    sell(&program, 1).await;
    assert_sold(&program, 42).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_rotation_is_finished_by_the_next() {
    let program = Program::start(Options::default()).await;
    let file = program.data().join("master.key");
    let keys = |lines: &[&str]| fs::write(&file, lines.join("\n")).expect("it is written");
    let first = key_lines(&program, "master.key").remove(0);
    let second = program.command(&["master-key", "generate"]);
    // Killed after the new key was kept, before anything was under it.
    keys(&[&second, &first]);
    program.command(&["master-key", "rotate"]);
    assert_eq!(key_lines(&program, "master.key"), [&*second]);
    // Killed after everything was under it, before the former was put away.
    keys(&[&second, &first]);
    program.command(&["master-key", "rotate"]);
    assert_eq!(key_lines(&program, "master.key"), [&*second]);
    assert!(program.processes[0].stop());
    program.serve(0).await;
    sell(&program, 1).await;
    assert_sold(&program, 1).await;
    // The former key opens nothing any more.
    keys(&[&first]);
    let said = refusal(&program);
    assert!(said.contains("the master key is not the one"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_during_a_rotation_opens_with_its_own_key() {
    let program = Program::start(Options::default()).await;
    let copy = program.data().join("copy");
    let second = program.command(&["master-key", "generate"]);
    let first = key_lines(&program, "master.key").remove(0);
    let both = format!("{second}\n{first}");
    fs::write(program.data().join("master.key"), both).expect("it is written");
    program.command(&["backup", "--to", &copy.to_string_lossy()]);
    program.command(&["master-key", "rotate"]);
    let folder = copy.to_string_lossy();
    let url = format!("sqlite://{folder}/exisone.db");
    let key = format!("{folder}/master.key");
    let at = ["--database-url", &url, "--master-key-file", &key];
    let create = ["tenant", "create", "--name", "Beside"];
    assert_eq!(program.command(&[&at[..], &create[..]].concat()), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_with_the_key_in_variables_are_started_in_turns_and_no_purchase_notices() {
    let Some(mut program) = Program::start_two(Options::default()).await else {
        println!("not run: TEST_POSTGRES_URL is not set");
        return;
    };
    let old = program.setting("EXISONE_MASTER_KEY").expect("it is set");
    let old = old.to_owned();
    let said = refusal(&program);
    assert!(said.contains("EXISONE_PREVIOUS_MASTER_KEY"), "{said}");
    let new = program.command(&["master-key", "generate"]);
    program.set(&[
        ("EXISONE_MASTER_KEY", &new),
        ("EXISONE_PREVIOUS_MASTER_KEY", &old),
    ]);
    for number in 0..2 {
        assert!(program.processes[number].stop());
        program.serve(number).await;
        sell(&program, 2).await;
    }
    let rotation = program.command_beside(&["master-key", "rotate"]);
    tokio::join!(sell(&program, 10), rotation);
    program.set(&[("EXISONE_MASTER_KEY", &new)]);
    for number in 0..2 {
        assert!(program.processes[number].stop());
        program.serve(number).await;
        sell(&program, 2).await;
    }
    assert_eq!(program.licenses().await.len(), 18);
}
