//! The exact shape of every answer of the licensing API, as snapshots.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Stage, send};

/// Two products and three keys: one with seats, one for a device, one plain.
async fn with_keys() -> (Stage, [String; 3]) {
    let stage = Stage::start().await;
    let product = json!({ "name": "Atlas", "version": "2.1", "trialDays": 14,
        "defaultLicenseDays": 30, "features": "maps,export", "minimumRequiredVersion": "1.0" });
    stage.make("/api/product/", &product).await;
    let wishes = [
        json!({ "maxSeats": 5, "corporateName": "Acme" }),
        json!({ "hardwareId": "AB12" }),
        json!({ "validityDays": 0 }),
    ];
    let mut keys = Vec::new();
    for mut wish in wishes {
        wish["productName"] = json!("Atlas");
        wish["email"] = json!("ann@example.com");
        let made = stage.post("/api/activationkey/generate", &wish).await;
        keys.push(made.text);
    }
    (stage, keys.try_into().expect("three"))
}

/// Replaces what is another in every run.
fn redacted(mut answer: Value) -> Value {
    redact(&mut answer);
    answer
}

fn redact(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Object(fields) => {
            for (name, value) in fields {
                let changes = match name.as_str() {
                    "activationKey" | "offlineCode" | "publicKey" | "createdAt" | "retiredAt"
                    | "activationDate" | "timestamp" => !value.is_null(),
                    "expirationDate" => value != "2049-12-31T23:59:59Z",
                    "id" => true,
                    _ => false,
                };
                if changes {
                    *value = json!(format!("[{name}]"));
                } else if name == "activationKeys" {
                    *value = json!(value.as_array().map(Vec::len));
                } else {
                    redact(value);
                }
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn what_programs_are_answered() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let ask = async |path: &str, body: Value| redacted(stage.post(path, &body).await.json());
    let on_device = |key: &str, device: &str| {
        json!({ "activationKey": key, "licenseKey": key, "email": "ann@example.com",
            "hardwareId": device, "productName": "Atlas", "version": "2.0" })
    };
    let activate = "/api/license/activate";
    let validate = "/api/license/validate";
    let answers = json!({
        "activate": ask(activate, on_device(&seats, "CD34")).await,
        "activateCorporateAgain": ask(activate, on_device(&seats, "CD34")).await,
        "activatePerpetual": ask(activate, on_device(&plain, "CD34")).await,
        "activateTaken": ask(activate, on_device(&bound, "CD34")).await,
        "activateUnknown": ask(activate, on_device("nonsense", "CD34")).await,
        "activateWrong": ask(activate, json!({})).await,
        "validatePerpetual": ask(validate, on_device(&plain, "CD34")).await,
        "validateElsewhere": ask(validate, on_device(&plain, "EF56")).await,
        "validateUnknown": ask(validate, on_device("nonsense", "EF56")).await,
        "validateTrial": ask(validate, on_device("", "EF56")).await,
        "validateTrialUsed": ask(validate, on_device("", "CD34")).await,
        "validateNothing": ask(validate, json!({ "hardwareId": "EF56" })).await,
        "features": ask("/api/license/features/csv", on_device(&plain, "")).await,
        "usage": stage.read(&format!("/api/license/{seats}/usage")).await,
        "usageOfOne": stage.get(&format!("/api/license/{plain}/usage")).await.json(),
        "deactivate": ask("/api/license/deactivate", on_device(&plain, "CD34")).await,
        "deactivateElsewhere": ask("/api/license/deactivate", on_device(&bound, "CD34")).await,
    });
    insta::assert_json_snapshot!("programs", answers);
    stage.stop().await;
}

#[tokio::test]
async fn what_admins_are_answered() {
    let (stage, [seats, bound, plain]) = with_keys().await;
    let read = async |path: &str| redacted(stage.read(path).await);
    let change = async |what: &str, body: Value| {
        let path = format!("/api/license/{plain}/{what}");
        redacted(stage.post(&path, &body).await.json())
    };
    let wish = json!({ "productName": "Atlas", "email": "bob@example.com", "hardwareId": "EF56" });
    let request = stage.request(Method::POST, "/api/activationkey/generate");
    let generated = send(request.header("Accept", "application/json").json(&wish)).await;
    let ticket = json!({ "productName": "Atlas", "email": "ann@example.com", "subject": "Matter",
        "message": "It does not start." });
    let answers = json!({
        "generate": redacted(generated.json()),
        "license": read(&format!("/api/license/{bound}")).await,
        "corporate": read(&format!("/api/license/{seats}")).await,
        "list": read("/api/license/?email=bob@example.com").await,
        "page": read("/api/license/?page=1&pageSize=1").await,
        "history": read(&format!("/api/license/{bound}/history")).await,
        "deviceHistory": read("/api/license/device-history/AB12").await,
        "unknownDevice": read("/api/license/device-history/XX").await,
        "suspend": change("suspend", json!({})).await["state"],
        "revoke": change("revoke", json!({})).await["state"],
        "offlineCodeOfRevoked": change("offline-code", json!({ "hardwareId": "AB" })).await,
        "reinstate": change("reinstate", json!({})).await["state"],
        "extend": change("extend", json!({ "expirationDate": "2031-05-01" })).await,
        "extendPastAll": change("extend", json!({ "days": 36_500 })).await,
        "resend": change("resend", json!({ "email": "eve" })).await,
        "keys": read("/api/crypto/keys").await,
        "ticket": redacted(stage.post("/api/support/ticket", &ticket).await.json()),
        "tickets": read("/api/support/ticket").await,
    });
    insta::assert_json_snapshot!("admins", answers);
    stage.stop().await;
}
