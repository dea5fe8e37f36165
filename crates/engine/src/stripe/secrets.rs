//! The one cache of signing secrets in clear: dropped on change, after ten minutes,
//! and when the app's row version differs.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::StripeAppId;
use domain::timestamp::Timestamp;
use moka::sync::Cache;
use store::Conn;
use store::stripe_apps::StripeApp;
use zeroize::Zeroizing;

use crate::Engine;
use crate::error::Result;
use crate::keys::data_keys::{DataKeys, Place};

/// Apps whose secrets are kept at most.
const CAPACITY: u64 = 10_000;

pub(crate) const SIGNING_SECRET: &str = "signing_secret";
pub(crate) const PREVIOUS_SIGNING_SECRET: &str = "previous_signing_secret";
pub(crate) const SECRET_KEY: &str = "secret_key";

/// The signing secrets of one app, in clear.
pub(crate) struct SigningSecrets {
    current: Option<Zeroizing<String>>,
    previous: Option<(Zeroizing<String>, Timestamp)>,
    /// A secret is saved, but could not be opened.
    pub(crate) is_unreadable: bool,
}

impl SigningSecrets {
    /// The secrets that count now: the current one and, while it is being rolled, the previous.
    pub(crate) fn active(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let previous = self.previous.as_ref().filter(|(_, until)| now <= *until);
        self.current
            .iter()
            .chain(previous.map(|(secret, _)| secret))
            .map(|secret| secret.as_str())
    }
}

pub(crate) struct SecretsCache(Cache<(StripeAppId, i64), Arc<SigningSecrets>>);

impl SecretsCache {
    pub(crate) fn new(time_to_live: Duration) -> Self {
        Self(
            Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(time_to_live)
                .build(),
        )
    }

    /// The app's signing secrets, from the cache where the row has not changed.
    pub(crate) async fn load(
        &self,
        engine: &Engine,
        conn: &mut Conn,
        app: &StripeApp,
    ) -> Result<Arc<SigningSecrets>> {
        let place = (app.id, app.row_version);
        if let Some(known) = self.0.get(&place) {
            return Ok(known);
        }
        let secrets = Arc::new(open(engine, conn, app).await?);
        if !secrets.is_unreadable {
            self.0.insert(place, secrets.clone());
        }
        Ok(secrets)
    }

    /// Forgets an app's secrets at once.
    pub(crate) fn forget(&self, app: StripeAppId, row_version: i64) {
        self.0.invalidate(&(app, row_version));
    }
}

async fn open(engine: &Engine, conn: &mut Conn, app: &StripeApp) -> Result<SigningSecrets> {
    let mut secrets = SigningSecrets {
        current: None,
        previous: None,
        is_unreadable: false,
    };
    let Ok(keys) = DataKeys::load(engine, conn, app.tenant_id).await else {
        secrets.is_unreadable = app.signing_secret_sealed.is_some();
        return Ok(secrets);
    };
    if let Some(sealed) = &app.signing_secret_sealed {
        secrets.current = open_secret(&keys, app, SIGNING_SECRET, sealed);
        secrets.is_unreadable = secrets.current.is_none();
    }
    if let (Some(sealed), Some(until)) = (
        &app.previous_signing_secret_sealed,
        app.previous_signing_secret_until,
    ) {
        secrets.previous = open_secret(&keys, app, PREVIOUS_SIGNING_SECRET, sealed)
            .map(|secret| (secret, Timestamp::from_millis(until)));
    }
    Ok(secrets)
}

/// Opens one of an app's sealed secrets; an empty one counts as none.
pub(crate) fn open_secret(
    keys: &DataKeys,
    app: &StripeApp,
    column: &'static str,
    sealed: &[u8],
) -> Option<Zeroizing<String>> {
    let row = app.id.to_string();
    keys.open_secret(&place(&row, column), sealed)
        .filter(|secret| !secret.is_empty())
}

pub(crate) const fn place<'a>(row: &'a str, column: &'static str) -> Place<'a> {
    Place {
        table: "stripe_apps",
        row,
        column,
    }
}
