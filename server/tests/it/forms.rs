//! What a browser's forms are sent to: each server function by its address, as anybody can call it.

use leptos::server_fn::ServerFn;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Response, StatusCode};

use crate::harness::{House, on_each};

/// Answered whoever asks: the door, and what stands before it.
const OPEN: [&str; 9] = [
    "/ui/accept_invitation",
    "/ui/is_set_up_open",
    "/ui/load_code_step",
    "/ui/load_flash",
    "/ui/load_invitation",
    "/ui/load_receipt",
    "/ui/set_up",
    "/ui/set_up_is_open",
    "/ui/sign_in",
];
/// What forms call their inputs, each with something in it.
const FILLED: [&str; 23] = [
    "id",
    "email",
    "password",
    "change",
    "mode",
    "recipient",
    "productName",
    "product_name",
    "subject",
    "template",
    "sessionId",
    "session_id",
    "name",
    "find",
    "status",
    "state",
    "code",
    "valid",
    "proof",
    "role",
    "token",
    "product",
    "hardware",
];

fn addresses() -> Vec<&'static str> {
    let all: Vec<_> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(all.len() > 40, "they are all there: {all:?}");
    all
}

async fn send(house: &House, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", house.nodes[0].url);
    let mut request = house.http.post(url).header("accept", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let form: Vec<_> = FILLED.iter().map(|name| (*name, "x")).collect();
    request.form(&form).send().await.expect("an answer")
}

#[tokio::test]
async fn no_form_is_taken_that_another_site_sends() {
    on_each(async |house| {
        for path in addresses() {
            for (name, value) in [
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
            ] {
                let answer = send(house, path, &[(name, value)]).await;
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} {value}");
            }
        }
        let own = house.nodes[0].url.as_str();
        let path = app::api::session::LoadViewer::PATH;
        for headers in [
            &[("origin", own)][..],
            &[("sec-fetch-site", "same-origin")],
            // A proxy that names another host to us, and a browser that tells the origin alone.
            &[("origin", own), ("host", "inner.example")],
            &[],
        ] {
            let answer = send(house, path, headers).await;
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{headers:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_is_not_signed_in_learns_nothing_and_no_answer_is_kept() {
    on_each(async |house| {
        for path in addresses() {
            let answer = send(house, path, &[]).await;
            let kept = answer.headers().get("cache-control");
            assert_eq!(
                kept.map(reqwest::header::HeaderValue::as_bytes),
                Some(&b"no-store"[..])
            );
            let is_refused = answer.status() == StatusCode::UNAUTHORIZED;
            assert!(is_refused || OPEN.contains(&path), "{path}: {answer:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_form_that_cannot_be_read_is_refused_and_is_no_fault_of_ours() {
    on_each(async |house| {
        let mut incomplete = 0;
        for path in addresses() {
            for body in [
                "",
                "x",
                "\u{0}=%FF&[=]",
                "email=a%00b&password=x%00y&id=%00&token=%00&session_id=%00",
                "id[a]=1&id[b][c]=2&email[]=3&change[x]=[]",
            ] {
                let request = house.http.post(format!("{}{path}", house.nodes[0].url));
                let request = request.header("accept", "application/json");
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                let answer = request.body(body).send().await.expect("an answer");
                let status = answer.status();
                assert!(!status.is_server_error(), "{path} {body:?}: {status}");
                incomplete += usize::from(status == StatusCode::UNPROCESSABLE_ENTITY);
            }
        }
        assert!(incomplete > 20, "many of them want fields: {incomplete}");
    })
    .await;
}

#[tokio::test]
async fn a_form_above_256_kib_is_not_read() {
    on_each(async |house| {
        let url = format!("{}/ui/sign_in", house.nodes[0].url);
        for (length, is_read) in [(200 * 1024, true), (300 * 1024, false)] {
            let form = [("email", "a@b.example"), ("password", &"x".repeat(length))];
            let answer = house.http.post(&url).form(&form).send().await;
            let status = answer.expect("an answer").status();
            let is_too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
            assert_eq!(is_too_large, !is_read, "{length}: {status}");
        }
    })
    .await;
}
