//! The session's cookie: for this site and no script, and a new one for everybody who signs in.

use domain::role::Role;
use engine::accounts::create_admin::{self, NewAdmin};
use reqwest::StatusCode;
use reqwest::header::COOKIE;

use crate::browser::{Browser, sent_to, set_cookies};
use crate::harness::{House, on_each};

const EMAIL: &str = "ann@example.com";
const PASSWORD: &str = "correct horse battery staple";

async fn add_ann(house: &House) {
    let new = NewAdmin {
        tenant: house.shop.actor.tenant(),
        email: EMAIL,
        role: Role::Admin,
        password: &PASSWORD.into(),
    };
    let created = create_admin::execute(house.engine(), &new).await;
    let _ = created.expect("the person is made");
}

/// Whether a session's token opens anything.
async fn opens(house: &House, token: &str) -> bool {
    let request = house.http.get(format!("{}/live", house.nodes[0].url));
    let request = request.header(COOKIE, format!("exisone={token}"));
    request.send().await.expect("an answer").status() == StatusCode::OK
}

#[tokio::test]
async fn a_session_s_cookie_is_for_this_site_and_no_script() {
    on_each(async |house| {
        add_ann(house).await;
        let browser = Browser::at(&house.nodes[0].url);
        let answer = browser.sign_in(EMAIL, PASSWORD).await;
        assert_eq!(sent_to(&answer), "/");
        let cookies = set_cookies(&answer);
        let kept: Vec<_> = cookies
            .iter()
            .filter(|c| !c.contains("Max-Age=0"))
            .collect();
        assert_eq!(kept.len(), 2, "session and browser: {cookies:?}");
        for cookie in &cookies {
            let attributes: Vec<_> = cookie.split("; ").skip(1).collect();
            for wanted in ["Path=/", "HttpOnly", "SameSite=Lax"] {
                assert!(attributes.contains(&wanted), "{wanted}: {cookie}");
            }
            // A browser drops what is Secure where the site is reached without TLS.
            assert!(!attributes.contains(&"Secure"), "{cookie}");
            assert!(!cookie.contains("Domain="), "no other host gets it");
        }
        let token = browser.cookie("exisone").expect("a session");
        assert!(opens(house, &token).await);
    })
    .await;
}

#[tokio::test]
async fn who_signs_in_gets_a_new_session_and_the_browser_s_former_one_ends() {
    on_each(async |house| {
        add_ann(house).await;
        let browser = Browser::at(&house.nodes[0].url);
        browser.sign_in(EMAIL, PASSWORD).await;
        let first = browser.cookie("exisone").expect("a session");
        browser.sign_in(EMAIL, PASSWORD).await;
        let second = browser.cookie("exisone").expect("a session");
        assert_ne!(first, second);
        assert!(opens(house, &second).await);
        assert!(!opens(house, &first).await, "it ended");
    })
    .await;
}

#[tokio::test]
async fn who_changes_the_password_goes_on_by_a_new_cookie_and_other_browsers_are_out() {
    on_each(async |house| {
        add_ann(house).await;
        let url = &house.nodes[0].url;
        let (here, there) = (Browser::at(url), Browser::at(url));
        for browser in [&here, &there] {
            browser.sign_in(EMAIL, PASSWORD).await;
        }
        let first = here.cookie("exisone").expect("a session");
        let other = there.cookie("exisone").expect("a session");
        let form = [
            ("currentPassword", PASSWORD),
            ("newPassword", "another horse battery"),
        ];
        let of = ("/account", "/ui/change_password");
        let answer = here.submit(of, &form).await;
        assert!(sent_to(&answer).starts_with("/account?flash="));
        let cookies = set_cookies(&answer);
        assert_eq!(cookies.len(), 1, "{cookies:?}");
        assert!(cookies[0].contains("HttpOnly") && !cookies[0].contains("Max-Age=0"));
        let second = here.cookie("exisone").expect("a session");
        assert!(opens(house, &second).await);
        assert!(!opens(house, &first).await, "it ended");
        assert!(!opens(house, &other).await, "the other browser is out");
        assert_eq!(here.open("/account").await.status(), StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_cookie_that_somebody_else_put_there_becomes_nobody_s_session() {
    on_each(async |house| {
        add_ann(house).await;
        let browser = Browser::at(&house.nodes[0].url);
        let planted = "a".repeat(64);
        browser.keep("exisone", &planted);
        browser.sign_in(EMAIL, PASSWORD).await;
        let token = browser.cookie("exisone").expect("a session");
        assert_ne!(token, planted);
        assert!(opens(house, &token).await);
        assert!(!opens(house, &planted).await);
    })
    .await;
}

#[tokio::test]
async fn who_signs_out_has_no_cookie_and_no_session_any_more() {
    on_each(async |house| {
        add_ann(house).await;
        let browser = Browser::at(&house.nodes[0].url);
        browser.sign_in(EMAIL, PASSWORD).await;
        let token = browser.cookie("exisone").expect("a session");
        let answer = browser.submit(("/", "/ui/sign_out"), &[]).await;
        let cookies = set_cookies(&answer);
        let ended = cookies.iter().find(|c| c.starts_with("exisone=;"));
        let ended = ended.expect("the cookie is taken back");
        assert!(ended.contains("Max-Age=0") && ended.contains("Path=/"));
        assert!(!opens(house, &token).await);
    })
    .await;
}
