//! Sending a form from the browser: the same request as without a script, but asking for JSON.

use leptos::prelude::{FromServerFnError as _, window};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::redirect::{REDIRECT_HEADER, call_redirect_hook};
use leptos::server_fn::{Bytes, Decodes as _};
use leptos::web_sys::{Headers, Request, RequestInit, Response};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::error::{Kind, UiError};
use crate::flash::{Done, FORM_HEADER};

/// Posts a form's data and follows where the answer leads; none where that is another page.
pub async fn send(path: &str, body: &str) -> Result<Option<Done>, UiError> {
    let (response, text) = post(path, body).await.map_err(|_| {
        UiError::new(
            Kind::Unreachable,
            "The server could not be reached. Check your connection and try again; what you typed stays.",
        )
    })?;
    if !response.ok() {
        let mut refusal = UiError::de(Bytes::from(text));
        if refusal.kind == Kind::Unreachable {
            refusal.message.push_str(" What you typed stays.");
        }
        return Err(refusal);
    }
    let done: Done = JsonEncoding::decode(Bytes::from(text)).map_err(|_| {
        UiError::new(
            Kind::Fault,
            "The server's answer could not be read. Load the page again; it may have been updated.",
        )
    })?;
    if let Ok(Some(_)) = response.headers().get(REDIRECT_HEADER)
        && let Ok(Some(location)) = response.headers().get("location")
    {
        call_redirect_hook(&location);
        return Ok(None);
    }
    Ok(Some(done))
}

async fn post(path: &str, body: &str) -> Result<(Response, String), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    headers.set(FORM_HEADER, "1")?;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&JsValue::from_str(body));
    let request = Request::new_with_str_and_init(path, &options)?;
    let response: Response = JsFuture::from(window().fetch_with_request(&request))
        .await?
        .unchecked_into();
    let text = JsFuture::from(response.text()?).await?;
    Ok((response, text.as_string().unwrap_or_default()))
}
