//! The only home of time and chance in the sandbox; a test may set both.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The sandbox's time: the machine's, plus an offset that a test may change.
#[derive(Debug, Default)]
pub struct Clock {
    offset: AtomicI64,
}

impl Clock {
    /// Now, in UTC unix milliseconds.
    pub fn now(&self) -> i64 {
        machine_millis() + self.offset.load(Ordering::Relaxed)
    }

    /// Makes now the given moment (UTC unix milliseconds); time runs on from there.
    pub fn set(&self, millis: i64) {
        self.offset
            .store(millis - machine_millis(), Ordering::Relaxed);
    }

    /// Moves time by so many milliseconds, backwards when negative.
    pub fn advance(&self, millis: i64) {
        self.offset.fetch_add(millis, Ordering::Relaxed);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this module is the sandbox's one home of time"
)]
fn machine_millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the machine's clock is after 1970");
    i64::try_from(since.as_millis()).expect("milliseconds since 1970 fit 64 bits")
}

const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The sandbox's chance, from the machine or from a seed.
#[derive(Debug)]
pub struct Dice {
    rng: Mutex<StdRng>,
}

impl Dice {
    /// Dice that repeat themselves for a seed, and never without one.
    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the sandbox's one home of chance"
    )]
    pub fn new(seed: Option<u64>) -> Self {
        let rng = match seed {
            Some(seed) => StdRng::seed_from_u64(seed),
            None => StdRng::seed_from_u64(rand::rng().next_u64()),
        };
        Self {
            rng: Mutex::new(rng),
        }
    }

    /// So many random letters and digits.
    pub fn letters(&self, count: usize) -> String {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        (0..count)
            .map(|_| char::from(LETTERS[(rng.next_u32() % 62) as usize]))
            .collect()
    }
}
