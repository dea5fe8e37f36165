//! Signature headers made by Stripe's own SDK: an independent signer.

use domain::stripe_signature::{SignatureHeader, sign};
use domain::timestamp::Timestamp;
use serde::Deserialize;

const VECTORS: &str = include_str!("vectors/stripe_signatures.json");

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret: String,
    timestamp: i64,
    payload: String,
    header: String,
}

fn vectors() -> Vec<Vector> {
    let vectors: Vectors = serde_json::from_str(VECTORS).expect("the file of vectors");
    assert!(!vectors.vectors.is_empty());
    vectors.vectors
}

#[test]
fn what_stripes_sdk_signed_matches() {
    for vector in vectors() {
        let header = SignatureHeader::parse(&vector.header).expect("well formed");
        let body = vector.payload.as_bytes();
        assert!(header.matches(&vector.secret, body), "{}", vector.name);
        assert_eq!(header.timestamp().unix_seconds(), vector.timestamp);
    }
}

#[test]
fn we_sign_as_stripes_sdk_does() {
    for vector in vectors() {
        let at = Timestamp::from_unix_seconds(vector.timestamp);
        let header = sign(&vector.secret, at, vector.payload.as_bytes());
        assert_eq!(header, vector.header, "{}", vector.name);
    }
}

#[test]
fn one_byte_altered_matches_no_more() {
    for vector in vectors() {
        let header = SignatureHeader::parse(&vector.header).expect("well formed");
        let mut body = vector.payload.into_bytes();
        match body.last_mut() {
            Some(last) => *last ^= 1,
            None => body.push(b' '),
        }
        assert!(!header.matches(&vector.secret, &body), "{}", vector.name);
    }
}
