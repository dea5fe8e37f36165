//! Stripe apps between the engine and their pages.

use domain::ids::StripeAppId;
use domain::list_state::Shelf;
use domain::money::Currency;
use domain::permission::Permission;
use domain::stripe_app::StripeAppForm;
use domain::stripe_app_view::StripeAppView;
use engine::Error;
use engine::page::PAGE_SIZE;
use engine::stripe::apps::list::AppQuery;
use engine::stripe::apps::{archive, check_key, list, save};

use super::changes::history_of;
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::stripe_apps::{AppPage, AppRow};
use crate::api::{Listed, NamedSearch};

/// A page of the tenant's apps, both sides of the switch, in use or archived.
pub async fn apps_on_shelf(who: &SignedIn, search: NamedSearch) -> Result<Listed<AppRow>, Error> {
    let query = AppQuery {
        // A word that is no shelf shows what is in use: the address was typed by hand.
        shelf: search.state.parse().unwrap_or(Shelf::Current),
        search: search.find,
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    };
    let page = list::page(&who.engine, &who.actor, &query).await?;
    let row = match query.shelf {
        Shelf::Current => in_use,
        Shelf::Archived => archived,
    };
    Ok(Listed {
        items: page.items.into_iter().map(row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

fn in_use(app: StripeAppView) -> AppRow {
    let remedy = app.problems.first().map(|problem| problem.remedy.clone());
    let status = Some(app.status);
    let is_idle = (!app.is_active).then_some("not active");
    AppRow {
        status,
        remedy,
        ..line(app, is_idle)
    }
}

fn archived(app: StripeAppView) -> AppRow {
    line(app, None)
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
