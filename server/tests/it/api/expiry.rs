//! What the passing of time does: licences and trials end when they are asked for, whoever asks.

use serde_json::{Value, json};

use super::programs::{activate, new_key, validate, verdict, with_product};
use super::stage::Stage;

const DAY: i64 = 24 * 60 * 60;

async fn judged(stage: &Stage, key: &str, device: &str) -> Value {
    let body = json!({ "activationKey": key, "hardwareId": device, "productName": "Atlas" });
    validate(stage, &body).await
}

#[tokio::test]
async fn a_licence_that_is_over_validates_as_expired_and_is_activated_nowhere() {
    let stage = with_product(json!({})).await;
    let (used, fresh) = (
        new_key(&stage, json!({})).await,
        new_key(&stage, json!({})).await,
    );
    assert_eq!(activate(&stage, &used, "AB").await.status, 200);
    // Its last day has not ended.
    stage.clock.advance_seconds(30 * DAY);
    let last = judged(&stage, &used, "AB").await;
    assert_eq!(verdict(&last), (true, "licensed".into(), "ok".into()));
    assert_eq!(last["remainingDays"], 0);

    stage.clock.advance_seconds(DAY);
    let over = judged(&stage, &used, "AB").await;
    assert_eq!(
        verdict(&over),
        (false, "expired".into(), "expired".into()),
        "{over}"
    );
    assert_eq!(over["expirationDate"], last["expirationDate"]);
    assert_eq!(over["features"], json!([]));
    for (key, device) in [(&used, "AB"), (&used, "CD"), (&fresh, "CD")] {
        let refused = activate(&stage, key, device).await;
        let (status, code, _) = refused.refusal();
        assert_eq!((status, code.as_str()), (403, "expired"));
        assert!(refused.text.contains("Renew it"), "{}", refused.text);
    }
    let license = stage.read(&format!("/api/license/{used}")).await;
    assert_eq!(
        (
            &license["state"],
            &license["isActive"],
            &license["currentSeats"]
        ),
        (&json!("expired"), &json!(false), &json!(1))
    );
    let untouched = stage.read(&format!("/api/license/{fresh}/history")).await;
    assert_eq!(untouched.as_array().map(Vec::len), Some(1), "{untouched}");

    let path = format!("/api/license/{used}/extend");
    assert_eq!(stage.post(&path, &json!({ "days": 1 })).await.status, 200);
    assert_eq!(verdict(&judged(&stage, &used, "AB").await).1, "licensed");
    assert_eq!(activate(&stage, &used, "AB").await.status, 200);
    stage.stop().await;
}

#[tokio::test]
async fn a_trial_that_is_over_is_expired_and_never_begins_again() {
    let stage = with_product(json!({})).await;
    let first = judged(&stage, "", "AB").await;
    assert_eq!(verdict(&first), (true, "trial".into(), "ok".into()));
    stage.clock.advance_seconds(14 * DAY - 60);
    assert_eq!(verdict(&judged(&stage, "", "AB").await).1, "trial");
    stage.clock.advance_seconds(60);
    for _ in 0..2 {
        let over = judged(&stage, "", "AB").await;
        let expected = (false, "expired".into(), "trial_over".into());
        assert_eq!(verdict(&over), expected, "{over}");
        assert_eq!(over["expirationDate"], first["expirationDate"]);
        stage.clock.advance_seconds(365 * DAY);
    }
    stage.stop().await;
}
