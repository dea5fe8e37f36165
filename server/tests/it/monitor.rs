//! `/metrics`: who may read it, and that it tells what happened, and nothing that is secret.

use reqwest::StatusCode;
use sandbox::{Options, Outcome};

use crate::harness::eventually;
use crate::program::{Program, free_port};

const TOKEN: &str = "watch-token-0123456789";

async fn read(url: &str, authorization: &str) -> (StatusCode, String) {
    let client = reqwest::Client::builder().no_proxy().build();
    let request = client.expect("a client").get(format!("{url}/metrics"));
    let request = request.header("authorization", authorization);
    let answer = request.send().await.expect("an answer");
    let status = answer.status();
    (status, answer.text().await.expect("a text"))
}

/// The value of a line, given as it begins.
fn value(page: &str, line: &str) -> Option<f64> {
    let of_it = |l: &&str| l.strip_prefix(line).is_some_and(|r| r.starts_with(' '));
    let found = page.lines().find(of_it)?;
    found.rsplit(' ').next()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_tell_of_a_purchase_to_whom_brings_the_token_and_keep_its_secrets() {
    let settings = [("EXISONE_METRICS_TOKEN", TOKEN)];
    let program = Program::start_with(Options::default(), &settings).await;
    let url = &program.processes[0].url;
    for wrong in [
        "",
        "Bearer",
        "Bearer watch-token-012345678",
        "Basic x",
        TOKEN,
    ] {
        assert_eq!(
            read(url, wrong).await.0,
            StatusCode::UNAUTHORIZED,
            "{wrong}"
        );
    }
    let session = program.check_out(0, 3).await.expect("a page");
    let paid = program.sandbox.pay(&session, Outcome::Pay);
    paid.expect("the buyer pays");
    program.sandbox.wait_for_mails(1).await;
    program.forge().await;
    let bearer = format!("Bearer {TOKEN}");
    let is = |page: &str, line: &str, expected: f64| {
        let found = value(page, line);
        assert_eq!(found, Some(expected), "{line}\n{page}");
    };
    eventually("the mail's job has ended", async || {
        let (_, page) = read(url, &bearer).await;
        value(&page, "exisone_mails_last_hour{state=\"sent\"}") == Some(1.0)
            && value(
                &page,
                "exisone_jobs{kind=\"deliver_mail\",state=\"waiting\"}",
            ) == Some(0.0)
    })
    .await;
    let (status, page) = read(url, &bearer).await;
    assert_eq!(status, StatusCode::OK);
    is(&page, "exisone_database_readable", 1.0);
    is(&page, "exisone_licenses_issued_last_hour", 3.0);
    is(
        &page,
        "exisone_events_last_hour{processing=\"failed\"}",
        0.0,
    );
    is(&page, "exisone_orders_in_review", 0.0);
    is(&page, "exisone_live_streams", 0.0);
    is(
        &page,
        "exisone_jobs{kind=\"deliver_mail\",state=\"dead\"}",
        0.0,
    );
    is(
        &page,
        "exisone_oldest_waiting_job_seconds{kind=\"deliver_mail\"}",
        0.0,
    );
    is(
        &page,
        "exisone_webhook_deliveries_total{outcome=\"refused\"}",
        1.0,
    );
    is(
        &page,
        "exisone_webhook_deliveries_total{outcome=\"fault\"}",
        0.0,
    );
    let fulfilled = value(&page, "exisone_events_last_hour{processing=\"fulfilled\"}");
    assert!(fulfilled.is_some_and(|count| count >= 1.0), "{page}");
    let hook = "exisone_http_request_seconds_count{method=\"POST\",\
                route=\"/api/stripe/webhook/{app}\",status=\"200\"}";
    assert!(value(&page, hook).is_some_and(|n| n >= 1.0), "{page}");
    for secret in program.secrets().await {
        assert!(!page.contains(&secret), "the metrics tell a secret");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_can_have_an_address_of_their_own() {
    let address = format!("127.0.0.1:{}", free_port());
    let settings = [("EXISONE_METRICS_LISTEN", &*address)];
    let program = Program::start_with(Options::default(), &settings).await;
    let (status, page) = read(&format!("http://{address}"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(value(&page, "exisone_licenses_issued_last_hour"), Some(0.0));
    let (status, _) = read(&program.processes[0].url, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "there alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_setting_there_is_no_such_page() {
    let program = Program::start(Options::default()).await;
    let (status, page) = read(&program.processes[0].url, "Bearer ").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(!page.contains("exisone_http"));
}
