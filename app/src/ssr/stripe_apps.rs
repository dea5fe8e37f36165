//! Stripe apps between the engine and their pages.

use domain::ids::StripeAppId;
use domain::money::Currency;
use domain::permission::Permission;
use domain::stripe_app::StripeAppForm;
use domain::stripe_app_view::StripeAppView;
use engine::Error;
use engine::stripe::apps::{archive, check_key, list, save};

use super::changes::history_of;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::stripe_apps::{AppPage, AppRow};

/// The tenant's apps, both sides of the switch.
pub async fn apps_in_use(who: &SignedIn) -> Result<Vec<AppRow>, Error> {
    let apps = list::execute(&who.engine, &who.actor).await?;
    let row = |app: StripeAppView| {
        let remedy = app.problems.first().map(|problem| problem.remedy.clone());
        let status = Some(app.status);
        let is_idle = (!app.is_active).then_some("not active");
        AppRow {
            status,
            remedy,
            ..line(app, is_idle)
        }
    };
    Ok(apps.into_iter().map(row).collect())
}

/// The tenant's archived apps, both sides of the switch.
pub async fn archived_apps(who: &SignedIn) -> Result<Vec<AppRow>, Error> {
    let apps = list::archived(&who.engine, &who.actor).await?;
    Ok(apps.into_iter().map(|app| line(app, None)).collect())
}

fn line(app: StripeAppView, note: Option<&str>) -> AppRow {
    let default = app.is_default.then_some("Default");
    let marks = [default, Some(app.default_currency.as_str()), note];
    AppRow {
        marks: marks.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        id: app.id.to_string(),
        name: app.name,
        is_live: app.is_live,
        key_end: app.secret_key_last_four,
        status: None,
        remedy: None,
    }
}

/// One app's page; with an empty id a new one's, for who may add it.
pub async fn app_page(who: &SignedIn, id: &str) -> Result<AppPage, Error> {
    let found = match id {
        "" => {
            who.actor.may(Permission::Manage)?;
            None
        }
        id => Some(list::find_on_any_shelf(&who.engine, &who.actor, parse(id)?).await?),
    };
    let (app, archived_at) = found.unzip();
    let history = match id {
        "" => Vec::new(),
        id => history_of(who, ("stripe_app", id)).await?,
    };
    let public_url = who.engine.public_url();
    Ok(AppPage {
        app,
        archived_at: archived_at.flatten(),
        livemode: who.session.livemode,
        shared_webhook_url: format!("{public_url}/api/stripe/webhook"),
        is_https: public_url.starts_with("https://"),
        currencies: Currency::all()
            .map(|currency| currency.code().to_owned())
            .collect(),
        history,
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        now: who.engine.now(),
    })
}

/// Adds or changes an app; boxes that are not ticked send nothing and mean no.
pub async fn save_stripe_app(
    who: &SignedIn,
    id: &str,
    form: &StripeAppForm,
) -> Result<Next, Error> {
    let mut form = form.clone();
    for ticked in [&mut form.is_active, &mut form.is_default] {
        ticked.get_or_insert_with(|| "false".to_owned());
    }
    if id.is_empty() {
        let id = save::create(&who.engine, &who.actor, &form).await?;
        return Ok(Next::Go(format!("/stripe/apps/{id}")));
    }
    save::update(&who.engine, &who.actor, parse(id)?, &form).await?;
    Ok(Next::stay("Saved."))
}

/// Tries the app's secret key at Stripe.
pub async fn check_stripe_app(who: &SignedIn, id: &str) -> Result<Next, Error> {
    check_key::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay("Stripe knows this key."))
}

/// Archives an app.
pub async fn archive_stripe_app(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = parse(id)?;
    archive::execute(&who.engine, &who.actor, id).await?;
    let (app, _) = list::find_on_any_shelf(&who.engine, &who.actor, id).await?;
    let notice = format!("“{}” is archived. Its events and purchases stay.", app.name);
    Ok(Next::go_saying("/stripe", notice))
}

fn parse(id: &str) -> Result<StripeAppId, Error> {
    id.parse().map_err(|_| Error::NotFound("Stripe app"))
}
