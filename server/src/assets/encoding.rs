//! Which form of a file a client takes (RFC 9110, 12.5.3).

use axum::http::{HeaderMap, header};

/// A form in which a file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Smallest; browsers announce it over TLS and on localhost.
    Brotli,
    /// For clients on plain HTTP.
    Gzip,
    /// As it is.
    Identity,
}

/// The smallest form that the request accepts. A file as it is always may be sent.
pub(super) fn accepted(headers: &HeaderMap) -> Encoding {
    let accepts = |name: &str| {
        let values = headers.get_all(header::ACCEPT_ENCODING).into_iter();
        values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|item| names(item, name))
    };
    if accepts("br") {
        Encoding::Brotli
    } else if accepts("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Identity
    }
}

/// Whether one item of the header, such as `br;q=0.5`, asks for this coding.
fn names(item: &str, coding: &str) -> bool {
    let mut parts = item.split(';').map(str::trim);
    let named = parts
        .next()
        .is_some_and(|part| part.eq_ignore_ascii_case(coding));
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    named && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_accepted_form_wins() {
        let table = [
            ("gzip, deflate, br", Encoding::Brotli),
            ("gzip, br;q=0.1", Encoding::Brotli),
            ("gzip;q=1.0, br;q=0", Encoding::Gzip),
            ("br; q=0.0, GZIP", Encoding::Gzip),
            ("br;q=nonsense", Encoding::Identity),
            ("brotli", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("", Encoding::Identity),
        ];
        for (header, expected) in table {
            let mut headers = HeaderMap::new();
            headers.insert(
                header::ACCEPT_ENCODING,
                header.parse().expect("a header value"),
            );
            assert_eq!(accepted(&headers), expected, "{header}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Encoding::Identity);
    }
}
