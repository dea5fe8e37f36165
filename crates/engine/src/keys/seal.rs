//! Sealing: AES-256-GCM with associated data that says where a value lives.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// Layout of a sealed value: this byte, 12 bytes of nonce, ciphertext with its 16-byte tag.
const LAYOUT: u8 = 1;
const NONCE: usize = 12;

/// A 256-bit key, wiped when dropped.
pub type Key = Zeroizing<[u8; 32]>;

/// Seals a value. `place` binds it to where it lives, for example
/// `7/stripe_apps/<id>/secret_key`: moved elsewhere it does not open.
pub(crate) fn seal(key: &Key, nonce: [u8; NONCE], place: &str, value: &[u8]) -> Result<Vec<u8>> {
    let payload = Payload {
        msg: value,
        aad: place.as_bytes(),
    };
    let ciphertext = cipher(key)
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| Error::fault("sealing a value"))?;
    let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
    sealed.push(LAYOUT);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&ciphertext);
    Ok(sealed)
}

/// Opens a sealed value; `None` where the key, the place or a single bit is another.
pub(crate) fn open(key: &Key, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (&LAYOUT, rest) = sealed.split_first()? else {
        return None;
    };
    let (nonce, ciphertext) = rest.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: ciphertext,
        aad: place.as_bytes(),
    };
    cipher(key)
        .decrypt(&Nonce::from(nonce), payload)
        .ok()
        .map(Zeroizing::new)
}

/// Opens a sealed 256-bit key.
pub(crate) fn open_key(key: &Key, place: &str, sealed: &[u8]) -> Option<Key> {
    let bytes = open(key, place, sealed)?;
    let bytes: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(Zeroizing::new(bytes))
}

fn cipher(key: &Key) -> Aes256Gcm {
    Aes256Gcm::new((&**key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Zeroizing::new([byte; 32])
    }

    #[test]
    fn a_value_opens_only_with_its_key_and_at_its_place() {
        let sealed = seal(&key(1), [7; 12], "1/a/b", b"whsec_value").expect("seals");
        assert_eq!(
            open(&key(1), "1/a/b", &sealed).expect("opens").as_slice(),
            b"whsec_value"
        );
        assert!(open(&key(2), "1/a/b", &sealed).is_none());
        assert!(open(&key(1), "2/a/b", &sealed).is_none());
    }

    #[test]
    fn no_bit_can_be_changed() {
        let sealed = seal(&key(1), [7; 12], "1/a/b", b"value").expect("seals");
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert!(open(&key(1), "1/a/b", &changed).is_none(), "byte {i}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key(1), "1/a/b", &sealed[..length]).is_none());
        }
    }
}
