//! RSA as client libraries verify it: 2048 or 3072 bits, PKCS#1 v1.5 with SHA-256 (RFC 8017).

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicEncryptingKey};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::signing_key_form::RsaSize;
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Symbols in a line of PEM (RFC 7468).
const LINE: usize = 64;

/// A new pair in DER.
pub(super) struct NewPair {
    /// `SubjectPublicKeyInfo`.
    pub public_der: Vec<u8>,
    /// PKCS#8.
    pub private_der: Zeroizing<Vec<u8>>,
}

/// Draws a pair. Takes a good part of a second: not for an asynchronous thread.
pub(super) fn generate(size: RsaSize) -> Result<NewPair> {
    let fault = |_| Error::fault("an RSA pair could not be made");
    let size = match size {
        RsaSize::Bits2048 => KeySize::Rsa2048,
        RsaSize::Bits3072 => KeySize::Rsa3072,
    };
    let pair = KeyPair::generate(size).map_err(fault)?;
    let public: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(fault)?;
    let private: Pkcs8V1Der<'_> = pair.as_der().map_err(fault)?;
    Ok(NewPair {
        public_der: public.as_ref().to_vec(),
        private_der: Zeroizing::new(private.as_ref().to_vec()),
    })
}

/// The signature over the bytes.
pub(super) fn sign(private_der: &[u8], bytes: &[u8]) -> Result<Vec<u8>> {
    let pair = KeyPair::from_pkcs8(private_der)
        .map_err(|_| Error::fault("a signing key cannot be read"))?;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        bytes,
        &mut signature,
    )
    .map_err(|_| Error::fault("a signing key does not sign"))?;
    Ok(signature)
}

/// True where the signature over the bytes is this key's.
pub(super) fn is_genuine(public_der: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_der)
        .verify(bytes, signature)
        .is_ok()
}

/// How large a public key is, in bits; 0 where it is none.
pub(super) fn bits(public_der: &[u8]) -> usize {
    PublicEncryptingKey::from_der(public_der).map_or(0, |key| key.key_size_bits())
}

/// A public key as text, for shipping inside a program.
pub(super) fn pem(public_der: &[u8]) -> String {
    let text = STANDARD.encode(public_der);
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for (place, symbol) in text.chars().enumerate() {
        if place > 0 && place % LINE == 0 {
            pem.push('\n');
        }
        pem.push(symbol);
    }
    pem.push_str("\n-----END PUBLIC KEY-----\n");
    pem
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use data_encoding::Specification;
    use domain::offline_code::OfflineCode;
    use proptest::prelude::*;
    use proptest::sample::Index;

    #[test]
    fn a_signature_is_of_its_key_and_its_bytes_alone() {
        for (size, length) in [(RsaSize::Bits2048, 2048), (RsaSize::Bits3072, 3072)] {
            let draw = || generate(size).expect("a pair");
            let (pair, other) = (draw(), draw());
            let signature = sign(&pair.private_der, b"payload").expect("signs");
            assert_eq!(8 * signature.len(), length);
            assert_eq!(bits(&pair.public_der), length);
            assert!(is_genuine(&pair.public_der, b"payload", &signature));
            assert!(!is_genuine(&other.public_der, b"payload", &signature));
            assert!(!is_genuine(&pair.public_der, b"Payload", &signature));
            for place in 0..signature.len() {
                let mut changed = signature.clone();
                changed[place] ^= 1;
                assert!(
                    !is_genuine(&pair.public_der, b"payload", &changed),
                    "{place}"
                );
            }
            let text = pem(&pair.public_der);
            assert!(text.lines().all(|line| line.len() <= LINE));
        }
    }

    /// Codes that the public Python client took as genuine, each with the key that it was given.
    #[test]
    fn a_code_that_the_public_client_verified_is_genuine_and_with_any_byte_changed_is_not() {
        let vectors = include_str!("../../../domain/tests/vectors/offline_codes.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).expect("JSON");
        for vector in vectors["vectors"].as_array().expect("a list") {
            let text = |name: &str| vector[name].as_str().expect("a text");
            let lines = text("publicKey")
                .lines()
                .filter(|line| !line.starts_with('-'));
            let der = STANDARD.decode(lines.collect::<String>()).expect("base64");
            assert_eq!(pem(&der).trim(), text("publicKey").trim());
            let code = OfflineCode::parse(text("code")).expect("a code");
            let signature = hex::decode(text("signature")).expect("hex digits");
            assert!(
                code.open(|payload, signed| is_genuine(&der, payload, signed))
                    .is_some()
            );
            let payload = text("payload").as_bytes();
            for place in 0..payload.len() {
                let mut changed = payload.to_vec();
                changed[place] ^= 1;
                assert!(!is_genuine(&der, &changed, &signature), "{place}");
            }
        }
    }

    /// A genuine code's payload and signature, and the key that it was made with.
    struct Genuine {
        payload: Vec<u8>,
        signature: Vec<u8>,
        public_der: Vec<u8>,
    }

    static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
        let pair = generate(RsaSize::Bits2048).expect("a pair");
        let payload = br#"{"productId":7,"productName":"Atlas","hardwareId":"AB12",
            "expirationDate":"2031-05-01T23:59:59Z","email":"ann@example.com",
            "features":["maps"],"tenantId":1,"version":"2.1"}"#;
        Genuine {
            signature: sign(&pair.private_der, payload).expect("signs"),
            payload: payload.to_vec(),
            public_der: pair.public_der,
        }
    });

    /// What is done to bytes; whichever it is, they are others after it.
    #[derive(Debug, Clone)]
    enum Change {
        Flip(Index, u8),
        Insert(Index, u8),
        Remove(Index),
        CutAt(Index),
        Append(Vec<u8>),
    }

    impl Change {
        fn of(&self, bytes: &[u8]) -> Vec<u8> {
            let mut changed = bytes.to_vec();
            match self {
                Self::Flip(place, bits) => changed[place.index(bytes.len())] ^= bits,
                Self::Insert(place, byte) => changed.insert(place.index(bytes.len() + 1), *byte),
                Self::Remove(place) => drop(changed.remove(place.index(bytes.len()))),
                Self::CutAt(place) => changed.truncate(place.index(bytes.len())),
                Self::Append(more) => changed.extend(more),
            }
            changed
        }
    }

    fn change() -> impl Strategy<Value = Change> {
        let place = any::<Index>;
        prop_oneof![
            4 => (place(), 1..=u8::MAX).prop_map(|(place, bits)| Change::Flip(place, bits)),
            1 => (place(), any::<u8>()).prop_map(|(place, byte)| Change::Insert(place, byte)),
            1 => place().prop_map(Change::Remove),
            1 => place().prop_map(Change::CutAt),
            1 => prop::collection::vec(any::<u8>(), 1..300).prop_map(Change::Append),
        ]
    }

    /// The bytes of a code: how long the payload is, the payload, the signature.
    fn bytes(payload: &[u8], signature: &[u8]) -> Vec<u8> {
        let length = u16::try_from(payload.len()).expect("short");
        [&length.to_le_bytes(), payload, signature].concat()
    }

    /// True where these bytes, written as a code, are taken as one of the genuine key.
    fn is_taken(bytes: &[u8]) -> bool {
        let mut base = Specification::new();
        base.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
        let text = base.encoding().expect("Crockford's base 32").encode(bytes);
        let is_ours =
            |payload: &[u8], signature: &[u8]| is_genuine(&GENUINE.public_der, payload, signature);
        OfflineCode::parse(&text).is_some_and(|code| code.open(is_ours).is_some())
    }

    #[test]
    fn the_code_that_the_properties_change_is_genuine() {
        assert!(is_taken(&bytes(&GENUINE.payload, &GENUINE.signature)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn a_code_whose_payload_was_changed_in_any_way_is_refused(change in change()) {
            let payload = change.of(&GENUINE.payload);
            prop_assert!(!is_taken(&bytes(&payload, &GENUINE.signature)));
        }

        #[test]
        fn a_code_whose_signature_was_changed_in_any_way_is_refused(change in change()) {
            let signature = change.of(&GENUINE.signature);
            prop_assert!(!is_taken(&bytes(&GENUINE.payload, &signature)));
        }

        #[test]
        fn a_code_that_was_changed_anywhere_is_refused(change in change()) {
            let whole = bytes(&GENUINE.payload, &GENUINE.signature);
            prop_assert!(!is_taken(&change.of(&whole)));
        }
    }
}
