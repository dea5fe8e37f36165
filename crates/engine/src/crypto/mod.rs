//! A tenant's RSA pairs, and the offline codes that they sign.
//!
//! Keys are drawn by the library's own generator, which takes chance from the operating system: it
//! takes no other, so this is the one drawing that does not come through the ports.

pub mod offline;
mod rsa;
pub mod signing_keys;
