//! Adding and changing a Stripe app. Secrets go in and never come out.

use domain::ids::StripeAppId;
use domain::money::Currency;
use domain::permission::Permission;
use domain::stripe_app::{SavedStripeApp, StripeAppChanges, StripeAppForm};
use serde_json::json;
use store::stripe_apps::{self, StripeApp};
use store::{StoreError, Tx, installation, tenants};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;
use crate::stripe::secrets::{PREVIOUS_SIGNING_SECRET, SECRET_KEY, SIGNING_SECRET, place};

/// Stripe lets the former secret of a rolled endpoint live for 24 hours at most.
const PREVIOUS_SECRET_HOURS: i64 = 24;

/// Adds an app; answers its id.
pub async fn create(engine: &Engine, actor: &Actor, form: &StripeAppForm) -> Result<StripeAppId> {
    actor.may(Permission::Manage)?;
    let changes = form.parse(&SavedStripeApp::default())?;
    let mut app = blank(engine, actor);
    let mut tx = engine.begin();
    // Saves of one tenant go one after the other: what is read here is what is written over.
    tenants::lock(&mut tx, actor.tenant()).await?;
    prepare(engine, &mut tx, (&mut app, &changes)).await?;
    stripe_apps::insert(&mut tx, &app).await.map_err(in_use)?;
    note(engine, &mut tx, (actor, "created"), (&app, &changes));
    tx.commit().await?;
    Ok(app.id)
}

/// Changes an app; what is absent in the form stays as it is, secrets too.
pub async fn update(
    engine: &Engine,
    actor: &Actor,
    id: StripeAppId,
    form: &StripeAppForm,
) -> Result<()> {
    actor.may(Permission::Manage)?;
    let mut tx = engine.begin();
    tenants::lock(&mut tx, actor.tenant()).await?;
    let mut app = stripe_apps::find(&mut tx, actor.tenant(), id)
        .await?
        .filter(|app| app.archived_at.is_none())
        .ok_or(Error::NotFound("Stripe app"))?;
    let changes = form.parse(&saved(&app))?;
    let before = app.row_version;
    prepare(engine, &mut tx, (&mut app, &changes)).await?;
    app.updated_at = Some(engine.now().millis());
    if !stripe_apps::update(&mut tx, &app).await.map_err(in_use)? {
        return Err(Error::NotFound("Stripe app"));
    }
    note(engine, &mut tx, (actor, "updated"), (&app, &changes));
    tx.commit().await?;
    engine.secrets().forget(id, before);
    Ok(())
}

fn blank(engine: &Engine, actor: &Actor) -> StripeApp {
    StripeApp {
        id: engine.new_id(),
        tenant_id: actor.tenant(),
        public_id: hex::encode(engine.random::<16>()),
        name: String::new(),
        publishable_key: String::new(),
        secret_key_sealed: None,
        secret_key_last_four: String::new(),
        signing_secret_sealed: None,
        signing_secret_last_four: String::new(),
        signing_secret_fingerprint: None,
        previous_signing_secret_sealed: None,
        previous_signing_secret_until: None,
        previous_signing_secret_fingerprint: None,
        is_live: false,
        is_active: true,
        is_default: false,
        default_currency: "USD".into(),
        row_version: 0,
        created_at: engine.now().millis(),
        updated_at: None,
        archived_at: None,
    }
}

/// The app as it will stand, its secrets sealed; takes the mark "default" from the former one.
async fn prepare(
    engine: &Engine,
    tx: &mut Tx,
    (app, changes): (&mut StripeApp, &StripeAppChanges),
) -> Result<()> {
    let keys = DataKeys::load(engine, tx, app.tenant_id).await?;
    let was_default = app.is_default && app.is_live == changes.is_live;
    apply(app, changes);
    seal_secrets(engine, tx, &keys, (app, changes)).await?;
    if app.is_default && !was_default {
        stripe_apps::clear_default(tx, app.tenant_id, app.is_live).await?;
    }
    Ok(())
}

fn note(
    engine: &Engine,
    tx: &mut Tx,
    (actor, verb): (&Actor, &str),
    (app, changes): (&StripeApp, &StripeAppChanges),
) {
    let what = Change {
        subject: ("stripe_app", app.id.to_string()),
        verb,
        data: json!({ "name": app.name, "isActive": app.is_active, "isDefault": app.is_default,
            "secretKeyChanged": changes.secret_key.is_some(),
            "signingSecretChanged": changes.webhook_signing_secret.is_some() }),
        livemode: app.is_live,
    };
    change::write(tx, actor, engine.now(), what);
}

fn saved(app: &StripeApp) -> SavedStripeApp {
    SavedStripeApp {
        name: app.name.clone(),
        publishable_key: app.publishable_key.clone(),
        is_live: app.is_live,
        is_active: app.is_active,
        is_default: app.is_default,
        default_currency: app.default_currency.parse().unwrap_or(Currency::USD),
        has_secret_key: app.secret_key_sealed.is_some(),
    }
}

fn apply(app: &mut StripeApp, changes: &StripeAppChanges) {
    app.name.clone_from(&changes.name);
    app.publishable_key.clone_from(&changes.publishable_key);
    changes
        .default_currency
        .code()
        .clone_into(&mut app.default_currency);
    app.is_live = changes.is_live;
    app.is_active = changes.is_active;
    app.is_default = changes.is_default;
}

async fn seal_secrets(
    engine: &Engine,
    tx: &mut Tx,
    keys: &DataKeys,
    (app, changes): (&mut StripeApp, &StripeAppChanges),
) -> Result<()> {
    let row = app.id.to_string();
    if let Some(secret) = &changes.secret_key {
        app.secret_key_sealed = Some(keys.seal_secret(engine, &place(&row, SECRET_KEY), secret)?);
        app.secret_key_last_four = last_four(secret);
    }
    if let Some(secret) = &changes.webhook_signing_secret {
        let fingerprint = refuse_foreign(engine, tx, app, ("webhookSigningSecret", secret)).await?;
        app.signing_secret_sealed =
            Some(keys.seal_secret(engine, &place(&row, SIGNING_SECRET), secret)?);
        app.signing_secret_last_four = last_four(secret);
        app.signing_secret_fingerprint = Some(fingerprint);
    }
    if let Some(secret) = &changes.previous_webhook_signing_secret {
        let named = ("previousWebhookSigningSecret", &**secret);
        let fingerprint = refuse_foreign(engine, tx, app, named).await?;
        let at = place(&row, PREVIOUS_SIGNING_SECRET);
        app.previous_signing_secret_sealed = Some(keys.seal_secret(engine, &at, secret)?);
        app.previous_signing_secret_until =
            Some(engine.now().plus_hours(PREVIOUS_SECRET_HOURS).millis());
        app.previous_signing_secret_fingerprint = Some(fingerprint);
    }
    Ok(())
}

/// The secret's fingerprint, unless another app of the installation accepts the same secret. Who brings a
/// secret at the same instant waits here: a unique index knows nothing of the former ones.
async fn refuse_foreign(
    engine: &Engine,
    tx: &mut Tx,
    app: &StripeApp,
    (field, secret): (&str, &str),
) -> Result<Vec<u8>> {
    let fingerprint = engine.installation().fingerprint(secret);
    installation::lock(tx).await?;
    let now = engine.now().millis();
    if stripe_apps::fingerprint_in_use(tx, &fingerprint, app.id, now).await? {
        return Err(secret_in_use(field));
    }
    Ok(fingerprint)
}

fn last_four(secret: &str) -> String {
    let count = secret.chars().count();
    secret.chars().skip(count.saturating_sub(4)).collect()
}

/// A signing secret must name one app of the installation, or nobody could tell whose event it is.
fn secret_in_use(field: &str) -> Error {
    Error::field(
        field,
        "Another app already uses this signing secret. Create an endpoint of its own in Stripe for this app, and copy that endpoint's secret.",
    )
}

/// Two forms saved at the same instant: the unique index decides.
fn in_use(error: StoreError) -> Error {
    if error.is_unique_violation() {
        return secret_in_use("webhookSigningSecret");
    }
    error.into()
}
