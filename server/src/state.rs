//! What every route works with.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::FromRef;
use engine::Engine;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use leptos::prelude::LeptosOptions;
use secrecy::SecretString;

use crate::assets::Site;

/// Refused deliveries that are kept per second and address; more prove nothing new.
const KEPT_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Cheap to clone; shared by every request.
#[derive(Clone)]
pub struct ServerState {
    /// The engine.
    pub engine: Engine,
    /// The site's files.
    pub site: Site,
    /// The code that makes the first admin, until there is one.
    pub setup_code: Option<Arc<SecretString>>,
    /// Where the hosted checkout page is, if not at Stripe's own origin.
    pub checkout_origin: Option<Arc<str>>,
    /// Which addresses may still have refused deliveries kept.
    pub refused_deliveries: Arc<DefaultKeyedRateLimiter<IpAddr>>,
}

impl ServerState {
    /// Puts the state together.
    pub fn new(engine: Engine, site: Site, setup_code: Option<SecretString>) -> Self {
        Self {
            engine,
            site,
            setup_code: setup_code.map(Arc::new),
            checkout_origin: None,
            refused_deliveries: Arc::new(RateLimiter::keyed(Quota::per_second(KEPT_PER_SECOND))),
        }
    }

    /// Says where the hosted checkout page is, for a sandbox at home.
    #[must_use]
    pub fn with_checkout_origin(mut self, origin: Option<&str>) -> Self {
        self.checkout_origin = origin.map(Into::into);
        self
    }
}

impl FromRef<ServerState> for LeptosOptions {
    /// Leptos asks for its options with the state; the files are served by our own `assets`.
    fn from_ref(_: &ServerState) -> Self {
        Self::builder().output_name("exisone").build()
    }
}
