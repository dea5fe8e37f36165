//! What every route works with.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use engine::Engine;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use leptos::prelude::LeptosOptions;
use secrecy::SecretString;

use crate::assets::Site;
use crate::middleware::client_address::TrustedProxies;
use crate::middleware::rate_limit::RateLimits;
use crate::monitor::Monitor;

/// Refused deliveries that are kept per second and address; more prove nothing new.
const KEPT_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");

/// Addresses remembered at most before the silent ones are forgotten.
const MOST_ADDRESSES: usize = 10_000;

/// An IPv4 address, or the /64 network of an IPv6 one: its holder has them all.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Cheap to clone; shared by every request.
#[derive(Clone)]
pub struct ServerState(Arc<Shared>);

/// What is put together at the start and never changes.
#[derive(Clone)]
pub struct Shared {
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
    /// Proxies whose word about the client's address is believed.
    pub trusted_proxies: Arc<TrustedProxies>,
    /// How much callers of the API may ask; `None` is without limit.
    pub rate_limits: Option<Arc<RateLimits>>,
    /// What `/metrics` shows here; `None` where there is no such page.
    pub monitor: Option<Monitor>,
}

impl ServerState {
    /// Puts the state together.
    pub fn new(engine: Engine, site: Site, setup_code: Option<SecretString>) -> Self {
        Self(Arc::new(Shared {
            engine,
            site,
            setup_code: setup_code.map(Arc::new),
            checkout_origin: None,
            refused_deliveries: Arc::new(RateLimiter::keyed(Quota::per_second(KEPT_PER_SECOND))),
            trusted_proxies: Arc::default(),
            rate_limits: None,
            monitor: None,
        }))
    }

    /// For the start, while nobody else has it.
    fn change(mut self, change: impl FnOnce(&mut Shared)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// True while an address has not yet sent too many refused deliveries. An IPv6 network counts as
    /// one, and addresses that have fallen silent are forgotten before the table grows large.
    pub fn may_keep_refused(&self, address: IpAddr) -> bool {
        if self.refused_deliveries.len() >= MOST_ADDRESSES {
            self.refused_deliveries.retain_recent();
        }
        self.refused_deliveries.check_key(&network(address)).is_ok()
    }

    /// Names the proxies whose word about the client's address is believed.
    #[must_use]
    pub fn with_trusted_proxies(self, proxies: TrustedProxies) -> Self {
        self.change(|shared| shared.trusted_proxies = Arc::new(proxies))
    }

    /// Limits how much callers of the API may ask.
    #[must_use]
    pub fn with_rate_limits(self, limits: RateLimits) -> Self {
        self.change(|shared| shared.rate_limits = Some(Arc::new(limits)))
    }

    /// Shows the metrics at `/metrics`, beside everything else.
    #[must_use]
    pub fn with_monitor(self, monitor: Option<Monitor>) -> Self {
        self.change(|shared| shared.monitor = monitor)
    }

    /// Says where the hosted checkout page is, for a sandbox at home.
    #[must_use]
    pub fn with_checkout_origin(self, origin: Option<&str>) -> Self {
        self.change(|shared| shared.checkout_origin = origin.map(Into::into))
    }
}

impl Deref for ServerState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<ServerState> for LeptosOptions {
    /// Leptos asks for its options with the state; the files are served by our own `assets`.
    fn from_ref(_: &ServerState) -> Self {
        Self::builder().output_name("exisone").build()
    }
}
