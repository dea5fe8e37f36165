//! What a sandbox is started with.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Settings of one sandbox; `Options::default()` is what tests want: free loopback ports, nothing kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where HTTP listens; loopback only.
    pub listen: SocketAddr,
    /// Where SMTP listens; loopback only.
    pub smtp: SocketAddr,
    /// A file that keeps everything over a restart.
    pub state_file: Option<PathBuf>,
    /// Makes ids and secrets repeatable.
    pub seed: Option<u64>,
    /// After how many milliseconds delayed payments end by themselves; without it they wait for `settle`.
    pub settle_after: Option<i64>,
    /// Milliseconds between the attempts of one delivery, the list's end being the last retry;
    /// without it Stripe's own pace: [`LIVE_RETRIES`] and [`TEST_RETRIES`].
    pub retry_delays: Option<Vec<i64>>,
    /// How many milliseconds a webhook may take to answer.
    pub webhook_timeout: u64,
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// Stripe's pace in live mode: exponential, for three days.
pub const LIVE_RETRIES: [i64; 16] = [
    5 * MINUTE,
    15 * MINUTE,
    45 * MINUTE,
    2 * HOUR,
    4 * HOUR,
    5 * HOUR,
    5 * HOUR,
    5 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
    6 * HOUR,
];

/// Stripe's pace in test mode: three retries over a few hours.
pub const TEST_RETRIES: [i64; 3] = [5 * MINUTE, HOUR, 2 * HOUR];

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            smtp: SocketAddr::from(([127, 0, 0, 1], 0)),
            state_file: None,
            seed: None,
            settle_after: None,
            retry_delays: None,
            webhook_timeout: 20_000,
        }
    }
}
