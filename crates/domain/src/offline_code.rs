//! Offline codes: a licence for one device in a text that a program verifies without a server.
//!
//! The text is Crockford's base 32 of `u16 LE length ‖ payload JSON ‖ signature`, the signature
//! being RSA PKCS#1 v1.5 with SHA-256 over the payload's bytes. Keys are deliberately absent: who
//! signs and verifies comes in, and nothing of a payload is told before it was verified.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::crockford::{self, is_filling};
use crate::hardware_id::HardwareId;
use crate::ids::{ProductId, TenantId};
use crate::timestamp::Timestamp;

/// Symbols that make a text an offline code; a licence key has 16.
pub const SYMBOLS_MIN: usize = 50;
/// Bytes of a payload: the code still fits a request of 64 KiB, and is no fun to type anyhow.
pub const PAYLOAD_MAX: usize = 16 * 1024;

/// Longer pastes are not looked at.
const PASTE_MAX: usize = 48 * 1024;
/// Symbols between two dashes.
const GROUP: usize = 8;

/// True for a text that is meant as an offline code: 50 symbols or more, dashes and spaces aside.
pub fn is_offline_code(text: &str) -> bool {
    text.chars()
        .filter(|c| !is_filling(*c))
        .nth(SYMBOLS_MIN - 1)
        .is_some()
}

/// What an offline code says; field names, types and order as client libraries read them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfflinePayload {
    /// Product.
    pub product_id: ProductId,
    /// Its name when the code was made.
    pub product_name: String,
    /// The only device that it is for.
    pub hardware_id: HardwareId,
    /// Its end, whole seconds UTC; perpetual is the end of 2049.
    pub expiration_date: Timestamp,
    /// The holder's address, or blank.
    pub email: String,
    /// What it unlocks.
    pub features: Vec<String>,
    /// Tenant.
    pub tenant_id: TenantId,
    /// The product's newest version when the code was made, or blank.
    pub version: String,
}

/// The payload is longer than [`PAYLOAD_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This licence has too many features for an offline code. Take some of them out.")]
pub struct PayloadTooLong;

impl OfflinePayload {
    /// The bytes that are to be signed.
    pub fn to_bytes(&self) -> Result<PayloadBytes, PayloadTooLong> {
        match serde_json::to_vec(self) {
            Ok(bytes) if bytes.len() <= PAYLOAD_MAX => Ok(PayloadBytes(bytes)),
            _ => Err(PayloadTooLong),
        }
    }

    /// True for the device that the code was made for.
    pub fn is_for(&self, device: &HardwareId) -> bool {
        self.hardware_id == *device
    }
}

// Written by hand: the holder's address does not belong into a log.
impl fmt::Debug for OfflinePayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfflinePayload")
            .field("tenant_id", &self.tenant_id)
            .field("product_id", &self.product_id)
            .field("expiration_date", &self.expiration_date)
            .finish_non_exhaustive()
    }
}

/// A payload that waits for its signature.
#[derive(Clone, PartialEq, Eq)]
pub struct PayloadBytes(Vec<u8>);

impl PayloadBytes {
    /// What is to be signed.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The code, from the signature over [`Self::as_bytes`].
    pub fn signed(self, signature: Vec<u8>) -> OfflineCode {
        OfflineCode {
            payload: self.0,
            signature,
        }
    }
}

/// A code that is well formed; whether it is genuine says [`OfflineCode::open`]. It is as good as a
/// licence, so `Debug` does not tell it; `Display` does, in groups of eight.
#[derive(Clone, PartialEq, Eq)]
pub struct OfflineCode {
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl OfflineCode {
    /// Takes a code apart: any dashes and spaces, either case. A code whose last bits or length
    /// were touched is not read.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > PASTE_MAX || !is_offline_code(text) {
            return None;
        }
        let bytes = crockford::decode(text)?;
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_le_bytes(*length));
        if length == 0 || length > PAYLOAD_MAX || rest.len() <= length {
            return None;
        }
        let (payload, signature) = rest.split_at(length);
        Some(Self {
            payload: payload.to_vec(),
            signature: signature.to_vec(),
        })
    }

    /// What it says, if `is_genuine(payload, signature)` vouches for it under one of the tenant's
    /// public keys, current or former.
    pub fn open(&self, is_genuine: impl FnOnce(&[u8], &[u8]) -> bool) -> Option<OfflinePayload> {
        if !is_genuine(&self.payload, &self.signature) {
            return None;
        }
        serde_json::from_slice(&self.payload).ok()
    }

    /// What the signature is over: the same for every spelling of one code, to find it again.
    pub fn signed_bytes(&self) -> &[u8] {
        &self.payload
    }
}

impl fmt::Display for OfflineCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let length = u16::try_from(self.payload.len()).map_err(|_| fmt::Error)?;
        let mut bytes = length.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.payload);
        bytes.extend_from_slice(&self.signature);
        for (place, symbol) in crockford::encode(&bytes).chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{symbol}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for OfflineCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfflineCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    fn payload() -> OfflinePayload {
        OfflinePayload {
            product_id: ProductId::from(7),
            product_name: "Atlas Studio".into(),
            hardware_id: HardwareId::parse("ab 12").expect("an id"),
            expiration_date: Timestamp::PERPETUAL,
            email: "ann@example.com".into(),
            features: vec!["maps".into(), "export".into()],
            tenant_id: TenantId::from(1),
            version: "2.1".into(),
        }
    }

    /// A stand-in for a signature: long enough to be taken for one, and tied to the bytes.
    fn seal(payload: &[u8]) -> Vec<u8> {
        let sum = payload
            .iter()
            .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
        vec![sum; 256]
    }

    fn code(payload: &OfflinePayload) -> OfflineCode {
        let bytes = payload.to_bytes().expect("short enough");
        let signature = seal(bytes.as_bytes());
        bytes.signed(signature)
    }

    #[test]
    fn the_payload_has_the_names_that_clients_read() {
        let bytes = payload().to_bytes().expect("short enough");
        let expected = r#"{"productId":7,"productName":"Atlas Studio","hardwareId":"AB12","expirationDate":"2049-12-31T23:59:59Z","email":"ann@example.com","features":["maps","export"],"tenantId":1,"version":"2.1"}"#;
        assert_eq!(bytes.as_bytes(), expected.as_bytes());
    }

    #[test]
    fn a_code_is_told_in_groups_of_eight_symbols() {
        let text = code(&payload()).to_string();
        let mut groups = text.split('-').rev();
        let last = groups.next().expect("a group");
        assert!((1..=8).contains(&last.len()));
        assert!(groups.all(|group| group.len() == 8));
    }

    #[test]
    fn a_code_opens_only_for_who_vouches_for_it() {
        let parsed = OfflineCode::parse(&code(&payload()).to_string()).expect("a code");
        let genuine = |payload: &[u8], signature: &[u8]| signature == seal(payload);
        assert_eq!(parsed.open(genuine), Some(payload()));
        assert_eq!(parsed.open(|_, _| false), None);
    }

    #[test]
    fn a_code_stands_for_its_device_alone() {
        let device = |text| HardwareId::parse(text).expect("an id");
        assert!(payload().is_for(&device(" a b12")));
        assert!(!payload().is_for(&device("ab13")));
    }

    #[test]
    fn a_payload_beyond_the_limit_is_not_made() {
        let mut long = payload();
        long.features = vec!["x".repeat(PAYLOAD_MAX)];
        assert_eq!(long.to_bytes().err(), Some(PayloadTooLong));
    }

    #[rstest]
    #[case("0123-4567-89AB-CDEF", false)]
    #[case("0000000000000000000000000000000000000000000000000", false)]
    #[case("00000000000000000000000000000000000000000000000000", true)]
    #[case(
        "0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0",
        false
    )]
    fn fifty_symbols_make_a_code(#[case] text: &str, #[case] is_code: bool) {
        assert_eq!(is_offline_code(text), is_code);
    }

    #[rstest]
    #[case::nothing_in_it(&[0; 40])]
    #[case::no_signature(&[38; 40])]
    #[case::longer_than_it_is(&[255; 40])]
    fn what_cannot_be_a_code_is_not_read(#[case] bytes: &[u8]) {
        assert_eq!(OfflineCode::parse(&crockford::encode(bytes)), None);
    }

    #[test]
    fn an_endless_paste_is_not_looked_at() {
        let text = format!("{}{}", " ".repeat(PASTE_MAX), code(&payload()));
        assert_eq!(OfflineCode::parse(&text), None);
    }

    #[test]
    fn the_longest_code_still_is_read() {
        let mut long = payload();
        let room = PAYLOAD_MAX - payload().to_bytes().expect("short").as_bytes().len();
        long.product_name.push_str(&"x".repeat(room));
        let bytes = long.to_bytes().expect("just fits");
        assert_eq!(bytes.as_bytes().len(), PAYLOAD_MAX);
        let code = bytes.signed(vec![7; 512]);
        assert_eq!(OfflineCode::parse(&code.to_string()), Some(code));
    }

    #[test]
    fn debug_tells_neither_code_nor_address() {
        let shown = format!("{:?} {:?}", code(&payload()), payload());
        assert!(!shown.contains("ann") && !shown.contains("maps"));
    }

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(
            product_name: String,
            email: String,
            features: Vec<String>,
            id in "[0-9A-Fa-f]{1,64}",
            millis in 0..Timestamp::PERPETUAL.millis(),
            signature in proptest::collection::vec(any::<u8>(), 256..385),
        ) {
            let payload = OfflinePayload {
                product_name,
                email,
                features,
                hardware_id: HardwareId::parse(&id).expect("an id"),
                expiration_date: Timestamp::from_unix_seconds(millis / 1_000),
                ..payload()
            };
            let code = payload.to_bytes().expect("short enough").signed(signature);
            let text = code.to_string();
            let typed = text.replace('-', " \u{2014}").to_lowercase();
            for text in [text, typed] {
                let read = OfflineCode::parse(&text).expect("a code");
                prop_assert_eq!(&read, &code);
                prop_assert_eq!(read.open(|_, _| true), Some(payload.clone()));
            }
        }

        #[test]
        fn another_symbol_is_another_code_or_none(place in any::<prop::sample::Index>(), by in 1_u8..32) {
            let code = code(&payload());
            let mut symbols: Vec<char> = code.to_string().replace('-', "").chars().collect();
            let place = place.index(symbols.len());
            let old = crockford::value(symbols[place]).expect("a symbol");
            symbols[place] = crockford::symbol(old ^ by);
            let text: String = symbols.into_iter().collect();
            prop_assert_ne!(OfflineCode::parse(&text), Some(code));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String, bytes: Vec<u8>) {
            let read = OfflineCode::parse(&text);
            prop_assert!(read.is_none_or(|code| !code.signed_bytes().is_empty()));
            let read = OfflineCode::parse(&crockford::encode(&bytes));
            prop_assert!(read.is_none_or(|code| code.open(|_, _| true).is_none()));
        }
    }
}
