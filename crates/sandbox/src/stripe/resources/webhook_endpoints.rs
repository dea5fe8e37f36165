//! `/v1/webhook_endpoints`: where events go; the signing secret is told once, when one is made.

use serde_json::{Value, json};

use crate::account::SigningSecret;
use crate::stripe::call::{Call, map_or_empty};
use crate::stripe::error::{Answer, StripeError};
use crate::stripe::list::page;
use crate::stripe::version::ApiVersion;

const KIND: &str = "webhook_endpoint";
/// Stripe's limit for one account.
const MOST: usize = 16;

pub(crate) fn create(call: &mut Call) -> Answer {
    let url = call.text("url").unwrap_or_default().to_owned();
    if !url.starts_with("http://") && !url.starts_with("https://") {
        return Err(not_a_url());
    }
    if call.account().livemode && !url.starts_with("https://") && !is_local(&url) {
        let message = "Invalid URL: URL must use HTTPS in live mode.";
        return Err(StripeError::invalid(message).param("url"));
    }
    if call.account().all(KIND).len() >= MOST {
        let message = format!("You have reached the maximum of {MOST} test webhook endpoints.");
        return Err(StripeError::invalid(&message));
    }
    let version = call.text("api_version").map(str::to_owned);
    if let Some(name) = &version
        && ApiVersion::parse(name).is_none()
    {
        return Err(StripeError::invalid("Invalid api_version").param("api_version"));
    }
    let id = call.tools.id("we");
    let endpoint = json!({
        "id": id,
        "object": KIND,
        "api_version": version,
        "application": null,
        "created": call.tools.seconds(),
        "description": call.param("description"),
        "enabled_events": call.param("enabled_events"),
        "livemode": call.account().livemode,
        "metadata": map_or_empty(&call.params["metadata"]),
        "status": "enabled",
        "url": url,
    });
    let secret = format!("whsec_{}", call.tools.dice.letters(32));
    let current = SigningSecret {
        secret: secret.clone(),
        until: None,
    };
    call.account().secrets.insert(id, vec![current]);
    let mut answer = call.store(endpoint);
    answer["secret"] = json!(secret);
    Ok(answer)
}

fn is_local(url: &str) -> bool {
    url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost")
}

fn not_a_url() -> StripeError {
    StripeError::invalid("Invalid URL: An explicit scheme (such as https) must be provided.")
        .code("url_invalid")
        .param("url")
}

pub(crate) fn list(call: &mut Call) -> Answer {
    let all = call.account().all(KIND).into_iter().cloned().collect();
    page(all, &call.params, "/v1/webhook_endpoints")
}

pub(crate) fn retrieve(call: &mut Call) -> Answer {
    call.load(KIND)
}

pub(crate) fn update(call: &mut Call) -> Answer {
    let mut endpoint = call.load(KIND)?;
    call.change(&mut endpoint, &["description", "enabled_events", "url"]);
    if let Some(disabled) = call.param("disabled").as_bool() {
        endpoint["status"] = json!(if disabled { "disabled" } else { "enabled" });
    }
    Ok(call.store(endpoint))
}

pub(crate) fn delete(call: &mut Call) -> Answer {
    let endpoint = call.load(KIND)?;
    let id = endpoint["id"].clone();
    call.ids
        .first()
        .cloned()
        .and_then(|id| call.account().remove(KIND, &id));
    Ok(deleted(&id, KIND))
}

/// What Stripe answers when something was deleted.
pub(crate) fn deleted(id: &Value, kind: &str) -> Value {
    json!({ "id": id, "object": kind, "deleted": true })
}
