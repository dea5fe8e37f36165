//! Finding anything: pages, products, keys, customers, and what Stripe's ids mean.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::sent::Sent;

/// Something to go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// `Page`, `Product`, `Key`, `Event`, `Purchase`.
    pub kind: String,
    /// What it is called.
    pub label: String,
    /// What tells it from others, or empty.
    pub note: String,
    /// Its address.
    pub href: String,
}

/// What a typed text may mean, the nearest first; without one, the pages.
#[server]
pub async fn find_anything(find: String) -> Result<Sent<Vec<Hit>>, UiError> {
    use crate::ssr::{hits, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&hits(&who, &find).await.map_err(refuse)?)
}
