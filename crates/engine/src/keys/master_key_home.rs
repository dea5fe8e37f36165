//! Where the master key is kept, and how it can be exchanged while servers run.

use std::sync::{Arc, PoisonError, RwLock};

use crate::keys::master_key::MasterKey;
use crate::keys::seal::Key;

/// Keys that are kept in memory at most: the wanted one, and those that were replaced while we run.
const KNOWN: usize = 4;

/// Where the master key is kept: a file, a variable, a test's hand.
pub trait MasterKeyHome: Send + Sync {
    /// The keys that may open this installation, the wanted one first. Asked at the start, and again
    /// whenever something does not open: another process may have exchanged the key.
    fn read(&self) -> Vec<MasterKey>;

    /// Keeps `new` as the wanted key beside `present`, durably, before anything is put under it.
    fn prepare(&self, new: &MasterKey, present: &MasterKey) -> Result<(), String> {
        let _ = (new, present);
        Err("the master key is not kept in a file".into())
    }

    /// Keeps `present` alone, once everything is under it. `former` opens what was copied before.
    fn finish(&self, present: &MasterKey, former: &[MasterKey]) -> Result<(), String> {
        let _ = (present, former);
        Ok(())
    }
}

/// One key, for ever.
impl MasterKeyHome for MasterKey {
    fn read(&self) -> Vec<MasterKey> {
        vec![self.clone()]
    }
}

/// The keys known so far; asks their home again when none of them fits.
pub(crate) struct KeyRing {
    home: Arc<dyn MasterKeyHome>,
    known: RwLock<Vec<MasterKey>>,
}

impl KeyRing {
    pub(crate) fn new(home: Arc<dyn MasterKeyHome>) -> Self {
        let known = RwLock::new(home.read());
        Self { home, known }
    }

    pub(crate) fn home(&self) -> &dyn MasterKeyHome {
        self.home.as_ref()
    }

    /// The key that is wanted; `None` where there is none.
    pub(crate) fn wanted(&self) -> Option<MasterKey> {
        self.known().first().cloned()
    }

    /// Opens a key that a master key wraps.
    pub(crate) fn unwrap(&self, place: &str, wrapped: &[u8]) -> Option<Key> {
        self.open(place, wrapped).map(|(_, key)| key)
    }

    /// The same, with the master key that did it.
    pub(crate) fn open(&self, place: &str, wrapped: &[u8]) -> Option<(MasterKey, Key)> {
        try_all(&self.known(), place, wrapped).or_else(|| {
            self.read_again();
            try_all(&self.known(), place, wrapped)
        })
    }

    /// What was known stays known: a row may have been read before it was put under the new key.
    fn read_again(&self) {
        let mut keys = self.home.read();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        for key in known.drain(..) {
            if !keys.iter().any(|other| other.is_same(&key)) {
                keys.push(key);
            }
        }
        keys.truncate(KNOWN);
        *known = keys;
    }

    fn known(&self) -> Vec<MasterKey> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn try_all(keys: &[MasterKey], place: &str, wrapped: &[u8]) -> Option<(MasterKey, Key)> {
    keys.iter()
        .find_map(|key| Some((key.clone(), key.unwrap(place, wrapped)?)))
}
