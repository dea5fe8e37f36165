//! Tenants: each comes with its own keys.

use engine::tenants;

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
