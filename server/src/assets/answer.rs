//! One file in memory and the answers to requests for it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use bytes::Bytes;

use super::encoding::{Encoding, accepted};

/// A file under a name with its content's hash never changes.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A file under a fixed name may.
const AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// A file in its three forms.
#[derive(Debug)]
pub(super) struct Asset {
    content_type: String,
    etag: String,
    cache: HeaderValue,
    plain: Bytes,
    brotli: Bytes,
    gzip: Bytes,
}

impl Asset {
    /// A file of this role, content type and hash, still without bytes.
    pub(super) fn new(role: &str, content_type: &str, etag: &str) -> Self {
        Self {
            content_type: content_type.to_owned(),
            etag: etag.to_owned(),
            cache: if role == "public" { AN_HOUR } else { FOR_EVER },
            plain: Bytes::new(),
            brotli: Bytes::new(),
            gzip: Bytes::new(),
        }
    }

    pub(super) fn with_plain(mut self, bytes: Bytes) -> Self {
        self.plain = bytes;
        self
    }

    pub(super) fn with_brotli(mut self, bytes: Bytes) -> Self {
        self.brotli = bytes;
        self
    }

    pub(super) fn with_gzip(mut self, bytes: Bytes) -> Self {
        self.gzip = bytes;
        self
    }

    /// 200 with the form that the client takes, or 304 when it has that already.
    pub(super) fn answer(&self, method: &Method, request: &HeaderMap) -> Response<Body> {
        let (bytes, coding) = match accepted(request) {
            Encoding::Brotli => (&self.brotli, Some("br")),
            Encoding::Gzip => (&self.gzip, Some("gzip")),
            Encoding::Identity => (&self.plain, None),
        };
        let etag = coding.map_or_else(
            || format!("\"{}\"", self.etag),
            |coding| format!("\"{}-{coding}\"", self.etag),
        );
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if has_already(request, &etag) {
            insert(headers, header::ETAG, &etag);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        insert(headers, header::ETAG, &etag);
        insert(headers, header::CONTENT_TYPE, &self.content_type);
        headers.insert(header::CONTENT_LENGTH, bytes.len().into());
        headers.insert(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        );
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        if method != Method::HEAD {
            *response.body_mut() = Body::from(bytes.clone());
        }
        response
    }
}

/// `If-None-Match` compares weakly: `W/` does not matter (RFC 9110, 13.1.2).
fn has_already(request: &HeaderMap, etag: &str) -> bool {
    let values = request.get_all(header::IF_NONE_MATCH).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

/// Our own texts are valid header values; one that is not is left out.
fn insert(headers: &mut HeaderMap, name: header::HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}
