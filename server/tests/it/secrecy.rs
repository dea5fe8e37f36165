//! What a thief of the database would find: no key, token, password or secret in clear, nor as hex.

use std::fmt::Write as _;

use domain::role::Role;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::tokens::create::{self as create_token, NewToken};
use sandbox::Outcome;
use secrecy::{ExposeSecret as _, SecretString};

use crate::harness::{House, SECRET_KEY, SIGNING_SECRET, on_each};

const PASSWORD: &str = "correct horse battery staple";

/// Makes an admin and a token; answers the token's secret half.
async fn add_people(house: &House) -> String {
    let actor = &house.shop.actor;
    let password = SecretString::from(PASSWORD);
    let admin = NewAdmin {
        tenant: actor.tenant(),
        email: "admin@example.com",
        role: Role::Owner,
        password: &password,
    };
    let created = create_admin::execute(house.engine(), &admin).await;
    assert!(matches!(created, Ok(Created::Person(_))));
    let token = NewToken {
        name: "CI".into(),
        permissions: "manage".parse().expect("a permission"),
        expires_at: None,
    };
    let token = create_token::execute(house.engine(), actor, &token)
        .await
        .expect("the token is created")
        .token;
    let half = token.expose_secret().rsplit('_').next();
    half.expect("a secret half").to_owned()
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
        let mut secrets = vec![SECRET_KEY.to_owned(), SIGNING_SECRET.to_owned()];
        secrets.extend([PASSWORD.to_owned(), token]);
        for license in house.keys().await {
            secrets.push(license.activation_key.to_string());
            secrets.push(license.activation_key.canonical().to_owned());
        }
        let dump = house.dump();
        let has = |text: &str| dump.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(has("buyer@example.com"), "the dump is of this database");
        for (number, secret) in secrets.iter().enumerate() {
            assert!(
                !has(secret) && !has(&hex(secret)),
                "secret {number} stands there"
            );
        }
    })
    .await;
}
