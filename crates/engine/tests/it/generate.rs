//! Generating where chance gives a key that exists already: it is drawn again, and nothing is doubled.

use std::collections::HashSet;

use domain::activation_key::ActivationKey;
use engine::licenses::generate::{self, Side};
use engine::licenses::list::{self, LicenseQuery, Search};
use engine::licenses::{LicenseView, devices};
use engine::{Error, Result};
use serde_json::{Value, json};

use crate::shop::new_product;
use crate::support::{SeededEntropy, TestEngine};

async fn with_product() -> TestEngine {
    let t = TestEngine::start().await;
    let fleet = json!({ "name": "Atlas", "maxSeats": 2 });
    new_product(&t, &t.system(), fleet).await;
    t
}

async fn generated(t: &TestEngine, more: &Value) -> Result<Vec<LicenseView>> {
    let mut wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let fields = wish.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    let form = serde_json::from_value(wish).expect("a form");
    generate::execute(&t.engine, &t.system(), &form, Side::Live).await
}

async fn all(t: &TestEngine) -> Vec<LicenseView> {
    let query = LicenseQuery {
        livemode: None,
        product_id: None,
        state: None,
        search: Search::All,
        order: None,
        after: None,
        limit: 200,
    };
    let page = list::execute(&t.engine, &t.system(), &query).await;
    page.expect("lists").items
}

/// The draw since `begin` that made a key.
fn draw_of(t: &TestEngine, begin: u64, key: &ActivationKey) -> u64 {
    let mut draws = begin..t.entropy.drawn();
    let draw = draws.find(|draw| {
        let bytes = SeededEntropy::block(*draw);
        let bytes = bytes[..10].try_into().expect("ten of 32 bytes");
        ActivationKey::from_random(bytes) == *key
    });
    draw.expect("the key was drawn since then")
}

/// Where generating like this draws its first key, as a draw after the one that it begins with; the
/// draw that made the key that exists now; and how many draws further it tries the next one.
async fn collision(t: &TestEngine, more: &Value) -> (u64, u64, u64) {
    // The first time, keys are opened that stay open.
    generated(t, more).await.expect("are generated");
    let begin = t.entropy.drawn();
    let first = generated(t, more).await.expect("are generated");
    let draw = draw_of(t, begin, &first[0].activation_key);
    let (offset, begin) = (draw - begin, t.entropy.drawn());
    t.entropy.repeat(begin + offset, draw);
    let second = generated(t, more).await.expect("are generated");
    let again = draw_of(t, begin, &second[0].activation_key);
    assert!(
        again > begin + offset,
        "the first draw met the key that exists"
    );
    (offset, draw, again - (begin + offset))
}

const WISHES: [(&str, usize); 3] = [
    ("{}", 1),
    (r#"{ "quantity": 3 }"#, 3),
    (r#"{ "hardwareId": "AB12" }"#, 1),
];

#[tokio::test]
async fn a_generated_key_that_exists_already_is_drawn_again() {
    for (more, quantity) in WISHES {
        let t = with_product().await;
        let more: Value = serde_json::from_str(more).expect("JSON");
        collision(&t, &more).await;
        let made = all(&t).await;
        assert_eq!(made.len(), 3 * quantity, "{more}");
        let keys: HashSet<_> = made.iter().map(|l| l.activation_key.to_string()).collect();
        assert_eq!(keys.len(), made.len(), "{more}");
        let on_device = more.get("hardwareId").is_some();
        for license in made {
            assert_eq!(license.is_offline, on_device);
            let part = (None, 50);
            let devices = devices::execute(&t.engine, &t.system(), license.id, part).await;
            let devices = devices.expect("lists").items;
            assert_eq!(devices.len(), usize::from(on_device));
            assert_eq!(license.seats_used, i32::from(on_device));
        }
    }
}

#[tokio::test]
async fn where_chance_gives_nothing_but_keys_that_exist_nothing_is_generated() {
    for (more, _) in WISHES {
        let t = with_product().await;
        let more: Value = serde_json::from_str(more).expect("JSON");
        let (offset, draw, step) = collision(&t, &more).await;
        let before = all(&t).await.len();
        let place = t.entropy.drawn() + offset;
        for number in 0..8 {
            t.entropy.repeat(place + number * step, draw);
        }
        let Err(Error::Fault { context, .. }) = generated(&t, &more).await else {
            panic!("it should give up: {more}");
        };
        assert_eq!(context, "no new activation key could be drawn");
        assert_eq!(all(&t).await.len(), before, "{more}");
    }
}
