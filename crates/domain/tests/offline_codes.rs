//! Offline codes that the public Python client found genuine: an independent packer and verifier.

use domain::offline_code::{OfflineCode, OfflinePayload, is_offline_code};
use serde::Deserialize;

const VECTORS: &str = include_str!("vectors/offline_codes.json");

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    payload: String,
    signature: String,
    code: String,
}

impl Vector {
    fn signature(&self) -> Vec<u8> {
        hex::decode(&self.signature).expect("hex digits")
    }
}

fn vectors() -> Vec<Vector> {
    let vectors: Vectors = serde_json::from_str(VECTORS).expect("the file of vectors");
    assert!(!vectors.vectors.is_empty());
    vectors.vectors
}

#[test]
fn what_the_client_verified_is_read() {
    for vector in vectors() {
        assert!(is_offline_code(&vector.code), "{}", vector.name);
        let code = OfflineCode::parse(&vector.code).expect("a code");
        let payload = code.open(|payload, signature| {
            assert_eq!(payload, vector.payload.as_bytes(), "{}", vector.name);
            assert_eq!(signature, vector.signature(), "{}", vector.name);
            true
        });
        let said: OfflinePayload = serde_json::from_str(&vector.payload).expect("a payload");
        assert_eq!(payload, Some(said), "{}", vector.name);
    }
}

#[test]
fn we_write_what_the_client_verified() {
    for vector in vectors() {
        let payload: OfflinePayload = serde_json::from_str(&vector.payload).expect("a payload");
        let bytes = payload.to_bytes().expect("short enough");
        assert_eq!(
            bytes.as_bytes(),
            vector.payload.as_bytes(),
            "{}",
            vector.name
        );
        let code = bytes.signed(vector.signature());
        assert_eq!(code.to_string(), vector.code, "{}", vector.name);
    }
}
