//! What a browser's forms are sent to: each server function by its address, as anybody can call it.

use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use leptos::server_fn::ServerFn;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;

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

/// Somebody who can sign in: where nobody can, every page leads to set-up.
async fn add_owner(house: &House) {
    let admin = NewAdmin {
        tenant: house.shop.actor.tenant(),
        email: "owner@example.com",
        role: Role::Owner,
        password: &SecretString::from("correct horse battery staple"),
    };
    let created = create_admin::execute(house.engine(), &admin).await;
    assert!(matches!(created, Ok(Created::Person(_))));
}

/// Sends a form as a browser without a script does whose session has ended; answers where it is led, and
/// the cookie that it is given.
async fn send_signed_out(house: &House) -> (String, String) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let own = &house.nodes[0].url;
    let form = [
        ("id", ""),
        ("name", "Typed"),
        ("secretKey", "sk_test_typed"),
        ("isLive", "false"),
    ];
    let request = client.post(format!("{own}{}", app::api::stripe_apps::SaveApp::PATH));
    let request = request
        .header("accept", "text/html")
        .header("referer", format!("{own}/stripe/apps/new"));
    let answer = request.form(&form).send().await.expect("an answer");
    let header = |name: &str| {
        let value = answer.headers().get(name).expect(name);
        value.to_str().expect("text").to_owned()
    };
    assert_eq!(answer.status(), StatusCode::FOUND);
    let cookie = header("set-cookie");
    let cookie = cookie.split(';').next().expect("a cookie").to_owned();
    (header("location").replace("%2D", "-"), cookie)
}

async fn flash(house: &House, id: &str, cookie: &str) -> String {
    let url = format!(
        "{}{}",
        house.nodes[0].url,
        app::api::session::LoadFlash::PATH
    );
    let request = house.http.post(url).form(&[("id", id)]);
    let request = request
        .header("accept", "application/json")
        .header("cookie", cookie);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.text().await.expect("text")
}

#[tokio::test]
async fn a_form_whose_session_ended_is_kept_for_its_own_browser_without_secrets_and_once() {
    on_each(async |house| {
        add_owner(house).await;
        let [(_, other), (door, own)] =
            [send_signed_out(house).await, send_signed_out(house).await];
        let (page, id) = door.split_once("%3Fflash%3D").expect("a flash");
        assert_eq!(page, "/sign-in?next=%2Fstripe%2Fapps%2Fnew");
        let kept = flash(house, id, &own).await;
        assert!(kept.contains("Typed"), "{kept}");
        assert!(!kept.contains("sk_test_typed"), "{kept}");
        assert!(!flash(house, id, &own).await.contains("Typed"), "once");
        for cookie in ["", other.as_str()] {
            let (door, _) = send_signed_out(house).await;
            let (_, id) = door.split_once("%3Fflash%3D").expect("a flash");
            let stolen = flash(house, id, cookie).await;
            assert!(!stolen.contains("Typed"), "{cookie}: {stolen}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_script_is_told_the_door_and_a_page_that_asks_for_its_data_leaves_nothing() {
    on_each(async |house| {
        add_owner(house).await;
        let path = app::api::plans::SavePlan::PATH;
        let sent = send(house, path, &[(app::flash::FORM_HEADER, "1")]).await;
        assert_eq!(sent.status(), StatusCode::UNAUTHORIZED);
        assert!(sent.headers().contains_key("set-cookie"));
        let refusal = sent.text().await.expect("text");
        assert!(
            refusal.contains("/sign-in?next=%2F%3Fflash%3D"),
            "{refusal}"
        );
        let asked = send(house, app::api::plans::LoadPlans::PATH, &[]).await;
        assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
        assert!(!asked.headers().contains_key("set-cookie"));
    })
    .await;
}
