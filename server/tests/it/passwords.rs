//! `exisone admin password`: another password beside a running server, for whoever forgot theirs.

use reqwest::StatusCode;
use sandbox::Options;

use crate::browser::{Browser, sent_to};
use crate::program::Program;

const EMAIL: &str = "bea@example.com";
const FORMER: &str = "correct horse battery";
const NEW: &str = "another horse battery";

/// A program with somebody who is signed in.
async fn signed_in() -> (Program, Browser) {
    let program = Program::start(Options::default()).await;
    program.add_owner(("1", EMAIL), FORMER);
    let browser = Browser::at(&program.processes[0].url);
    browser.sign_in(EMAIL, FORMER).await;
    assert_eq!(browser.open("/").await.status(), StatusCode::OK);
    (program, browser)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_set_by_command_counts_at_once_and_ends_every_session() {
    let (program, browser) = signed_in().await;
    let set = ["admin", "password", "--email", "BEA@example.com"];
    let done = program.run_with(&set, NEW);
    let said = String::from_utf8(done.stderr).expect("a text");
    assert!(done.status.success(), "{said}");
    assert!(done.stdout.is_empty(), "nothing was asked for");
    for secret in [NEW, EMAIL] {
        assert!(!said.to_lowercase().contains(secret), "{said}");
    }
    assert_eq!(sent_to(&browser.open("/").await), "/sign-in?next=%2F");
    let refused = browser.sign_in(EMAIL, FORMER).await;
    assert!(sent_to(&refused).contains("flash="));
    assert_eq!(sent_to(&browser.sign_in(EMAIL, NEW).await), "/");
    let log = browser.open("/audit-log?about=person").await;
    let log = log.text().await.expect("a page");
    assert!(log.contains("password set"), "it is audited");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_cannot_be_set_is_refused_and_the_former_one_stays() {
    let (program, browser) = signed_in().await;
    for (email, password, why) in [
        ("nobody@example.com", NEW, "There is no such person."),
        (EMAIL, "short", "password: "),
        (EMAIL, "", "password: "),
    ] {
        let set = ["admin", "password", "--email", email];
        let done = program.run_with(&set, password);
        let said = String::from_utf8(done.stderr).expect("a text");
        assert!(!done.status.success() && said.contains(why), "{said}");
        assert!(done.stdout.is_empty(), "{why}");
    }
    assert_eq!(browser.open("/").await.status(), StatusCode::OK);
    assert_eq!(sent_to(&browser.sign_in(EMAIL, FORMER).await), "/");
}
