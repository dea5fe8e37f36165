//! The installation key: fingerprints and what belongs to no tenant. It also proves the master key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::installation;
use zeroize::Zeroizing;

use crate::engine::Parts;
use crate::error::{Error, Result};
use crate::keys::master_key_home::KeyRing;
use crate::keys::seal::{self, Key};

pub(crate) const PLACE: &str = "installation/key";

/// One random key per installation, wrapped by the master key.
pub(crate) struct InstallationKey {
    fingerprints: Key,
    deliveries: Key,
    passes: Key,
    second_factors: Key,
    recovery_codes: Key,
}

impl InstallationKey {
    pub(crate) async fn open(parts: &Parts, ring: &KeyRing) -> Result<Self> {
        let mut conn = parts.db.read().await?;
        if let Some(wrapped) = installation::find_key(&mut conn).await? {
            return Self::unwrap(ring, &wrapped);
        }
        drop(conn);
        let mut key = Zeroizing::new([0; 32]);
        parts.entropy.fill(key.as_mut_slice());
        let mut nonce = [0; 12];
        parts.entropy.fill(&mut nonce);
        let master_key = ring
            .wanted()
            .ok_or(Error::fault("there is no master key"))?;
        let wrapped = master_key.wrap(nonce, PLACE, &key)?;
        let mut tx = parts.db.begin();
        installation::insert_key(&mut tx, &wrapped, parts.clock.now().millis()).await?;
        tx.commit().await?;
        // Another node may have been first: what counts is what is there.
        let kept = installation::find_key(&mut parts.db.read().await?).await?;
        Self::unwrap(ring, &kept.unwrap_or(wrapped))
    }

    fn unwrap(ring: &KeyRing, wrapped: &[u8]) -> Result<Self> {
        let key = ring.unwrap(PLACE, wrapped).ok_or(Error::fault(
            "the master key is not the one that this database was made with; \
             give the right one in EXISONE_MASTER_KEY or EXISONE_MASTER_KEY_FILE",
        ))?;
        Ok(Self {
            fingerprints: derive(&key, b"fingerprints"),
            deliveries: derive(&key, b"deliveries"),
            passes: derive(&key, b"passes"),
            second_factors: derive(&key, b"second factors"),
            recovery_codes: derive(&key, b"recovery codes"),
        })
    }

    /// A keyed fingerprint: tells whether two secrets are the same, and nothing else.
    pub(crate) fn fingerprint(&self, secret: &str) -> Vec<u8> {
        derive(&self.fingerprints, secret.as_bytes()).to_vec()
    }

    /// What seals the passes that browsers keep.
    pub(crate) const fn passes(&self) -> &Key {
        &self.passes
    }

    /// A keyed hash of a recovery code.
    pub(crate) fn hash_recovery_code(&self, code: &str) -> [u8; 32] {
        *derive(&self.recovery_codes, code.as_bytes())
    }

    pub(crate) fn seal_second_factor(
        &self,
        nonce: [u8; 12],
        person: &str,
        secret: &[u8],
    ) -> Result<Vec<u8>> {
        seal::seal(
            &self.second_factors,
            nonce,
            &second_factor_place(person),
            secret,
        )
    }

    pub(crate) fn open_second_factor(
        &self,
        person: &str,
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        seal::open(&self.second_factors, &second_factor_place(person), sealed)
    }

    pub(crate) fn seal_delivery(&self, nonce: [u8; 12], id: &str, body: &[u8]) -> Result<Vec<u8>> {
        seal::seal(&self.deliveries, nonce, &delivery_place(id), body)
    }

    pub(crate) fn open_delivery(&self, id: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        seal::open(&self.deliveries, &delivery_place(id), sealed)
    }
}

fn second_factor_place(person: &str) -> String {
    format!("second_factors/{person}/secret")
}

fn delivery_place(id: &str) -> String {
    format!("stripe_deliveries/{id}/body")
}

/// HMAC-SHA256 as a key derivation: one purpose, one key.
pub(crate) fn derive(key: &Key, purpose: &[u8]) -> Key {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice())
        .expect("HMAC takes a key of any length (RFC 2104)");
    mac.update(purpose);
    Zeroizing::new(mac.finalize().into_bytes().into())
}
