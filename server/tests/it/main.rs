//! The server from outside: real routers, real adapters, a Stripe and a mailbox at home, by HTTP only.

mod api;
mod backup;
mod browser;
mod chain;
mod connections;
mod cookies;
mod crash;
mod database;
mod door;
mod faults;
mod flood;
mod forms;
mod harness;
mod live;
mod log;
mod master_key;
mod monitor;
#[cfg(feature = "embed")]
mod one_file;
mod passwords;
mod power_cut;
mod program;
mod proxies;
mod race;
mod rate_limit;
mod roles;
mod secrecy;
mod starts;
mod stopping;
mod tls;
mod together;
mod worker;
