//! The door: HTTP in, adapters out, wiring. The binary is ten lines over this library,
//! so that tests start the same server with a clock and a Stripe of their own.

pub mod api;
pub mod assets;
pub mod boot;
pub mod cli;
pub mod config;
pub mod connections;
pub mod export;
pub mod live;
pub mod middleware;
pub mod monitor;
pub mod outbound;
pub mod pages;
pub mod router;
pub mod state;
pub mod telemetry;
pub mod tls;
pub mod webhooks;
pub mod worker;
