//! How a form's action answers, with a script and without one.

use engine::{Engine, Error};
use http::StatusCode;
use leptos::prelude::use_context;
use leptos::server_fn::ServerFn;
use leptos_axum::ResponseOptions;
use serde::Serialize;
use serde_json::Value;

use super::refusal::refuse;
use super::request::{is_page_request, page_path, wants_page};
use super::session::engine;
use crate::error::UiError;
use crate::flash::{Done, Flash, SECRET_INPUTS};

/// The input of a form that has none worth keeping.
pub const NOTHING: &[(&str, &str); 0] = &[];

/// What comes after an action that succeeded.
pub enum Next {
    /// Stay, and say this.
    Stay(Done),
    /// Go to this address.
    Go(String),
}

impl Next {
    /// Stays, and says one sentence.
    pub fn stay(notice: impl Into<String>) -> Self {
        Self::Stay(Done::saying(notice))
    }
}

/// Answers the form of the server function `F`: a script gets the value or the error; without
/// one, notice or refusal and what was typed wait in the flash, and a redirect names it.
pub async fn reply<F: ServerFn>(
    outcome: Result<Next, Error>,
    input: &(impl Serialize + Sync),
) -> Result<Done, UiError> {
    match outcome {
        Ok(Next::Go(path)) => {
            send_to(&path);
            Ok(Done::default())
        }
        Ok(Next::Stay(done)) => {
            if wants_page() && !done.notice.is_empty() {
                let flash = Flash {
                    form: F::PATH.to_owned(),
                    done: Some(done.clone()),
                    ..Flash::default()
                };
                keep(&flash).await;
            }
            Ok(done)
        }
        Err(error) => {
            let refusal = refuse(error);
            if wants_page() {
                let flash = Flash {
                    form: F::PATH.to_owned(),
                    error: Some(refusal.clone()),
                    input: typed(input),
                    ..Flash::default()
                };
                keep(&flash).await;
            }
            Err(refusal)
        }
    }
}

/// Sends the browser on. A page is redirected whatever the caller says that it accepts.
pub(super) fn send_to(path: &str) {
    leptos_axum::redirect(path);
    if let (true, Some(response)) = (is_page_request(), use_context::<ResponseOptions>()) {
        response.set_status(StatusCode::FOUND);
    }
}

/// What was typed, without secrets.
fn typed(input: &impl Serialize) -> Vec<(String, String)> {
    let fields: Vec<(String, Value)> = match serde_json::to_value(input) {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        Ok(pairs) => serde_json::from_value(pairs).unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    fields
        .into_iter()
        .filter(|(name, _)| !SECRET_INPUTS.contains(&name.as_str()))
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Bool(_) | Value::Number(_) => Some((name, value.to_string())),
            _ => None,
        })
        .collect()
}

/// Stores the flash and sends the browser back to its page with the flash's id.
async fn keep(flash: &Flash) {
    let back = page_path();
    let address = match put(flash).await {
        Ok(id) => with_flash(&back, &id),
        // The page then shows what is saved, without the sentence about it.
        Err(_) => back,
    };
    send_to(&address);
}

async fn put(flash: &Flash) -> Result<String, UiError> {
    let data = serde_json::to_value(flash).map_err(|error| refuse(error.into()))?;
    engine::flash::put(&engine()?, &data).await.map_err(refuse)
}

/// What waits under this id; nothing where it was taken before or is too old.
pub async fn take_flash(engine: &Engine, id: &str) -> Result<Flash, UiError> {
    let data = engine::flash::take(engine, id).await.map_err(refuse)?;
    let flash = data.and_then(|data| serde_json::from_value(data).ok());
    Ok(flash.unwrap_or_default())
}

/// The address with the flash's id in place of an older one.
fn with_flash(address: &str, id: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut query: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("flash="))
        .collect();
    let flash = format!("flash={id}");
    query.push(&flash);
    format!("{path}?{}", query.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_older_flash_gives_way_and_the_rest_of_the_address_stays() {
        assert_eq!(with_flash("/products/3", "x"), "/products/3?flash=x");
        assert_eq!(
            with_flash("/stripe?status=failed&flash=old&after=9", "new"),
            "/stripe?status=failed&after=9&flash=new"
        );
    }

    #[test]
    fn secrets_are_typed_again_and_the_rest_is_kept() {
        let input = json!({"name": "Shop", "secretKey": "sk_test_1", "isLive": "true", "password": "p", "quantity": 3, "none": null});
        assert_eq!(
            typed(&input),
            [
                ("isLive".to_owned(), "true".to_owned()),
                ("name".to_owned(), "Shop".to_owned()),
                ("quantity".to_owned(), "3".to_owned()),
            ]
        );
    }
}
