//! The time zone that a person reads times in.

use domain::role::Role;
use engine::Error;
use engine::accounts::time_zone;

use crate::accounts::{create, token, who};
use crate::support::TestEngine;

#[tokio::test]
async fn a_person_chooses_a_zone_and_comes_back_to_utc() {
    let t = TestEngine::start().await;
    let _ = create(&t, "ann@example.com", Role::Viewer).await;
    let _ = create(&t, "bob@example.com", Role::Viewer).await;
    let tokens = [
        token(&t, "ann@example.com").await,
        token(&t, "bob@example.com").await,
    ];
    let zone = async |token: &str| {
        let who = who(&t, token).await.expect("is signed in");
        who.session.time_zone
    };
    assert_eq!(zone(&tokens[0]).await, "");
    let ann = who(&t, &tokens[0]).await.expect("is signed in");
    for (name, kept) in [
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", ""),
        (" Asia/Tokyo ", "Asia/Tokyo"),
    ] {
        let chosen = time_zone::choose(&t.engine, &ann, name).await;
        chosen.expect("is kept");
        assert_eq!(zone(&tokens[0]).await, kept);
    }
    for name in [
        "Europe/Atlantis",
        "CET",
        "Etc/GMT+5",
        "../etc/passwd",
        "Europe/berlin\0",
    ] {
        let refused = time_zone::choose(&t.engine, &ann, name).await;
        let Err(Error::Invalid(errors)) = refused else {
            panic!("{name} should be refused");
        };
        assert!(errors.message("timeZone").is_some());
    }
    assert_eq!(zone(&tokens[0]).await, "Asia/Tokyo");
    assert_eq!(zone(&tokens[1]).await, "", "another person's is untouched");
}
