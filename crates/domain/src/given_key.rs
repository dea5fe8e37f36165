//! What somebody gives as a key: a licence key, an offline code, or something that is neither.

use crate::activation_key::ActivationKey;
use crate::offline_code::OfflineCode;

/// A text that was given as a key. `Debug` tells neither keys nor codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenKey {
    /// Written like a licence key; whether a licence has it is to be looked up.
    Key(ActivationKey),
    /// Written like an offline code; whether it is genuine is to be verified.
    OfflineCode(OfflineCode),
    /// Neither: no licence can have it.
    Unreadable,
}

impl GivenKey {
    /// Reads what was pasted; `None` where there is nothing but spaces.
    pub fn parse(text: &str) -> Option<Self> {
        if text.trim().is_empty() {
            return None;
        }
        let key = ActivationKey::parse(text).map(Self::Key);
        let code = || OfflineCode::parse(text).map(Self::OfflineCode);
        Some(key.or_else(code).unwrap_or(Self::Unreadable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hardware_id::HardwareId;
    use crate::ids::{ProductId, TenantId};
    use crate::offline_code::OfflinePayload;
    use crate::timestamp::Timestamp;
    use rstest::rstest;

    fn code() -> OfflineCode {
        let payload = OfflinePayload {
            product_id: ProductId::from(7),
            product_name: "Atlas".into(),
            hardware_id: HardwareId::parse("ab12").expect("an id"),
            expiration_date: Timestamp::PERPETUAL,
            email: String::new(),
            features: Vec::new(),
            tenant_id: TenantId::from(1),
            version: String::new(),
        };
        let bytes = payload.to_bytes().expect("short enough");
        bytes.signed(vec![7; 256])
    }

    #[test]
    fn a_key_is_told_from_a_code_by_its_length() {
        let key = ActivationKey::from_random([7; 10]);
        let given = GivenKey::parse(&format!(" {key} "));
        assert_eq!(given, Some(GivenKey::Key(key)));
        let given = GivenKey::parse(&code().to_string());
        assert_eq!(given, Some(GivenKey::OfflineCode(code())));
    }

    #[rstest]
    #[case("")]
    #[case(" \t\n")]
    fn nothing_is_no_key(#[case] text: &str) {
        assert_eq!(GivenKey::parse(text), None);
    }

    #[rstest]
    #[case("hello")]
    #[case("0123-4567-89AB")]
    #[case("0000000000000000000000000000000000000000000000000000000000")]
    #[case("\0")]
    fn anything_else_is_no_licences_key(#[case] text: &str) {
        assert_eq!(GivenKey::parse(text), Some(GivenKey::Unreadable));
    }

    #[test]
    fn debug_tells_neither() {
        let key = ActivationKey::from_random([7; 10]);
        let shown = format!(
            "{:?} {:?}",
            GivenKey::Key(key),
            GivenKey::OfflineCode(code())
        );
        assert_eq!(shown, "Key(ActivationKey(…)) OfflineCode(OfflineCode(…))");
    }
}
