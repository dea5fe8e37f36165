//! Signs webhook bodies as Stripe does: `t=…,v1=…`, one v1 for each secret in force.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The whole `Stripe-Signature` header for a body; `seconds` is the UTC unix time it claims.
pub fn signature_header(secrets: &[&str], seconds: i64, body: &[u8]) -> String {
    let mut header = format!("t={seconds}");
    for secret in secrets {
        header.push_str(",v1=");
        header.push_str(&signature(secret, seconds, body));
    }
    header
}

/// `,v0=…`, a scheme that Stripe adds in test mode and that nobody may take for a signature.
pub(crate) fn fake_v0(seconds: i64, body: &[u8]) -> String {
    format!(",v0={}", signature("nobody's secret", seconds, body))
}

fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_carries_one_v1_for_each_secret() {
        // Counted with Python's hmac module, not with this crate.
        let header = signature_header(&["whsec_test", "whsec_old"], 1_700_000_000, b"{}");
        let parts: Vec<&str> = header.split(',').collect();
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0], "t=1700000000");
        assert_eq!(
            parts[1],
            "v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        );
        assert_eq!(
            parts[2],
            "v1=2a630fb62d83c712b7c3b6fc1dec6df3ef803228a2223a912c109f39e17c6983"
        );
    }
}
