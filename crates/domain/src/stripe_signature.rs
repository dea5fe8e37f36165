//! Stripe's webhook signature (docs.stripe.com/webhooks#verify-manually): reading the header,
//! its age, and the HMAC over the raw bytes. An empty secret never matches.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::timestamp::Timestamp;

/// How far the header's time may be from ours, both ways, inclusive.
const TOLERANCE_SECONDS: u64 = 300;
/// Stripe sends one `v1` per secret that is active; nobody has more than a few.
const SIGNATURES_MAX: usize = 8;
/// Longer headers are not looked at.
const HEADER_MAX: usize = 4_096;

type Mac256 = Hmac<Sha256>;

/// Why a header is refused before any secret is tried; says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// There is none.
    #[error(
        "no Stripe-Signature header: this URL takes deliveries from Stripe alone, and a proxy in front must pass the header on"
    )]
    Missing,
    /// It is not `t=<seconds>,v1=<64 hex digits>`.
    #[error(
        "malformed Stripe-Signature header: it should read t=<unix seconds>,v1=<64 hex digits>"
    )]
    Malformed,
    /// It is well formed, but has no signature of the one scheme that counts.
    #[error("the Stripe-Signature header has no v1 signature; other schemes do not count")]
    NoSignature,
    /// Its time is more than 300 seconds from ours.
    #[error(
        "stale signature: its time is more than 300 seconds from this server's clock. Check the clock, and use a new checkout rather than resending an old event by hand"
    )]
    Stale,
}

/// A well-formed header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureHeader {
    // As it was written, because it is part of what is signed.
    signed_time: String,
    timestamp: Timestamp,
    signatures: Vec<[u8; 32]>,
}

impl SignatureHeader {
    /// Reads `t=<unix>,v1=<hex>[,v1=…]`, at most eight of them; other schemes are skipped.
    pub fn parse(header: &str) -> Result<Self, SignatureRefusal> {
        if header.trim().is_empty() {
            return Err(SignatureRefusal::Missing);
        }
        if header.len() > HEADER_MAX {
            return Err(SignatureRefusal::Malformed);
        }
        let mut time = None;
        let mut signatures = Vec::new();
        for part in header.split(',') {
            let (scheme, value) = part.split_once('=').ok_or(SignatureRefusal::Malformed)?;
            match (scheme.trim(), value.trim()) {
                ("t", value) if time.is_none() => time = Some(read_time(value)?),
                ("t", _) => return Err(SignatureRefusal::Malformed),
                ("v1", value) => signatures.push(read_signature(value)?),
                _ => {}
            }
        }
        let (signed_time, timestamp) = time.ok_or(SignatureRefusal::Malformed)?;
        match signatures.len() {
            0 => Err(SignatureRefusal::NoSignature),
            1..=SIGNATURES_MAX => Ok(Self {
                signed_time,
                timestamp,
                signatures,
            }),
            _ => Err(SignatureRefusal::Malformed),
        }
    }

    /// When Stripe signed, by its clock.
    pub const fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// True within 300 seconds of `now`, both ways.
    pub const fn is_fresh(&self, now: Timestamp) -> bool {
        now.unix_seconds().abs_diff(self.timestamp.unix_seconds()) <= TOLERANCE_SECONDS
    }

    /// True where any of the signatures was made with this secret over exactly this body.
    /// Takes the same time whichever matches; false for an empty secret.
    pub fn matches(&self, secret: &str, body: &[u8]) -> bool {
        let Some(expected) = mac(secret, &self.signed_time, body) else {
            return false;
        };
        self.signatures
            .iter()
            .fold(Choice::from(0), |found, signature| {
                found | signature.ct_eq(&expected)
            })
            .into()
    }
}

/// The header that Stripe would send for this body: `t=…,v1=…`. An empty secret gives a header
/// that matches nothing.
pub fn sign(secret: &str, at: Timestamp, body: &[u8]) -> String {
    let time = at.unix_seconds().to_string();
    let signature = mac(secret, &time, body).unwrap_or_default();
    format!("t={time},v1={}", hex::encode(signature))
}

fn mac(secret: &str, time: &str, body: &[u8]) -> Option<[u8; 32]> {
    if secret.is_empty() {
        return None;
    }
    let mut mac = Mac256::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize().into_bytes().into())
}

fn read_time(value: &str) -> Result<(String, Timestamp), SignatureRefusal> {
    if value.is_empty() || value.len() > 12 || !value.bytes().all(|b| b.is_ascii_digit()) {
        return Err(SignatureRefusal::Malformed);
    }
    let seconds = value.parse().map_err(|_| SignatureRefusal::Malformed)?;
    Ok((value.to_owned(), Timestamp::from_unix_seconds(seconds)))
}

fn read_signature(value: &str) -> Result<[u8; 32], SignatureRefusal> {
    let mut signature = [0; 32];
    hex::decode_to_slice(value, &mut signature).map_err(|_| SignatureRefusal::Malformed)?;
    Ok(signature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    const SECRET: &str = "whsec_test_secret";
    const BODY: &[u8] = br#"{"id":"evt_1"}"#;
    const AT: Timestamp = Timestamp::from_unix_seconds(1_795_431_600);

    fn header(secret: &str) -> SignatureHeader {
        SignatureHeader::parse(&sign(secret, AT, BODY)).expect("well formed")
    }

    /// Made with `printf '1795431600.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test_secret`.
    #[test]
    fn a_vector_made_elsewhere_matches() {
        let text =
            "t=1795431600,v1=e897559e7769fab90800cb95bea7d254feb6dee3c803ebc5dc0993f9d26b19ab";
        let header = SignatureHeader::parse(text).expect("well formed");
        assert!(header.matches(SECRET, BODY));
        assert_eq!(header.timestamp(), AT);
        assert_eq!(sign(SECRET, AT, BODY), text);
    }

    #[rstest]
    #[case("whsec_other", BODY)]
    #[case("", BODY)]
    #[case("whsec_test_secret ", BODY)]
    #[case(SECRET, br#"{"id":"evt_2"}"#)]
    #[case(SECRET, b"")]
    fn another_secret_or_another_byte_does_not_match(#[case] secret: &str, #[case] body: &[u8]) {
        assert!(!header(SECRET).matches(secret, body));
    }

    #[test]
    fn an_empty_secret_cannot_be_forged() {
        let mut mac = Mac256::new_from_slice(b"").expect("hmac takes any key");
        mac.update(b"1795431600.");
        mac.update(BODY);
        let forged = format!(
            "t=1795431600,v1={}",
            hex::encode(mac.finalize().into_bytes())
        );
        let header = SignatureHeader::parse(&forged).expect("well formed");
        assert!(!header.matches("", BODY));
        assert!(!header_of(&sign("", AT, BODY)).matches("", BODY));
    }

    fn header_of(text: &str) -> SignatureHeader {
        SignatureHeader::parse(text).expect("well formed")
    }

    #[test]
    fn any_of_several_signatures_may_match() {
        let (old, new) = (sign("whsec_old", AT, BODY), sign("whsec_new", AT, BODY));
        let second = new.split_once(',').expect("two parts").1;
        let header = header_of(&format!("{old},{second},v0={}", "0".repeat(64)));
        assert!(header.matches("whsec_old", BODY));
        assert!(header.matches("whsec_new", BODY));
        assert!(!header.matches("whsec_third", BODY));
    }

    #[test]
    fn a_right_signature_under_another_scheme_does_not_count() {
        let v0 = sign(SECRET, AT, BODY).replace("v1=", "v0=");
        assert_eq!(
            SignatureHeader::parse(&v0),
            Err(SignatureRefusal::NoSignature)
        );
    }

    #[rstest]
    #[case(-301, false)]
    #[case(-300, true)]
    #[case(-299, true)]
    #[case(0, true)]
    #[case(299, true)]
    #[case(300, true)]
    #[case(301, false)]
    fn it_is_fresh_for_300_seconds_both_ways(#[case] later: i64, #[case] fresh: bool) {
        assert_eq!(header(SECRET).is_fresh(AT.plus_seconds(later)), fresh);
    }

    #[rstest]
    #[case("", SignatureRefusal::Missing)]
    #[case("   ", SignatureRefusal::Missing)]
    #[case("nonsense", SignatureRefusal::Malformed)]
    #[case("t=1795431600", SignatureRefusal::NoSignature)]
    #[case("v1=00", SignatureRefusal::Malformed)]
    #[case("t=,v1=00", SignatureRefusal::Malformed)]
    #[case("t=-5,v1=00", SignatureRefusal::Malformed)]
    #[case("t=12345678901234,v1=00", SignatureRefusal::Malformed)]
    #[case("t=1,t=2", SignatureRefusal::Malformed)]
    #[case("t=1,v1=zz", SignatureRefusal::Malformed)]
    #[case("t=1,v1=", SignatureRefusal::Malformed)]
    #[case("t=1,,", SignatureRefusal::Malformed)]
    fn a_bad_header_is_refused_with_its_cause(#[case] text: &str, #[case] cause: SignatureRefusal) {
        assert_eq!(SignatureHeader::parse(text), Err(cause));
    }

    #[test]
    fn eight_signatures_are_the_most() {
        let of = |n: usize| format!("t=1{}", format!(",v1={}", "0".repeat(64)).repeat(n));
        assert!(SignatureHeader::parse(&of(8)).is_ok());
        assert_eq!(
            SignatureHeader::parse(&of(9)),
            Err(SignatureRefusal::Malformed)
        );
        assert_eq!(
            SignatureHeader::parse(&of(100)),
            Err(SignatureRefusal::Malformed)
        );
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(text in "(t=[0-9]{0,14}|v1=[0-9a-f]{0,66}|v0=.{0,4}|.{0,8}|,){0,6}") {
            let read = SignatureHeader::parse(&text);
            prop_assert!(read.is_err() || read.is_ok_and(|h| !h.matches(SECRET, BODY)));
        }

        #[test]
        fn what_was_signed_matches(secret in "whsec_[a-zA-Z0-9]{1,40}", body: Vec<u8>, seconds in 0_i64..99_999_999_999) {
            let at = Timestamp::from_unix_seconds(seconds);
            let header = header_of(&sign(&secret, at, &body));
            prop_assert!(header.matches(&secret, &body) && header.is_fresh(at));
        }
    }
}
