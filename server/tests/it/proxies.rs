//! A proxy before the server: each client counts for itself, and nobody can call himself another.

use leptos::server_fn::ServerFn;
use reqwest::{Client, StatusCode};
use sandbox::Options;

use crate::program::Program;

/// Wrong set-up codes that one address may try.
const TRIES: usize = 10;

/// Tries a wrong set-up code, as a proxy would hand it on.
async fn try_code(program: &Program, forwarded: &str) -> StatusCode {
    let client = Client::builder().no_proxy().build().expect("a client");
    let path = <app::api::set_up::SetUp as ServerFn>::PATH;
    let form = [
        ("code", "AAAA-AAAA-AAAA-AAAA"),
        ("tenantName", "Acme"),
        ("email", "owner@example.com"),
        ("password", "correct horse battery"),
    ];
    let answer = client
        .post(format!("{}{path}", program.processes[0].url))
        .header("accept", "application/json")
        .header("x-forwarded-for", forwarded)
        .form(&form)
        .send()
        .await;
    answer.expect("an answer").status()
}

async fn use_up(program: &Program, forwarded: &str) {
    for number in 0..TRIES {
        let status = try_code(program, forwarded).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{number}");
    }
    let refused = try_code(program, forwarded).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    let settings = [("EXISONE_TRUSTED_PROXIES", "127.0.0.1,10.0.0.0/8")];
    let program = Program::start_with(Options::default(), &settings).await;
    use_up(&program, "198.51.100.1").await;
    for forwarded in ["1.2.3.4, 198.51.100.1", "1.2.3.5, 198.51.100.1, 10.0.0.7"] {
        let refused = try_code(&program, forwarded).await;
        assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS, "{forwarded}");
    }
    let other = try_code(&program, "198.51.100.2").await;
    assert_eq!(other, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(program.processes[0].stop());
    assert!(
        !program.log().contains("198.51.100."),
        "addresses are logged"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_proxy_is_trusted_its_header_changes_nothing() {
    let program = Program::start(Options::default()).await;
    use_up(&program, "198.51.100.1").await;
    let refused = try_code(&program, "198.51.100.2").await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
}
