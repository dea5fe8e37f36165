//! What the present request says: its headers, where it came from, whether a script sent it.

use std::net::{IpAddr, Ipv6Addr};

use http::header::{ACCEPT, REFERER, USER_AGENT};
use http::request::Parts;
use http::{HeaderName, Method};
use leptos::prelude::use_context;
use leptos::server_fn::Bytes;

/// Who is at the other end, for sign-in throttling and the list of sessions.
#[derive(Debug, Clone)]
pub struct Client {
    /// Network address; unspecified where the server did not say.
    pub address: IpAddr,
    /// What the browser calls itself, at most 200 characters.
    pub user_agent: String,
}

/// The address that the server found for this request; it puts one into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// The body of a form, as it was sent; the server puts it into the request's extensions.
#[derive(Clone)]
pub struct SentForm(pub Bytes);

/// Address and body of the form that is being answered; none while a page asks for its data.
pub(super) fn sent_form() -> Option<(String, Bytes)> {
    let parts = use_context::<Parts>()?;
    let SentForm(body) = parts.extensions.get::<SentForm>()?.clone();
    Some((parts.uri.path().to_owned(), body))
}

/// Who is at the other end.
pub fn client() -> Client {
    let parts = use_context::<Parts>();
    let address = parts.as_ref().and_then(|parts| {
        let known = parts.extensions.get::<ClientAddress>();
        known.map(|known| known.0)
    });
    let user_agent = parts.as_ref().and_then(|parts| header(parts, &USER_AGENT));
    Client {
        address: address.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        user_agent: user_agent.unwrap_or_default().chars().take(200).collect(),
    }
}

/// True where a browser's own form or link sent this, so that the answer is a page.
pub(super) fn wants_page() -> bool {
    use_context::<Parts>()
        .and_then(|parts| header(&parts, &ACCEPT).map(|accept| accept.contains("text/html")))
        .unwrap_or(false)
}

/// True while a page is being rendered, not a form being answered.
pub(super) fn is_page_request() -> bool {
    use_context::<Parts>().is_some_and(|parts| parts.method == Method::GET)
}

/// Path and query of the page that the person is looking at.
pub(super) fn page_path() -> String {
    let Some(parts) = use_context::<Parts>() else {
        return "/".to_owned();
    };
    if parts.method == Method::GET {
        return parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
    }
    let referer = header(&parts, &REFERER).and_then(|url| url.parse::<http::Uri>().ok());
    referer
        .and_then(|url| url.path_and_query().map(|path| path.as_str().to_owned()))
        .map_or_else(|| "/".to_owned(), |path| safe_path(&path))
}

/// The request's id, as its answer and the log carry it.
pub(super) fn request_id() -> Option<String> {
    let parts = use_context::<Parts>()?;
    header(&parts, &HeaderName::from_static("x-request-id")).map(str::to_owned)
}

pub(super) fn header<'a>(parts: &'a Parts, name: &HeaderName) -> Option<&'a str> {
    parts.headers.get(name)?.to_str().ok()
}

/// A path of this site, or `/`: nobody is sent elsewhere by a crafted link.
pub fn safe_path(path: &str) -> String {
    let is_ours = path.starts_with('/')
        && !path.starts_with("//")
        && !path.starts_with("/\\")
        && path.len() <= 2_000
        && path.chars().all(|c| c.is_ascii_graphic());
    if is_ours {
        path.to_owned()
    } else {
        "/".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        assert_eq!(safe_path("/products/3?tab=mail"), "/products/3?tab=mail");
        for path in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "",
            "/a\nb",
            "products",
        ] {
            assert_eq!(safe_path(path), "/", "{path}");
        }
    }
}
