//! Programs that send nonsense: refused with the field named, and nothing written.

use reqwest::Method;
use serde_json::json;

use super::described::{bodies, kind};
use super::stage::{Stage, send};

#[tokio::test]
async fn hostile_bodies_are_refused_and_name_the_field() {
    let stage = Stage::start().await;
    stage
        .make(
            "/api/product/",
            &json!({ "name": "Atlas", "defaultLicenseDays": 30 }),
        )
        .await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    let raw = async |path: &str, body: Vec<u8>| {
        let request = stage.request(Method::POST, path);
        send(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await
    };
    let deep = format!(
        "{{\"hardwareId\": {}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for (body, status, field) in [
        (
            br#"{"hardwareId":"a","hardwareId":"b"}"#.to_vec(),
            422,
            "hardwareId",
        ),
        (br#"{"hardwareId":"a","x":1,"x":2}"#.to_vec(), 422, "x"),
        (
            br#"{"hardwareId":"a","x":1,"\u0078":{}}"#.to_vec(),
            422,
            "x",
        ),
        (b"{\"hardwareId\":\"a\xff\"}".to_vec(), 400, ""),
        (br#"{"hardwareId":"a\u0000b"}"#.to_vec(), 422, "hardwareId"),
        (br#"{"hardwareId":{"a":1}}"#.to_vec(), 422, "hardwareId"),
        (br#"{"hardwareId":""}"#.to_vec(), 422, "hardwareId"),
        (b"{}".to_vec(), 422, "hardwareId"),
        (b"[]".to_vec(), 422, "body"),
        (
            format!("{{\"hardwareId\":\"{}\"}}", "a".repeat(300)).into_bytes(),
            422,
            "hardwareId",
        ),
        (
            format!("{{\"hardwareId\":\"{}\"}}", "a".repeat(1_000_000)).into_bytes(),
            413,
            "",
        ),
    ] {
        let told = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let (code, _, named) = raw("/api/license/validate", body).await.refusal();
        assert_eq!((code, named.as_str()), (status, field), "{told}");
    }
    let nested = raw("/api/license/validate", deep.into_bytes()).await;
    assert!((400..500).contains(&nested.status), "{}", nested.text);
    let extend = format!("/api/license/{key}/extend");
    for (body, field) in [
        (json!({}), "days"),
        (json!({ "days": -1 }), "days"),
        (json!({ "days": 0 }), "days"),
        (json!({ "days": 1e12 }), "days"),
        (json!({ "expirationDate": "10000-01-01" }), "expirationDate"),
        (
            json!({ "expirationDate": "+12345-01-01T00:00:00Z" }),
            "expirationDate",
        ),
        (json!({ "expirationDate": "2060-01-01" }), "expirationDate"),
        (json!({ "expirationDate": "2001-01-01" }), "expirationDate"),
        (
            json!({ "days": 1, "expirationDate": "2030-01-01" }),
            "expirationDate",
        ),
    ] {
        let (status, _, named) = stage.post(&extend, &body).await.refusal();
        assert_eq!((status, named.as_str()), (422, field), "{body}");
    }
    let history = stage.read(&format!("/api/license/{key}/history")).await;
    assert_eq!(
        history.as_array().map(Vec::len),
        Some(1),
        "nothing was written"
    );
    stage.stop().await;
}

#[tokio::test]
async fn no_body_is_read_that_is_deep_no_text_or_says_a_field_twice() {
    let stage = Stage::start().await;
    let bodies = bodies(&stage).await;
    let before = stage.read("/api/change?pageSize=200").await;
    for body in &bodies {
        let known = body.fields.first().map(|(name, _)| name.as_str());
        for field in [Some("unknown"), known].into_iter().flatten() {
            let deep = format!("{{\"{field}\": {}{}}}", "[".repeat(40), "]".repeat(40));
            let reply = body.send(&stage, deep).await;
            let (status, _, named) = reply.refusal();
            assert_eq!((status, named.as_str()), (422, "body"), "{}", body.path);
            for broken in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\0"] {
                let sent = [b"{\"", field.as_bytes(), b"\": \"", broken, b"\"}"].concat();
                let (status, code, _) = body.send(&stage, sent).await.refusal();
                let told = format!("{} {field} {broken:?}", body.path);
                assert_eq!((status, code.as_str()), (400, "not_json"), "{told}");
            }
        }
        let twice = body.send(&stage, r#"{"unknown": 1, "unknown": 2}"#).await;
        let (status, _, named) = twice.refusal();
        assert_eq!((status, named.as_str()), (422, "unknown"), "{}", body.path);
        for (field, schema) in &body.fields {
            let value = match kind(schema) {
                "integer" | "number" => "1",
                "boolean" => "true",
                "array" => "[\"a\"]",
                _ => "\"a\"",
            };
            let twice = format!("{{\"{field}\": {value}, \"{field}\": {value}}}");
            let reply = body.send(&stage, twice.clone()).await;
            let (status, _, named) = reply.refusal();
            let told = format!("{} {twice}: {}", body.path, reply.text);
            assert_eq!((status, &named), (422, field), "{told}");
            // A preview keeps nothing: it shows what it is given.
            if kind(schema) == "string" && !body.path.ends_with("/preview-template") {
                let nul = format!("{{\"{field}\": \"a\\u0000b\"}}");
                let reply = body.send(&stage, nul.clone()).await;
                let is_refused = (400..500).contains(&reply.status);
                assert!(is_refused, "{} {nul}: {}", body.path, reply.text);
            }
        }
    }
    assert_eq!(stage.read("/api/change?pageSize=200").await, before);
    stage.stop().await;
}

#[tokio::test]
async fn a_nul_after_the_question_mark_is_refused_before_any_database_sees_it() {
    let stage = Stage::start().await;
    for path in [
        "/api/stripe/events?type=%00",
        "/api/license/?emailBeginning=a%00b",
        "/api/license/?state=active&productId=%00",
    ] {
        let request = stage.request(Method::GET, path);
        let (status, _, field) = send(request).await.refusal();
        assert_eq!((status, field.as_str()), (422, "query"), "{path}");
    }
    stage.stop().await;
}
