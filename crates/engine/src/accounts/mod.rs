//! People and their sessions: passwords, signing in and out, and the very first person.
//!
//! What these actions keep in memory is bounded, and a restart may forget it: attempts
//! that were counted, and sessions that were seen but not yet written down.

pub mod browsers;
pub mod change_password;
pub mod create_admin;
mod pass;
pub(crate) mod password;
pub mod second_factor;
pub mod session;
pub mod set_password;
pub mod setup;
pub mod sign_in;
pub mod sign_out;
pub mod switch_side;
pub mod switch_tenant;
mod throttle;
pub mod time_zone;
mod totp;

use password::Hasher;
use session::Seen;
use throttle::Throttle;

/// What accounts keep in memory, one per engine.
#[derive(Default)]
pub(crate) struct Accounts {
    hasher: Hasher,
    throttle: Throttle,
    seen: Seen,
}
