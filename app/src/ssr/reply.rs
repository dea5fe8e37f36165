//! How a form's action answers, with a script and without one.

use std::sync::PoisonError;

use engine::{Engine, Error};
use http::StatusCode;
use http::header::LOCATION;
use leptos::prelude::use_context;
use leptos::server_fn::ServerFn;
use leptos_axum::ResponseOptions;
use leptos_router::components::provide_server_redirect;
use serde::Serialize;
use serde_json::Value;

use super::cookie::{keep_left, take_left};
use super::refusal::refuse;
use super::request::{is_page_request, page_path, sent_form, wants_page};
use super::session::engine;
use crate::error::{Kind, UiError};
use crate::flash::{Done, Flash, SECRET_INPUTS};

/// The input of a form that has none worth keeping.
pub const NOTHING: &[(&str, &str); 0] = &[];

/// Characters that are kept of a form whose sender is not signed in: anybody can send one.
const LEFT: usize = 16 * 1024;

/// What comes after an action that succeeded.
pub enum Next {
    /// Stay, and say this.
    Stay(Done),
    /// Go to this address.
    Go(String),
    /// Go to this address, whose page says this.
    GoSaying(String, Done),
}

impl Next {
    /// Stays, and says one sentence.
    pub fn stay(notice: impl Into<String>) -> Self {
        Self::Stay(Done::saying(notice))
    }

    /// Goes to a page that says one sentence: it has an `Outcome` of the form's action.
    pub fn go_saying(path: impl Into<String>, notice: impl Into<String>) -> Self {
        Self::GoSaying(path.into(), Done::saying(notice))
    }
}

/// Answers the form of the server function `F`: a script gets the value or the error; without
/// one, notice or refusal and what was typed wait in the flash, and a redirect names it. What another
/// page says waits there for both.
pub async fn reply<F: ServerFn>(
    outcome: Result<Next, Error>,
    input: &(impl Serialize + Sync),
) -> Result<Done, UiError> {
    match outcome {
        Ok(Next::Go(path)) => {
            send_to(&path);
            Ok(Done::default())
        }
        Ok(Next::GoSaying(path, done)) => {
            let flash = Flash {
                form: F::PATH.to_owned(),
                done: Some(done),
                ..Flash::default()
            };
            send_to(&showing(&path, &flash).await);
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

/// Lets a redirect that a server function gave stand while its page is rendered. It knows more than the
/// page, which would send whoever is signed out to signing in, also where nobody can.
pub fn keep_first_redirect() {
    provide_server_redirect(|path| {
        if !is_sent_on() {
            leptos_axum::redirect(path);
        }
    });
}

fn is_sent_on() -> bool {
    use_context::<ResponseOptions>().is_some_and(|response| {
        let parts = response.0.read().unwrap_or_else(PoisonError::into_inner);
        parts.headers.contains_key(LOCATION)
    })
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
        .filter(|(name, _)| !is_secret(name))
        .filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            Value::Bool(_) | Value::Number(_) => Some((name, value.to_string())),
            _ => None,
        })
        .collect()
}

fn is_secret(name: &str) -> bool {
    SECRET_INPUTS.contains(&name)
}

/// Puts aside what a form brought whose sender is not signed in any more, for the same browser;
/// answers the address of its page, where it is taken up after signing in.
pub(super) async fn leave(engine: &Engine) -> String {
    let back = page_path();
    let Some((form, body)) = sent_form() else {
        return back;
    };
    let refusal = "Not done yet: you were not signed in any more. Now you are, and what you typed stands here, \
                   except secrets. Look through it and send it again.";
    let flash = Flash {
        form,
        error: Some(UiError::new(Kind::Conflict, refusal)),
        input: left(&body),
        is_left: true,
        ..Flash::default()
    };
    match put(&flash).await {
        Ok(id) => {
            keep_left(engine, &id);
            with_flash(&back, &id)
        }
        Err(_) => back,
    }
}

/// What was typed, without secrets; a text that is too long is left out whole.
fn left(body: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = serde_urlencoded::from_bytes(body).unwrap_or_default();
    let mut room = LEFT;
    fields.retain(|(name, text)| {
        let length = name.len() + text.len();
        let is_kept = !is_secret(name) && length <= room;
        room -= if is_kept { length } else { 0 };
        is_kept
    });
    fields
}

/// Stores the flash and sends the browser back to its page with the flash's id.
async fn keep(flash: &Flash) {
    send_to(&showing(&page_path(), flash).await);
}

/// The address of a page that takes a flash up, once it is stored.
async fn showing(page: &str, flash: &Flash) -> String {
    match put(flash).await {
        Ok(id) => with_flash(page, &id),
        // The page then shows what is saved, without the sentence about it.
        Err(_) => page.to_owned(),
    }
}

async fn put(flash: &Flash) -> Result<String, UiError> {
    let data = serde_json::to_value(flash).map_err(|error| refuse(error.into()))?;
    engine::flash::put(&engine()?, &data).await.map_err(refuse)
}

/// What waits under this id; nothing where it was taken before, is too old, or another browser left it.
pub async fn take_flash(engine: &Engine, id: &str) -> Result<Flash, UiError> {
    let data = engine::flash::take(engine, id).await.map_err(refuse)?;
    let flash: Option<Flash> = data.and_then(|data| serde_json::from_value(data).ok());
    let flash = flash.filter(|flash| !flash.is_left || take_left(engine, id));
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
    fn a_form_that_is_left_keeps_neither_secrets_nor_more_than_there_is_room_for() {
        let long = "x".repeat(LEFT);
        let body = format!("id=3&name=A%26B&template={long}&secretKey=sk_1&proof=p&isActive=true");
        let kept = [("id", "3"), ("name", "A&B"), ("isActive", "true")];
        let kept = kept.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(left(body.as_bytes()), kept);
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
