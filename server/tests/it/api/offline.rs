//! Offline codes, public keys, and what admins do to licences.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, send};

async fn with_product() -> Stage {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "version": "2.1", "defaultLicenseDays": 30,
        "features": "maps", "trialDays": 14 });
    stage.make("/api/product/", &product).await;
    stage
}

async fn generated(stage: &Stage, more: &Value) -> Value {
    let mut wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    if let (Some(wish), Some(more)) = (wish.as_object_mut(), more.as_object()) {
        wish.extend(more.clone());
    }
    let request = stage.request(Method::POST, "/api/activationkey/generate");
    let made = send(request.header("Accept", "application/json").json(&wish)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    made.json()
}

async fn judged(stage: &Stage, key: &Value, device: &str) -> Value {
    let body = json!({ "activationKey": key, "hardwareId": device });
    let reply = stage.post("/api/license/validate", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()
}

#[tokio::test]
async fn a_key_for_a_device_comes_with_a_code_that_stands_for_its_licence() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({ "hardwareId": "ab 12" })).await;
    assert_eq!(made["isOffline"], true);
    let code = &made["offlineCode"];
    for given in [&made["activationKey"], code] {
        assert_eq!(judged(&stage, given, "AB12").await["code"], "ok");
        assert_eq!(
            judged(&stage, given, "CD34").await["code"],
            "hardware_mismatch"
        );
    }
    let key = made["activationKey"].as_str().expect("a key").to_owned();
    let license = stage.read(&format!("/api/license/{key}")).await;
    assert_eq!(
        (&license["hardwareId"], &license["offlineCode"]),
        (&json!("AB12"), code)
    );
    assert_eq!(license["currentSeats"], 1);

    let text = code.as_str().expect("a code");
    let last = if text.ends_with('0') { "1" } else { "0" };
    let middle = text.len() / 2;
    let symbol = if &text[middle..=middle] == "7" {
        "8"
    } else {
        "7"
    };
    let changed = [
        format!("{}{symbol}{}", &text[..middle], &text[middle + 1..]),
        format!("{}{last}", &text[..text.len() - 1]),
    ];
    for changed in changed {
        assert_eq!(
            judged(&stage, &json!(changed), "AB12").await["code"],
            "not_found"
        );
    }
    let rotated = stage.make("/api/crypto/keys", &json!({})).await;
    assert_eq!(
        (&rotated["version"], &rotated["isActive"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        judged(&stage, code, "AB12").await["code"],
        "ok",
        "former keys verify"
    );
    stage
        .post(&format!("/api/license/{key}/revoke"), &json!({}))
        .await;
    assert_eq!(judged(&stage, code, "AB12").await["code"], "revoked");
    stage.stop().await;
}

#[tokio::test]
async fn admins_find_and_change_a_licence_by_its_code_too() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({ "hardwareId": "AB12", "maxSeats": 2 })).await;
    let key = made["activationKey"].as_str().expect("a key");
    let code = made["offlineCode"].as_str().expect("a code");
    let license = stage.read(&format!("/api/license/{key}")).await;
    assert_eq!(stage.read(&format!("/api/license/{code}")).await, license);
    for part in ["history", "devices", "usage"] {
        let by_key = stage.read(&format!("/api/license/{key}/{part}")).await;
        let by_code = stage.read(&format!("/api/license/{code}/{part}")).await;
        assert_eq!(by_code, by_key, "{part}");
    }
    for (act, body, state) in [
        ("suspend", json!({}), "suspended"),
        ("reinstate", json!({}), "active"),
        (
            "extend",
            json!({ "expirationDate": "2031-05-01" }),
            "active",
        ),
        ("offline-code", json!({ "hardwareId": "CD34" }), "active"),
        ("resend", json!({}), "active"),
        ("revoke", json!({}), "revoked"),
    ] {
        let path = format!("/api/license/{code}/{act}");
        let reply = stage.post(&path, &body).await;
        assert_eq!(reply.status, 200, "{act}: {}", reply.text);
        let answer = reply.json();
        assert_eq!(
            (&answer["activationKey"], &answer["state"]),
            (&json!(key), &json!(state))
        );
    }
    let changed = stage
        .put(
            &format!("/api/license/{code}"),
            &json!({ "note": "By code." }),
        )
        .await;
    assert_eq!(changed.json()["note"], "By code.", "{}", changed.text);
    let middle = code.len() / 2;
    let symbol = if &code[middle..=middle] == "7" {
        "8"
    } else {
        "7"
    };
    let forged = format!("{}{symbol}{}", &code[..middle], &code[middle + 1..]);
    for path in [
        format!("/api/license/{forged}"),
        format!("/api/license/{forged}/history"),
    ] {
        assert_eq!(stage.get(&path).await.refusal().0, 404);
    }
    for act in ["revoke", "offline-code"] {
        let path = format!("/api/license/{forged}/{act}");
        let reply = stage.post(&path, &json!({ "hardwareId": "AB12" })).await;
        assert_eq!(reply.refusal().0, 404, "{act}");
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_code_of_a_licence_that_exists_takes_a_seat() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({})).await;
    let path = format!(
        "/api/license/{}/offline-code",
        made["activationKey"].as_str().expect("a key")
    );
    for _ in 0..2 {
        let reply = stage.post(&path, &json!({ "hardwareId": "AB" })).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let license = reply.json();
        assert_eq!(
            (&license["isOffline"], &license["currentSeats"]),
            (&json!(true), &json!(1))
        );
        assert_eq!(
            judged(&stage, &license["offlineCode"], "AB").await["status"],
            "licensed"
        );
    }
    let (status, code, _) = stage
        .post(&path, &json!({ "hardwareId": "CD" }))
        .await
        .refusal();
    assert_eq!((status, code.as_str()), (409, "already_activated"));
    let (status, _, field) = stage
        .post(&path, &json!({ "hardwareId": " " }))
        .await
        .refusal();
    assert_eq!((status, field.as_str()), (422, "hardwareId"));
    stage.stop().await;
}

#[tokio::test]
async fn the_public_key_is_pem_for_any_token_and_former_ones_stay_listed() {
    let mut stage = with_product().await;
    let first = stage.get("/api/crypto/keys/public").await;
    assert!(
        first.text.starts_with("-----BEGIN PUBLIC KEY-----\n"),
        "{}",
        first.text
    );
    stage.make("/api/crypto/keys/", &json!({})).await;
    let second = stage.get("/api/crypto/keys/public/").await.text;
    assert_ne!(second, first.text);
    stage.token = stage.token_with("verify").await;
    let keys = stage.read("/api/crypto/keys").await;
    let listed: Vec<_> = keys
        .as_array()
        .expect("a list")
        .iter()
        .map(|key| key["publicKey"].as_str().expect("PEM").to_owned())
        .collect();
    assert_eq!(listed, [second, first.text]);
    assert_eq!(
        stage.post("/api/crypto/keys", &json!({})).await.refusal().0,
        403
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_licence_is_extended_and_its_key_sent_again() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({})).await;
    let path = format!(
        "/api/license/{}",
        made["activationKey"].as_str().expect("a key")
    );
    let until = json!({ "expirationDate": "2031-05-01" });
    let license = stage.post(&format!("{path}/extend"), &until).await.json();
    assert_eq!(license["expirationDate"], "2031-05-01T23:59:59Z");
    let license = stage
        .post(&format!("{path}/extend/"), &json!({ "days": 10 }))
        .await
        .json();
    assert_eq!(license["expirationDate"], "2031-05-11T23:59:59Z");
    for (body, recipient) in [
        (json!({}), "ann@example.com"),
        (json!({ "email": "bob@example.com" }), "bob@example.com"),
    ] {
        let reply = stage.post(&format!("{path}/resend"), &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let mail = stage.read("/api/mail").await["items"][0].clone();
        assert_eq!(
            (&mail["recipient"], &mail["kind"]),
            (&json!(recipient), &json!("license"))
        );
    }
    let history = stage.read(&format!("{path}/history")).await;
    let actions: Vec<_> = history
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| &line["action"])
        .collect();
    assert_eq!(
        actions,
        ["resent", "resent", "extended", "extended", "generated"]
    );
    stage.stop().await;
}

#[tokio::test]
async fn a_key_is_sent_again_without_a_body() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({})).await;
    let path = format!(
        "/api/license/{}/resend",
        made["activationKey"].as_str().expect("a key")
    );
    let json = ("Content-Type", "application/json");
    for (name, value) in [("Accept", "*/*"), json] {
        let reply = send(stage.request(Method::POST, &path).header(name, value)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
    let mails = stage.read("/api/mail").await;
    let mails = mails["items"].as_array().expect("a list");
    assert_eq!(mails.len(), 2);
    assert!(
        mails
            .iter()
            .all(|mail| mail["recipient"] == "ann@example.com")
    );
    // A mail needs none either: this one is looked for. One that is there is sent meanwhile, or is not.
    let mail = "/api/mail/00000000-0000-7000-8000-000000000000/resend";
    let refused = send(stage.request(Method::POST, mail)).await.refusal();
    assert_eq!((refused.0, &*refused.1), (404, "not_found"));
    let text = stage.request(Method::POST, &path).body("{}");
    assert_eq!(
        send(text.header("Content-Type", "text/plain"))
            .await
            .refusal()
            .0,
        415
    );
    let once = || {
        stage
            .request(Method::POST, &path)
            .header("Idempotency-Key", "again")
    };
    let first = send(once()).await;
    let repeated = send(once()).await;
    assert_eq!((first.status, first.text), (200, repeated.text));
    let mails = stage.read("/api/mail?pageSize=50").await;
    assert_eq!(mails["items"].as_array().map(Vec::len), Some(3));
    stage.stop().await;
}

#[tokio::test]
async fn a_pair_of_3072_bits_signs_as_one_of_2048_does() {
    let stage = with_product().await;
    let wrong = stage
        .post("/api/crypto/keys", &json!({ "bits": 1024 }))
        .await;
    assert_eq!(wrong.refusal(), (422, "invalid".into(), "bits".into()));
    let made = stage
        .make("/api/crypto/keys", &json!({ "bits": 3072 }))
        .await;
    assert_eq!((&made["bits"], &made["version"]), (&json!(3072), &json!(2)));
    let keys = stage.read("/api/crypto/keys").await;
    let sizes = [&keys[0]["bits"], &keys[1]["bits"]];
    assert_eq!(sizes, [&json!(3072), &json!(2048)]);
    let license = generated(&stage, &json!({ "hardwareId": "AB12" })).await;
    let verdict = judged(&stage, &license["offlineCode"], "AB12").await;
    assert_eq!(verdict["code"], "ok", "{verdict}");
    stage.stop().await;
}

#[tokio::test]
async fn an_extension_whose_answer_was_lost_is_not_added_twice() {
    let stage = with_product().await;
    let made = generated(&stage, &json!({})).await;
    let key = made["activationKey"].as_str().expect("a key");
    let path = format!("/api/license/{key}/extend");
    let before = stage.read(&format!("/api/license/{key}")).await;
    let extend = || {
        let request = stage.request(Method::POST, &path);
        let request = request.header("Idempotency-Key", "renewal-7");
        send(request.json(&json!({ "days": 10 })))
    };
    let first = extend().await;
    assert_eq!(first.status, 200, "{}", first.text);
    assert_eq!(extend().await.text, first.text);
    let after = stage.read(&format!("/api/license/{key}")).await;
    assert_ne!(after["expirationDate"], before["expirationDate"]);
    assert_eq!(after["expirationDate"], first.json()["expirationDate"]);
    stage.stop().await;
}
