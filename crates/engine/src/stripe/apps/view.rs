//! Makes what may be shown of a Stripe app: which secrets it has, never what they are.

use domain::stripe_app_status::{self, SavedSecret, StripeAppFacts};
pub use domain::stripe_app_view::StripeAppView as AppView;
use domain::timestamp::Timestamp;
use store::Conn;
use store::stripe_apps::StripeApp;

use crate::Engine;
use crate::error::Result;
use crate::keys::data_keys::DataKeys;
use crate::stripe::secrets::{SECRET_KEY, SIGNING_SECRET, open_secret};

/// Opens the secrets once to know whether they can be opened, and forgets them.
pub(super) async fn of(engine: &Engine, conn: &mut Conn, app: &StripeApp) -> Result<AppView> {
    let keys = DataKeys::load(engine, conn, app.tenant_id).await.ok();
    let saved = |column: &'static str, sealed: Option<&Vec<u8>>| match (sealed, &keys) {
        (None, _) => SavedSecret::Missing,
        (Some(sealed), Some(keys)) if open_secret(keys, app, column, sealed).is_some() => {
            SavedSecret::Readable
        }
        (Some(_), _) => SavedSecret::Unreadable,
    };
    let facts = StripeAppFacts {
        is_live: app.is_live,
        is_active: app.is_active,
        has_tenant_key: keys.is_some(),
        secret_key: saved(SECRET_KEY, app.secret_key_sealed.as_ref()),
        signing_secret: saved(SIGNING_SECRET, app.signing_secret_sealed.as_ref()),
    };
    Ok(AppView {
        id: app.id,
        name: app.name.clone(),
        publishable_key: app.publishable_key.clone(),
        has_secret: facts.secret_key == SavedSecret::Readable,
        secret_key_last_four: app.secret_key_last_four.clone(),
        has_webhook_signing_secret: facts.signing_secret == SavedSecret::Readable,
        signing_secret_last_four: app.signing_secret_last_four.clone(),
        previous_signing_secret_until: app
            .previous_signing_secret_until
            .map(Timestamp::from_millis)
            .filter(|until| *until >= engine.now()),
        is_live: app.is_live,
        is_active: app.is_active,
        is_default: app.is_default,
        default_currency: app.default_currency.clone(),
        status: stripe_app_status::status(facts),
        problems: stripe_app_status::problems(facts),
        webhook_url: webhook_url(engine, &app.public_id),
        created_at: Timestamp::from_millis(app.created_at),
    })
}

fn webhook_url(engine: &Engine, public_id: &str) -> String {
    format!("{}/api/stripe/webhook/{public_id}", engine.public_url())
}
