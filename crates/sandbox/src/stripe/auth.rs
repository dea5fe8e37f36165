//! Who calls: the API key, by Basic or Bearer, and what a restricted key may do.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::error::StripeError;

const NO_KEY: &str = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.";
const PUBLISHABLE: &str = "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";

/// The key that a request carries.
pub(crate) fn api_key(headers: &HeaderMap) -> Result<String, StripeError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let key = match header.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim().to_owned(),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => basic_user(pair),
        _ => String::new(),
    };
    if key.is_empty() {
        return Err(StripeError::unauthorized(NO_KEY));
    }
    judge(&key)?;
    Ok(key)
}

fn basic_user(pair: &str) -> String {
    let decoded = STANDARD.decode(pair.trim()).unwrap_or_default();
    let text = String::from_utf8(decoded).unwrap_or_default();
    let user = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    user.to_owned()
}

fn judge(key: &str) -> Result<(), StripeError> {
    if key.contains("expired") {
        let message = format!("Expired API Key provided: {}", masked(key));
        return Err(StripeError::unauthorized(&message).code("api_key_expired"));
    }
    let known = [
        "sk_test_", "sk_live_", "rk_test_", "rk_live_", "pk_test_", "pk_live_",
    ]
    .iter()
    .any(|prefix| key.starts_with(prefix) && key.len() > prefix.len());
    if !known || key.contains("invalid") {
        let message = format!("Invalid API Key provided: {}", masked(key));
        return Err(StripeError::unauthorized(&message));
    }
    Ok(())
}

/// Refuses publishable keys, and restricted keys whose text says `no<right>`, as in `rk_test_noevents_1`.
pub(crate) fn may(key: &str, right: &str) -> Result<(), StripeError> {
    if key.starts_with("pk_") && right != "payment_pages" {
        return Err(StripeError::unauthorized(PUBLISHABLE).code("secret_key_required"));
    }
    let denied = format!("no{right}");
    if key.starts_with("rk_") && key.split('_').any(|part| part == denied) {
        let message = format!(
            "The provided key '{}' does not have the required permissions for this endpoint. Having the '{right}' permission would allow this request to continue.",
            masked(key)
        );
        return Err(StripeError::forbidden(&message).code("more_permissions_required"));
    }
    Ok(())
}

/// As Stripe prints keys: the kind, stars, the last four characters.
fn masked(key: &str) -> String {
    let last: Vec<char> = key.chars().rev().take(4).collect();
    let last: String = last.into_iter().rev().collect();
    let head: String = key
        .chars()
        .take(8.min(key.chars().count().saturating_sub(4)))
        .collect();
    format!("{head}*********{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(header: &str) -> Result<String, StripeError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, header.parse().expect("a header"));
        api_key(&headers)
    }

    #[test]
    fn a_key_comes_by_bearer_or_basic() {
        assert_eq!(with("Bearer sk_test_a").expect("taken"), "sk_test_a");
        let basic = format!("Basic {}", STANDARD.encode("rk_live_b:"));
        assert_eq!(with(&basic).expect("taken"), "rk_live_b");
    }

    #[test]
    fn keys_that_are_none_are_refused_without_repeating_them() {
        assert!(api_key(&HeaderMap::new()).is_err());
        for wrong in [
            "Bearer hello",
            "Bearer sk_test_",
            "Bearer sk_test_invalid_secretpart",
            "Bearer sk_test_expired_secretpart",
        ] {
            let error = with(wrong).expect_err(wrong);
            assert_eq!(error.status.as_u16(), 401);
            assert!(!error.envelope("req_1").to_string().contains("secretpart"));
        }
    }

    #[test]
    fn a_restricted_key_may_lack_a_right() {
        assert!(may("rk_test_noevents_1", "events").is_err());
        assert!(may("rk_test_noevents_1", "checkout").is_ok());
        assert!(may("sk_test_noevents_1", "events").is_ok());
        assert!(may("pk_test_1", "events").is_err());
    }
}
