//! Bad input: a 4xx that says what to do, and nothing written.

use reqwest::Method;
use serde_json::{Value, json};

use super::described::{bodies, kind};
use super::stage::{Reply, Stage, send};

async fn post_raw(stage: &Stage, content_type: &str, body: String) -> Reply {
    let request = stage
        .request(Method::POST, "/api/plan")
        .header("Content-Type", content_type)
        .body(body);
    send(request).await
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let stage = Stage::start().await;
    let body = json!({ "name": "Year", "durationDays": 365 }).to_string();
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "nonsense",
    ] {
        let (status, code, _) = post_raw(&stage, content_type, body.clone()).await.refusal();
        assert_eq!((status, code.as_str()), (415, "unsupported_media_type"));
    }
    let taken = post_raw(&stage, "Application/JSON; charset=utf-8", body).await;
    assert_eq!(taken.status, 201);
    stage.stop().await;
}

#[tokio::test]
async fn a_body_that_is_no_json_is_400() {
    let stage = Stage::start().await;
    for body in ["", "{", "name=Year", "{\"name\": \u{7}}"] {
        let (status, code, _) = post_raw(&stage, "application/json", body.into())
            .await
            .refusal();
        assert_eq!((status, code.as_str()), (400, "not_json"), "{body}");
    }
    assert_eq!(stage.read("/api/plan").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn a_list_of_values_is_not_read_as_the_fields_in_their_order() {
    let stage = Stage::start().await;
    let body = json!(["Ops", ["manage"], null]);
    let (status, _, field) = stage.post("/api/token", &body).await.refusal();
    assert_eq!((status, field.as_str()), (422, "body"));
    let tokens = stage.read("/api/token").await;
    assert_eq!(tokens.as_array().map(Vec::len), Some(1));
    stage.stop().await;
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_422_and_names_the_field() {
    let stage = Stage::start().await;
    for (body, field) in [
        (json!({}), "durationDays"),
        (json!({ "durationDays": 1 }), "name"),
        (json!({ "name": "Year" }), "durationDays"),
        (
            json!({ "name": "Year", "durationDays": 1e300 }),
            "durationDays",
        ),
        (
            json!({ "name": "Year", "durationDays": -1 }),
            "durationDays",
        ),
        (json!({ "name": "a\u{0}b", "durationDays": 1 }), "name"),
    ] {
        let (status, code, named) = stage.post("/api/plan", &body).await.refusal();
        assert_eq!(
            (status, code.as_str(), named.as_str()),
            (422, "invalid", field),
            "{body}"
        );
    }
    for body in [json!([]), json!("x"), json!(null), json!(7)] {
        assert_eq!(
            stage.post("/api/plan", &body).await.refusal().0,
            422,
            "{body}"
        );
    }
    assert_eq!(stage.read("/api/plan").await, json!([]));
    stage.stop().await;
}

#[tokio::test]
async fn in_every_body_a_value_of_another_kind_is_refused_and_its_field_named() {
    let stage = Stage::start().await;
    let bodies = bodies(&stage).await;
    let before = stage.read("/api/change?pageSize=200").await;
    let mut tried = 0;
    for body in &bodies {
        for (field, schema) in &body.fields {
            let wrong = match kind(schema) {
                "string" => [json!(5), json!({ "a": "b" })],
                "integer" | "number" => [json!("x"), json!(true)],
                "boolean" => [json!("maybe"), json!(5)],
                "array" => [json!(5), json!([5])],
                other => panic!("{field} is of kind {other}"),
            };
            for value in wrong {
                let sent = json!({ field: value });
                let reply = body.send(&stage, sent.to_string()).await;
                let told = format!("{} {} {sent}: {}", body.method, body.path, reply.text);
                assert_eq!(reply.refusal().0, 422, "{told}");
                let answer = reply.json();
                let named = answer["fields"].as_array().expect("a list");
                let named = named.iter().filter_map(|wrong| wrong["field"].as_str());
                let item = format!("{field}[0]");
                assert!(
                    named.into_iter().any(|name| name == field || name == item),
                    "{told}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert_eq!(stage.read("/api/change?pageSize=200").await, before);
    stage.stop().await;
}

#[tokio::test]
async fn several_wrong_fields_are_all_named() {
    let stage = Stage::start().await;
    let body = json!({ "name": "", "trialDays": -1, "price": "x", "currency": "XXX" });
    let answer = stage.post("/api/product/", &body).await.json();
    let fields = answer["fields"].as_array().expect("a list");
    assert!(fields.len() >= 3, "{answer}");
    assert_eq!(answer["field"], fields[0]["field"]);
    stage.stop().await;
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_413() {
    let stage = Stage::start().await;
    let body = format!("{{\"name\": \"{}\"}}", "x".repeat(10 * 1024 * 1024));
    let (status, code, _) = post_raw(&stage, "application/json", body).await.refusal();
    assert_eq!((status, code.as_str()), (413, "body_too_large"));
    stage.stop().await;
}

/// Sends a body that spaces make so long.
async fn send_padded(
    stage: &Stage,
    (method, path): (&Method, &str),
    (body, length): (&Value, usize),
) -> Reply {
    let body = body.to_string();
    let padding = " ".repeat(length - body.len());
    let request = stage
        .request(method.clone(), path)
        .header("Content-Type", "application/json")
        .body(body + &padding);
    send(request).await
}

#[tokio::test]
async fn each_route_reads_bodies_up_to_its_own_limit_and_longer_ones_are_413() {
    const KIB: usize = 1024;
    let stage = Stage::start().await;
    let made = stage
        .make("/api/product/", &json!({ "name": "Atlas" }))
        .await;
    let product = format!("/api/product/{}", made["id"]);
    let test_mail = format!("{product}/test-mail");
    let preview = "/api/product/preview-template";
    for (method, path, body, limit) in [
        (
            Method::POST,
            "/api/product",
            json!({ "name": "Orion" }),
            256,
        ),
        (Method::PUT, &*product, json!({ "name": "Atlas 2" }), 256),
        (Method::POST, preview, json!({ "name": "Atlas" }), 256),
        (
            Method::POST,
            &*test_mail,
            json!({ "email": "ann@example.com" }),
            64,
        ),
        (
            Method::POST,
            "/api/plan",
            json!({ "name": "Year", "durationDays": 365 }),
            64,
        ),
    ] {
        let limit = limit * KIB;
        for length in [limit + 1, 10 * KIB * KIB] {
            let reply = send_padded(&stage, (&method, path), (&body, length)).await;
            let (status, code, _) = reply.refusal();
            let told = (status, code.as_str());
            assert_eq!(told, (413, "body_too_large"), "{method} {path} {length}");
        }
        let reply = send_padded(&stage, (&method, path), (&body, limit)).await;
        assert!(reply.status < 300, "{method} {path}: {}", reply.text);
    }
    stage.stop().await;
}

#[tokio::test]
async fn a_product_may_be_longer_than_other_bodies() {
    let stage = Stage::start().await;
    let template = "é".repeat(90_000);
    let product = json!({ "name": "Atlas", "emailTemplate": template });
    let made = stage.make("/api/product/", &product).await;
    assert_eq!(made["emailTemplate"], template);
    let padding = "x".repeat(70_000);
    let plan = json!({ "name": "Year", "durationDays": 1, "padding": padding });
    assert_eq!(stage.post("/api/plan", &plan).await.status, 413);
    stage.stop().await;
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let stage = Stage::start().await;
    for (path, field) in [
        ("/api/license/?page=0", "page"),
        ("/api/license/?page=1&after=", "after"),
        ("/api/license/?page=51&pageSize=200", "page"),
        ("/api/license/?page=9223372036854775807", "page"),
        ("/api/license/?pageSize=201&page=1", "pageSize"),
        ("/api/license/?after=x", "after"),
        ("/api/license/?productId=x", "productId"),
        ("/api/license/?state=gone", "state"),
        ("/api/license/?email=ann", "email"),
        (
            "/api/license/?email=ann@example.com&emailBeginning=ann",
            "emailBeginning",
        ),
        ("/api/license/?lastFour=ABC", "lastFour"),
        (
            "/api/license/?lastFour=ABCD&email=ann@example.com",
            "lastFour",
        ),
        ("/api/license/export.csv?lastFour=ABCU", "lastFour"),
        ("/api/license/?livemode=1", "livemode"),
        ("/api/license/?after=&sort=price", "sort"),
        ("/api/license/?sort=email", "sort"),
        ("/api/license/?livemode=true&livemode=false", "query"),
        ("/api/mail?state=gone", "state"),
        ("/api/support/ticket?state=gone", "state"),
        ("/api/support/ticket?productId=x", "productId"),
        ("/api/stripe/events?status=gone", "status"),
        ("/api/stripe/events?page=-1", "page"),
        ("/api/stripe/events?appId=x", "appId"),
        ("/api/stripe/events?stripeId=two+words", "stripeId"),
        ("/api/change?before=x", "before"),
        ("/api/change?from=yesterday", "from"),
        ("/api/change?to=2027-02-30", "to"),
        ("/api/change?subjectId=1", "subjectKind"),
    ] {
        let (status, code, named) = stage.get(path).await.refusal();
        assert_eq!(
            (status, code.as_str(), named.as_str()),
            (422, "invalid", field),
            "{path}"
        );
    }
    stage.stop().await;
}
