//! Taking all licences along: every one once, chunk after chunk, and no cell that a spreadsheet runs.

use std::collections::HashSet;

use engine::audit;
use engine::licenses::export;
use engine::licenses::generate::{self, Side};
use engine::licenses::list::{LicenseQuery, Search};
use serde_json::json;

use crate::shop::{new_product, second_tenant};
use crate::support::TestEngine;

fn query(livemode: Option<bool>, search: &str) -> LicenseQuery {
    LicenseQuery {
        livemode,
        product_id: None,
        state: None,
        search: Search::Typed(search.into()),
        order: None,
        after: None,
        limit: 1,
    }
}

async fn generated(t: &TestEngine, side: Side, more: serde_json::Value) -> Vec<String> {
    let mut form = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let fields = form.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    let form = serde_json::from_value(form).expect("a form");
    let made = generate::execute(&t.engine, &t.system(), &form, side).await;
    let made = made.expect("are generated");
    made.iter()
        .map(|license| license.activation_key.to_string())
        .collect()
}

/// The chunks of an export.
async fn chunks(t: &TestEngine, query: &LicenseQuery) -> Vec<String> {
    let begun = export::begin(&t.engine, &t.system(), query).await;
    let mut export = begun.expect("begins");
    let mut chunks = Vec::new();
    while let Some(chunk) = export.next().await.expect("goes on") {
        chunks.push(chunk);
    }
    chunks
}

fn keys(chunks: &[String]) -> Vec<String> {
    let lines = chunks.iter().skip(1).flat_map(|chunk| chunk.lines());
    let keys = lines.filter_map(|line| line.split(',').next());
    keys.map(str::to_owned).collect()
}

#[tokio::test]
async fn every_licence_is_in_an_export_once_however_many_chunks_it_has() {
    let t = TestEngine::start().await;
    new_product(&t, &t.system(), json!({ "name": "Atlas", "maxSeats": 2 })).await;
    let mut made = HashSet::new();
    for _ in 0..21 {
        made.extend(generated(&t, Side::Test, json!({ "quantity": 100 })).await);
    }
    let live = generated(&t, Side::Live, json!({})).await;
    let chunks = chunks(&t, &query(Some(false), "")).await;
    assert_eq!(
        chunks.len(),
        4,
        "the names, and three chunks of 1,000, 1,000 and 100"
    );
    assert!(chunks[0].starts_with("activationKey,email,productId,"));
    let found = keys(&chunks);
    assert_eq!(found.len(), made.len());
    assert_eq!(found.into_iter().collect::<HashSet<_>>(), made);
    let both = keys(&self::chunks(&t, &query(None, "")).await);
    assert_eq!(both.len(), made.len() + 1);
    let one = keys(&self::chunks(&t, &query(Some(false), &live[0])).await);
    assert_eq!(one, live, "a whole key finds it on either side");
}

#[tokio::test]
async fn what_two_meanings_of_a_search_find_is_in_it_once() {
    let mut end = "ann".to_owned();
    // Chance is the same each time: the second holder's address begins as the key ends.
    for _ in 0..2 {
        let t = TestEngine::start().await;
        new_product(&t, &t.system(), json!({ "name": "Atlas" })).await;
        let email = json!({ "email": format!("{end}@example.com") });
        let key = generated(&t, Side::Test, email).await.remove(0);
        assert_eq!(
            keys(&chunks(&t, &query(Some(false), &end)).await),
            [key.as_str()]
        );
        end = key[key.len() - 4..].to_lowercase();
    }
}

#[tokio::test]
async fn nothing_in_it_is_run_and_that_it_was_taken_is_told() {
    let t = TestEngine::start().await;
    new_product(&t, &t.system(), json!({ "name": "=1+1, \"Atlas\"" })).await;
    let form = json!({ "productName": "=1+1, \"Atlas\"", "email": "-ann@example.com",
        "corporateName": "@SUM(A1)" });
    generated(&t, Side::Test, form).await;
    let text = chunks(&t, &query(Some(false), "")).await.concat();
    assert!(text.contains(",'-ann@example.com,"), "{text}");
    assert!(text.contains(",\"'=1+1, \"\"Atlas\"\"\","), "{text}");
    assert!(text.contains(",'@SUM(A1),"), "{text}");
    let log = audit::list::execute(&t.engine, &t.system(), None, 1).await;
    let newest = log.expect("is read").items.remove(0);
    assert_eq!(newest.verb, "licenses_exported");
    let other = second_tenant(&t).await;
    let begun = export::begin(&t.engine, &other, &query(None, "")).await;
    let mut export = begun.expect("begins");
    assert!(export.next().await.expect("names the columns").is_some());
    assert_eq!(export.next().await.expect("ends"), None);
}
