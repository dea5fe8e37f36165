//! What a thief of the database would find: no key, token, password or secret in clear, nor as hex.

use std::fmt::Write as _;

use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::people::invite;
use engine::settings::update;
use engine::stripe::apps;
use engine::tokens::create::{self as create_token, NewToken};
use reqwest::StatusCode;
use sandbox::{Outcome, Sandbox};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::browser::{Browser, sent_to};
use crate::harness::{House, SECRET_KEY, SIGNING_SECRET, on_each};

const EMAIL: &str = "admin@example.com";
const MAIL_PASSWORD: &str = "mail-server-of-acme-0123456789";
const PASSWORD: &str = "correct horse battery staple";
/// Typed by mistake; most likely right elsewhere.
const WRONG_PASSWORD: &str = "correct donkey battery staple";
const NEW_SIGNING_SECRET: &str = "whsec_rolledrolledrolledrolled03";
/// Refused, for it is of the wrong kind.
const TYPED_KEY: &str = "rk_live_51TypedTypedTypedTypedTyped02";
const TYPED_SIGNING_SECRET: &str = "whsec_typedtypedtypedtypedtyped04";
/// Stands beside them, and is kept.
const TYPED_NAME: &str = "Store that was typed";

/// Makes an admin and a token; answers the token.
async fn add_people(house: &House) -> String {
    let actor = &house.shop.actor;
    let password = SecretString::from(PASSWORD);
    let admin = NewAdmin {
        tenant: actor.tenant(),
        email: EMAIL,
        role: Role::Owner,
        password: &password,
    };
    let created = create_admin::execute(house.engine(), &admin).await;
    assert!(matches!(created, Ok(Created::Person(_))));
    let token = NewToken {
        name: "CI".into(),
        permissions: "generate,manage".parse().expect("permissions"),
        expires_at: None,
    };
    let token = create_token::execute(house.engine(), actor, &token)
        .await
        .expect("the token is created")
        .token;
    token.expose_secret().to_owned()
}

/// The half of a token that only its holder knows.
fn secret_half(token: &str) -> String {
    let half = token.rsplit('_').next();
    half.expect("a secret half").to_owned()
}

/// Calls twice with one `Idempotency-Key`; answers what the first call and the second said.
async fn call_twice(house: &House, token: &str, (path, body): (&str, &Value)) -> [Value; 2] {
    let mut answers = [Value::Null, Value::Null];
    for answer in &mut answers {
        let request = house.http.post(format!("{}{path}", house.nodes[0].url));
        let request = request
            .header("authorization", format!("ExisOneApi {token}"))
            .header("accept", "application/json")
            .header("idempotency-key", format!("once{path}"));
        let said = request.json(body).send().await.expect("an answer");
        *answer = said.json().await.expect("JSON");
    }
    answers
}

/// A key and its offline code, and a token, each asked for twice: answers that are kept, or may not be.
async fn repeat_calls(house: &House, token: &str) -> Vec<String> {
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com", "hardwareId": "AB12" });
    let [first, again] = call_twice(house, token, ("/api/activationkey/generate", &wish)).await;
    assert_eq!(first, again, "the answer is kept");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut secrets = vec![text(&first["activationKey"]), text(&first["offlineCode"])];
    secrets.push(secrets[0].replace('-', ""));
    secrets.push(secrets[1].replace('-', ""));
    let wish = json!({ "name": "Build", "permissions": ["generate"] });
    let [first, again] = call_twice(house, token, ("/api/token", &wish)).await;
    assert_eq!(again["error"], "already_created");
    secrets.push(secret_half(&text(&first["token"])));
    secrets
}

/// Signs in, with a mistake before, and leaves a refused form behind, as without a script.
async fn browse(house: &House) -> Vec<String> {
    let browser = Browser::at(&house.nodes[0].url);
    let refused = browser.sign_in(EMAIL, WRONG_PASSWORD).await;
    assert!(sent_to(&refused).contains("flash="), "it is put aside");
    browser.sign_in(EMAIL, PASSWORD).await;
    let form = [
        ("id", ""),
        ("name", TYPED_NAME),
        ("secretKey", TYPED_KEY),
        ("webhookSigningSecret", TYPED_SIGNING_SECRET),
        ("previousWebhookSigningSecret", TYPED_SIGNING_SECRET),
    ];
    let page = ("/stripe/apps/new", "/ui/save_app");
    let refused = browser.submit(page, &form).await;
    assert!(sent_to(&refused).contains("flash="), "it is put aside");
    let cookie = |name| browser.cookie(name).expect("the browser keeps it");
    let typed = [PASSWORD, WRONG_PASSWORD, TYPED_KEY, TYPED_SIGNING_SECRET];
    let mut secrets = typed.map(str::to_owned).to_vec();
    secrets.extend([cookie("exisone"), cookie("exisone-browser")]);
    secrets
}

/// Invites somebody; answers the link's token, which stands in the mail alone.
async fn invite(house: &House) -> String {
    let actor = &house.shop.actor;
    invite::execute(house.engine(), actor, "eve@example.com", Role::Viewer)
        .await
        .expect("she is invited");
    let mails = house.sandbox.wait_for_mails(2).await;
    let text = mails.iter().find_map(|m| m.text.split_once("/invitation/"));
    let (_, token) = text.expect("a link");
    token.split_whitespace().next().expect("a token").to_owned()
}

/// Rolls the signing secret: the former one goes on for a while.
async fn roll(house: &House) {
    let form = json!({ "webhookSigningSecret": NEW_SIGNING_SECRET,
        "previousWebhookSigningSecret": SIGNING_SECRET });
    let form = serde_json::from_value(form).expect("a form");
    let shop = &house.shop;
    apps::save::update(house.engine(), &shop.actor, shop.app, &form)
        .await
        .expect("the app is saved");
}

/// Gives the shop a mail server of its own, whose URL holds a password.
async fn name_mail_server(house: &House) {
    let url = format!("smtp://shop:{MAIL_PASSWORD}@mail.acme.example");
    let form = json!({ "mailServerUrl": url, "mailSender": "keys@acme.example" });
    let form = serde_json::from_value(form).expect("a form");
    let saved = update::execute(house.engine(), &house.shop.actor, &form).await;
    saved.expect("is saved");
}

/// The client secrets of the payments that Stripe told of: who has one may act as the buyer.
pub async fn client_secrets(sandbox: &Sandbox, http: &reqwest::Client) -> Vec<String> {
    let url = format!("{}/v1/payment_intents", sandbox.base_url());
    let answer = http.get(url).bearer_auth(SECRET_KEY).send().await;
    let answer: Value = answer.expect("an answer").json().await.expect("JSON");
    let intents = answer["data"].as_array().expect("a list").iter();
    let secret = |intent: &Value| intent["client_secret"].as_str().map(str::to_owned);
    intents.filter_map(secret).collect()
}

/// Opens each event as a person and as a program; answers all that they were shown.
async fn shown_events(house: &House, token: &str) -> String {
    let browser = Browser::at(&house.nodes[0].url);
    browser.sign_in(EMAIL, PASSWORD).await;
    let mut shown = String::new();
    for line in house.log().await {
        let page = browser.open(&format!("/stripe/events/{}", line.id)).await;
        let url = format!("{}/api/stripe/events/{}", house.nodes[0].url, line.id);
        let request = house.http.get(url);
        let request = request.header("authorization", format!("ExisOneApi {token}"));
        let answer = request.send().await.expect("an answer");
        for answer in [page, answer] {
            assert_eq!(answer.status(), StatusCode::OK);
            let text = answer.text().await.expect("a text");
            assert!(text.contains(&line.stripe_event_id), "it tells of this one");
            let is_of_payment = line.event_type == "payment_intent.succeeded";
            assert_eq!(text.contains("(removed)"), is_of_payment);
            shown.push_str(&text);
        }
    }
    shown
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a text");
        hex
    })
}

#[tokio::test]
async fn a_dump_of_either_database_holds_no_secret() {
    on_each(async |house| {
        let session = house.check_out(3).await.session_id;
        house.sandbox.pay(&session, Outcome::Pay).expect("paid");
        house.assert_sold(3, 1).await;
        let token = add_people(house).await;
        let mut secrets = vec![secret_half(&token), invite(house).await];
        secrets.extend([SECRET_KEY, SIGNING_SECRET, NEW_SIGNING_SECRET].map(str::to_owned));
        secrets.extend(repeat_calls(house, &token).await);
        secrets.extend(browse(house).await);
        let of_payments = client_secrets(&house.sandbox, &house.http).await;
        assert_eq!(of_payments.len(), 1);
        let shown = shown_events(house, &token).await;
        assert!(shown.contains("(removed)"), "it would stand there");
        for secret in &of_payments {
            assert!(!shown.contains(secret), "a client secret is shown");
        }
        secrets.extend(of_payments);
        roll(house).await;
        name_mail_server(house).await;
        secrets.push(MAIL_PASSWORD.to_owned());
        for license in house.keys().await {
            secrets.push(license.activation_key.to_string());
            secrets.push(license.activation_key.canonical().to_owned());
        }
        let dump = house.dump();
        let dump = String::from_utf8_lossy(&dump);
        let has = |text: &str| dump.contains(text);
        for beside in ["buyer@example.com", "eve@example.com", TYPED_NAME] {
            assert!(has(beside), "the dump is of this database: {beside}");
        }
        for (number, secret) in secrets.iter().enumerate() {
            assert!(
                !has(secret) && !has(&hex(secret)),
                "secret {number} stands there"
            );
        }
    })
    .await;
}
