//! Tenants: each comes with its own keys.

use std::collections::HashSet;

use domain::ids::TenantId;
use engine::accounts::setup::{self, FirstPerson};
use engine::tenants;
use secrecy::SecretString;
use store::signing_keys::{self, SigningKey};

use crate::support::TestEngine;

#[tokio::test]
async fn a_new_tenant_has_a_key_of_its_own() {
    let t = TestEngine::start().await;
    let second = tenants::create::execute(&t.engine, "  Blue Ltd  ")
        .await
        .expect("is created");
    let names: Vec<_> = tenants::list::execute(&t.engine)
        .await
        .expect("lists")
        .into_iter()
        .map(|tenant| (tenant.id, tenant.name))
        .collect();
    assert_eq!(
        names,
        [
            (t.tenant, "Acme".to_owned()),
            (second, "Blue Ltd".to_owned())
        ]
    );
    let version =
        engine::keys::activate_tenant_key::execute(&t.engine, &engine::Actor::system(second))
            .await
            .expect("activates another");
    assert_eq!(version, 2);
}

/// What the store has: asking by an action would make the pair that is missing.
async fn pairs(t: &TestEngine, tenant: TenantId) -> Vec<SigningKey> {
    let mut tx = t.engine.db().begin();
    let rows = signing_keys::list(&mut tx, tenant).await;
    rows.expect("are read")
}

#[tokio::test]
async fn a_new_tenant_has_a_pair_for_offline_codes_before_anybody_asks_for_one() {
    let t = TestEngine::start().await;
    let second = tenants::create::execute(&t.engine, "Blue").await;
    let second = second.expect("is created");
    let code = SecretString::from("the-code".to_owned());
    let first = FirstPerson {
        code: &code,
        tenant_name: "First Ltd",
        email: "ann@example.com",
        password: &SecretString::from("correct horse battery".to_owned()),
        address: [192, 0, 2, 1].into(),
    };
    let set_up = setup::create_first(&t.engine, &code, &first).await;
    let third = set_up.expect("sets up").0;
    let mut publics = HashSet::new();
    for tenant in [t.tenant, second, third] {
        let [pair] = &pairs(&t, tenant).await[..] else {
            panic!("{tenant} has no pair, or more than one");
        };
        assert_eq!((pair.version, pair.state.as_str()), (1, "active"));
        publics.insert(pair.public_der.clone());
    }
    assert_eq!(publics.len(), 3, "each has its own");
}
