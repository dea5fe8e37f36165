//! Every body that the description names, with an address that takes it.

use reqwest::Method;
use serde_json::{Value, json};

use super::stage::{Reply, Stage, send};

/// A call that takes a body.
pub struct DescribedBody {
    pub method: Method,
    pub path: String,
    /// Names and schemas.
    pub fields: Vec<(String, Value)>,
}

impl DescribedBody {
    pub async fn send(&self, stage: &Stage, body: impl Into<reqwest::Body>) -> Reply {
        let request = stage.request(self.method.clone(), &self.path);
        send(
            request
                .header("Content-Type", "application/json")
                .body(body),
        )
        .await
    }
}

/// What the paths name exists: a product, a key, a Stripe app. Orders, mails and the like do not.
pub async fn bodies(stage: &Stage) -> Vec<DescribedBody> {
    let product = json!({ "name": "Atlas", "defaultLicenseDays": 30 });
    let product = stage.make("/api/product/", &product).await;
    let wish = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let key = stage.post("/api/activationkey/generate", &wish).await.text;
    let (app, _) = stage.make_app().await;
    let description = stage.read("/api/openapi.json").await;
    let mut bodies = Vec::new();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let Some(fields) = fields(&description, schema) else {
                continue;
            };
            let id = if path.starts_with("/api/product/") {
                product["id"].to_string()
            } else if path.starts_with("/api/stripe/apps/") {
                app["id"].as_str().expect("an id").to_owned()
            } else {
                "00000000-0000-7000-8000-000000000000".to_owned()
            };
            let path = path.replace("{key}", &key).replace("{id}", &id);
            let path = path.replace("{productId}", &product["id"].to_string());
            let path = path.replace("{order}", &id).replace("{hardwareId}", "AB12");
            assert!(!path.contains('{'), "{path}");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method");
            bodies.push(DescribedBody {
                method,
                path,
                fields,
            });
        }
    }
    assert!(bodies.len() > 20, "{}", bodies.len());
    bodies
}

/// The fields of a schema; `None` where there is none.
fn fields(description: &Value, schema: &Value) -> Option<Vec<(String, Value)>> {
    let reference = [schema, &schema["oneOf"][1]]
        .into_iter()
        .find_map(|schema| schema["$ref"].as_str())?;
    let schema = description.pointer(reference.trim_start_matches('#'))?;
    let fields = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    Some(fields.into_iter().collect())
}

/// `string`, `integer`, `number`, `boolean` or `array`; what is named elsewhere are words.
pub fn kind(schema: &Value) -> &str {
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.first(),
        kind => Some(kind),
    };
    kinds.and_then(Value::as_str).unwrap_or("string")
}
