//! What a thief of the database file would find: no key, token or secret in clear.

use std::fs;

use domain::activation_key::ActivationKey;
use domain::permission::Permissions;
use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::settings::update;
use engine::stripe::receive_event::Answer;
use engine::stripe::{events, replay};
use engine::tokens::create::{self as create_token, NewToken};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::fixture::{COMPLETED, SECRET, SECRET_KEY, SUCCEEDED, Shop, event};

const PREVIOUS: &str = "whsec_previousprevious0123456789";
const MAIL_PASSWORD: &str = "mail-server-of-acme-0123456789";
/// Who has it may act as the buyer of a payment.
const CLIENT_SECRET: &str = "pi_1_secret_clientclientclient01";
const PASSWORD: &str = "correct horse battery staple";

/// Everything that must not stand in the file, with a name for the failure.
async fn secrets(shop: &Shop) -> Vec<(&'static str, String)> {
    let actor = shop.t.system();
    let token = NewToken {
        name: "CI".into(),
        permissions: "verify".parse::<Permissions>().expect("a permission"),
        expires_at: None,
    };
    let token = create_token::execute(&shop.t.engine, &actor, &token)
        .await
        .expect("the token is created")
        .token;
    let password = SecretString::from(PASSWORD);
    let admin = NewAdmin {
        tenant: shop.t.tenant,
        email: "admin@example.com",
        role: Role::Owner,
        password: &password,
    };
    let created = create_admin::execute(&shop.t.engine, &admin).await;
    assert!(matches!(created, Ok(Created::Person(_))));
    let token = token.expose_secret();
    let half = token.rsplit('_').next().expect("a secret half");
    let mut secrets = vec![
        ("signing secret", SECRET.to_owned()),
        ("former signing secret", PREVIOUS.to_owned()),
        ("secret key", SECRET_KEY.to_owned()),
        ("token", half.to_owned()),
        ("password", PASSWORD.to_owned()),
        ("mail server's password", MAIL_PASSWORD.to_owned()),
    ];
    for license in shop.keys().await {
        let key: &ActivationKey = &license.activation_key;
        secrets.push(("key", key.to_string()));
        secrets.push(("key without dashes", key.canonical().to_owned()));
    }
    secrets
}

#[tokio::test]
async fn the_database_file_holds_no_key_token_or_secret_in_clear() {
    let shop = Shop::open().await;
    shop.change_app(json!({ "previousWebhookSigningSecret": PREVIOUS }))
        .await;
    let session = shop.session(1, json!({ "metadata": { "quantity": "3" } }));
    shop.deliver(&event("evt_1", COMPLETED, &session)).await;
    shop.t.run_due_jobs().await;
    let url = format!("smtp://shop:{MAIL_PASSWORD}@mail.acme.example");
    let server = json!({ "mailServerUrl": url, "mailSender": "keys@acme.example" });
    let server = serde_json::from_value(server).expect("a form");
    update::execute(&shop.t.engine, &shop.t.system(), &server)
        .await
        .expect("the mail server is saved");
    // A refused delivery whose body holds a secret that somebody pasted.
    shop.post(None, &format!("{{\"id\":\"evt_2\",\"x\":\"{SECRET}\"}}"))
        .await;
    shop.log().await;
    let secrets = secrets(&shop).await;
    assert_eq!(secrets.len(), 6 + 2 * 3);
    let mut seen_our_own_words = false;
    for path in shop.t.database_files() {
        let bytes = fs::read(&path).expect("the file is read");
        let has = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        seen_our_own_words |= has("maria@example.com");
        for (name, secret) in &secrets {
            assert!(!has(secret), "{name} stands in {}", path.display());
        }
    }
    assert!(seen_our_own_words, "the right files were read");
}

#[tokio::test]
async fn a_payments_client_secret_is_neither_kept_nor_shown_and_a_replay_needs_none() {
    let shop = Shop::open().await;
    let body = |number: u32| {
        let intent = shop.intent(number, json!({ "client_secret": CLIENT_SECRET }));
        event(&format!("evt_{number}"), SUCCEEDED, &intent)
    };
    let shown = async |id: &str| {
        let line = shop.line(id).await;
        let whole = events::detail(&shop.t.engine, &shop.t.system(), line.id).await;
        whole.expect("it is found").payload.expect("it was kept")
    };
    let without = |number: u32| body(number).replace(CLIENT_SECRET, "(removed)");
    shop.deliver(&body(1)).await;
    assert_eq!(shown("evt_1").await, without(1));
    // What is refused is sealed as it came, for it is verified again by its own bytes.
    let answer = shop.post_signed(PREVIOUS, &body(2)).await;
    assert!(matches!(answer, Answer::Refused(_)), "{answer:?}");
    assert_eq!(shown("evt_2").await, without(2));
    shop.change_app(json!({ "previousWebhookSigningSecret": PREVIOUS }))
        .await;
    let refused = shop.line("evt_2").await.id;
    let replayed = replay::execute(&shop.t.engine, &shop.t.system(), refused).await;
    replayed.expect("its signature counts now");
    assert_eq!(shop.line("evt_2").await.status, "verified");
    assert_eq!(shown("evt_2").await, without(2));
    for path in shop.t.database_files() {
        let bytes = fs::read(&path).expect("the file is read");
        let file = String::from_utf8_lossy(&bytes);
        assert!(!file.contains(CLIENT_SECRET), "{}", path.display());
    }
}
