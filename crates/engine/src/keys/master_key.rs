//! The master key: 32 bytes outside the database, without which it cannot be read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::keys::seal::{self, Key};
use crate::ports::Entropy;

/// The key that wraps the installation key and every tenant's key.
#[derive(Clone)]
pub struct MasterKey(Key);

impl MasterKey {
    /// Draws a new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut_slice());
        Self(bytes)
    }

    /// Reads 32 bytes in base64, as a file or a variable holds them; white space around is ignored.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// As base64, for the file that keeps it.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }

    /// True where both are one key.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    pub(crate) fn wrap(&self, nonce: [u8; 12], place: &str, key: &Key) -> crate::Result<Vec<u8>> {
        seal::seal(&self.0, nonce, place, key.as_slice())
    }

    pub(crate) fn unwrap(&self, place: &str, wrapped: &[u8]) -> Option<Key> {
        seal::open_key(&self.0, place, wrapped)
    }
}
