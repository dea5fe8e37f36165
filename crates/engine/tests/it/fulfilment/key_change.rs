//! Activating a new tenant key: nothing fails, nothing must be typed again.

use engine::keys::activate_tenant_key;
use serde_json::json;

use super::fixture::{COMPLETED, Shop, event};

#[tokio::test]
async fn a_new_tenant_key_between_purchases_changes_nothing_for_anybody() {
    let shop = Shop::open().await;
    for number in 1..=4 {
        let session = shop.session(number, json!({}));
        shop.deliver(&event(&format!("evt_{number}"), COMPLETED, &session))
            .await;
        if number % 2 == 1 {
            activate_tenant_key::execute(&shop.t.engine, &shop.t.system())
                .await
                .expect("the key is activated");
        }
    }
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 4, "all open, old and new");
    assert_eq!(shop.t.mailer.sent().len(), 4);
}

#[tokio::test]
async fn new_tenant_keys_while_purchases_run_disturb_none_of_them() {
    let shop = Shop::open().await;
    let purchases = async {
        for number in 1..=20 {
            let session = shop.session(number, json!({}));
            let id = format!("evt_{number}");
            let outcome = shop.deliver(&event(&id, COMPLETED, &session)).await;
            assert_eq!(outcome, "1 key issued, mail queued");
        }
    };
    let changes = async {
        for _ in 0..10 {
            activate_tenant_key::execute(&shop.t.engine, &shop.t.system())
                .await
                .expect("the key is activated");
        }
    };
    let mails = async {
        for _ in 0..20 {
            shop.t.run_due_jobs().await;
        }
    };
    futures::join!(purchases, changes, mails);
    shop.t.run_due_jobs().await;
    assert_eq!(shop.keys().await.len(), 20);
    assert_eq!(shop.t.mailer.sent().len(), 20);
}
