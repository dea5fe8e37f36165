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
    use super::*;
    use domain::offline_code::OfflineCode;

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
}
