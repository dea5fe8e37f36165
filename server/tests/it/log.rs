//! What the log tells, down to its finest level: what happens and where, and nothing that opens anything.

use reqwest::StatusCode;
use sandbox::{Options, Outcome};

use crate::browser::{Browser, sent_to};
use crate::program::Program;
use crate::secrecy::client_secrets;

const OWNER: &str = "owner@example.com";
const SELLER: &str = "seller@example.com";
const PASSWORD: &str = "correct horse battery";
/// Typed by mistake; most likely right elsewhere.
const WRONG_PASSWORD: &str = "correct donkey battery";
const NEW_PASSWORD: &str = "another horse battery";
const WRONG_CODE: &str = "AAAA-BBBB-CCCC-DDDD";

/// Sets up by the code, with a mistake before; answers what must not be told of it.
async fn set_up(program: &Program, browser: &Browser) -> Vec<String> {
    let code = std::fs::read_to_string(program.data().join("setup-code"));
    let code = code.expect("nobody can sign in yet").trim().to_owned();
    for (code, leads_to) in [(WRONG_CODE, "/set-up?flash="), (&*code, "/")] {
        let form = [
            ("code", code),
            ("tenantName", "Fresh Fish"),
            ("email", OWNER),
            ("password", PASSWORD),
        ];
        let answer = browser.submit(("/set-up", "/ui/set_up"), &form).await;
        let to = sent_to(&answer);
        assert!(to.starts_with(leads_to), "{to}");
    }
    vec![code.replace('-', ""), code, WRONG_CODE.into()]
}

/// Signs in and changes the password, with a mistake before each; answers what must not be told of it.
async fn sign_in(program: &Program, browser: &Browser) -> Vec<String> {
    program.add_owner(("1", SELLER), PASSWORD);
    let before = browser.cookie("exisone");
    let refused = browser.sign_in(SELLER, WRONG_PASSWORD).await;
    assert!(sent_to(&refused).contains("flash="));
    assert_eq!(browser.cookie("exisone"), before, "nobody signed in");
    browser.sign_in(SELLER, PASSWORD).await;
    let words = [OWNER, SELLER, PASSWORD, WRONG_PASSWORD, NEW_PASSWORD];
    let mut secrets = words.map(str::to_owned).to_vec();
    secrets.extend(before);
    secrets.extend(browser.cookie("exisone"));
    for current in [WRONG_PASSWORD, PASSWORD] {
        let form = [("currentPassword", current), ("newPassword", NEW_PASSWORD)];
        let form_of = ("/account", "/ui/change_password");
        let answer = browser.submit(form_of, &form).await;
        assert!(sent_to(&answer).contains("flash="));
    }
    let renewed = browser.cookie("exisone");
    assert!(!secrets.contains(&renewed.expect("the browser keeps it")));
    for name in ["exisone", "exisone-browser"] {
        secrets.push(browser.cookie(name).expect("the browser keeps it"));
    }
    secrets
}

/// Opens every kind of address that a secret stands in.
async fn ask_by_key(program: &Program, browser: &Browser, (key, session): (&str, &str)) {
    for (path, status) in [
        (format!("/api/license/{key}"), StatusCode::OK),
        (format!("/api/license/{key}/history"), StatusCode::OK),
        // It has no seats.
        (format!("/api/license/{key}/usage"), StatusCode::NOT_FOUND),
        (format!("/api/nothing/{key}"), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(program.get(&path).await.status(), status);
    }
    for path in [
        format!("/licenses?find={key}"),
        format!("/licenses/export.csv?find={key}"),
        format!("/purchase/success?session_id={session}"),
    ] {
        let page = browser.open(&path).await;
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await.expect("a page");
        assert!(page.contains(key), "the address means this licence");
    }
    let page = browser.open(&format!("/nowhere/{key}")).await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_tells_what_happens_but_no_key_token_password_code_secret_or_address() {
    let program = Program::start(Options::default()).await;
    let session = program.check_out(0, 2).await.expect("a page");
    let paid = program.sandbox.pay(&session, Outcome::Pay);
    paid.expect("the buyer pays");
    program.sandbox.wait_for_mails(1).await;
    assert!(program.sandbox.idle().await);
    // What is refused is told without its contents, too.
    program.forge().await;
    let mut secrets = program.secrets().await;
    assert_eq!(secrets.len(), 3 + 2 * 2 + 1);
    let key = secrets[3].clone();
    let of_payments = client_secrets(&program.sandbox, &program.http).await;
    assert_eq!(of_payments.len(), 1);
    secrets.extend(of_payments);
    let browser = Browser::at(&program.processes[0].url);
    secrets.extend(set_up(&program, &browser).await);
    secrets.extend(sign_in(&program, &browser).await);
    ask_by_key(&program, &browser, (&key, &session)).await;
    secrets.push(session);
    assert!(
        program.processes[0].stop(),
        "it ends well when it is asked to"
    );
    let log = program.log();
    assert!(log.contains("listening") && log.contains("stopping"));
    for secret in secrets {
        assert!(secret.len() > 10, "{secret} could stand anywhere");
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "the log tells a secret");
    }
    assert_templates(&log);
}

/// Each request is one line, and names its route as the list of routes does.
fn assert_templates(log: &str) {
    let answered: Vec<&str> = log.lines().filter(|l| l.contains("answered")).collect();
    for template in [
        "/api/license/{key}",
        "/api/license/{key}/history",
        "/api/license/{key}/usage",
        "/api/stripe/webhook/{app}",
        "/licenses",
        "/licenses/export.csv",
        "/purchase/success",
        "/ui/change_password",
        "/ui/set_up",
        "/ui/sign_in",
        "(no route)",
    ] {
        let field = format!("http.route=\"{template}\"");
        let is_told = answered.iter().any(|line| line.contains(&field));
        assert!(is_told, "no line tells of {template}");
    }
}
