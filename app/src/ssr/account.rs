//! A person's own account between the engine and its page.

use engine::Error;
use engine::accounts::browsers::{self, BrowserView};
use engine::accounts::change_password::{self, NewPassword};
use engine::accounts::second_factor::{self, SecondFactorView};
use engine::accounts::switch_tenant::{self, WorkplaceView};
use engine::accounts::time_zone;
use secrecy::{ExposeSecret, SecretString};

use super::browser_name::browser_name;
use super::cookie::{browser_cookie, keep_new_codes, renew_session, take_new_codes};
use super::qr::qr_code;
use super::reply::Next;
use super::request::client;
use super::session::SignedIn;
use crate::api::account::{
    Account, BrowserRow, CompanyRow, PasswordInput, SecondFactor, WaitingSecret,
};
use crate::secret::SecretText;
use crate::zone::Zone;

/// Everything on the page, and recovery codes that were just made.
pub async fn account_page(who: &SignedIn) -> Result<Account, Error> {
    let (engine, person) = (&who.engine, who.person());
    let browsers = browsers::list(engine, &person).await?;
    let companies = switch_tenant::list(engine, &person).await?;
    let factor = second_factor::show(engine, &person).await?;
    Ok(Account {
        email: who.session.email.clone(),
        time_zone: who.session.time_zone.clone(),
        time_zones: time_zone::names(),
        second_factor: factor_view(factor, take_new_codes(engine)),
        browsers: browsers.into_iter().map(browser_row).collect(),
        companies: companies.into_iter().map(company_row).collect(),
        now: engine.now(),
    })
}

fn factor_view(factor: SecondFactorView, new_codes: Vec<String>) -> SecondFactor {
    let shown = |secret: &SecretString| SecretText(secret.expose_secret().to_owned());
    SecondFactor {
        since: factor.since,
        codes_left: factor.codes_left,
        waiting: factor.waiting.map(|waiting| WaitingSecret {
            secret: shown(&waiting.secret),
            url: shown(&waiting.url),
            picture: SecretText(qr_code(waiting.url.expose_secret())),
        }),
        new_codes: new_codes.into_iter().map(SecretText).collect(),
    }
}

fn browser_row(browser: BrowserView) -> BrowserRow {
    BrowserRow {
        id: browser.id.to_string(),
        name: browser_name(&browser.user_agent),
        address: browser.address,
        signed_in_at: browser.signed_in_at,
        last_seen_at: browser.last_seen_at,
        is_this: browser.is_this,
    }
}

fn company_row(place: WorkplaceView) -> CompanyRow {
    CompanyRow {
        id: place.id.get(),
        name: place.name,
        role: place.role,
        is_present: place.is_present,
    }
}

/// The zone that the person reads times in; none is UTC.
pub fn zone_of(who: &SignedIn) -> Option<Zone> {
    let name = &who.session.time_zone;
    let shifts = time_zone::shifts(name, who.engine.now());
    let shifts: Vec<_> = shifts.iter().map(|s| (s.from, s.ahead)).collect();
    (!shifts.is_empty()).then(|| Zone {
        name: name.clone(),
        shifts,
    })
}

/// Keeps the time zone that the person chose.
pub async fn choose_zone(who: &SignedIn, name: &str) -> Result<Next, Error> {
    time_zone::choose(&who.engine, &who.person(), name).await?;
    Ok(Next::stay("Saved."))
}

/// Replaces the person's password; this browser goes on, under a new token.
pub async fn choose_password(who: &SignedIn, input: PasswordInput) -> Result<Next, Error> {
    let engine = &who.engine;
    let browser_pass = browser_cookie(engine);
    let wish = NewPassword {
        current: &input.current_password.into(),
        new: &input.new_password.into(),
        address: client().address,
        browser_pass: browser_pass.as_ref().map(ExposeSecret::expose_secret),
    };
    let renewed = change_password::execute(engine, &who.person(), &wish).await?;
    renew_session(engine, &renewed);
    Ok(Next::stay(
        "Your password is changed, and your other browsers are signed out.",
    ))
}

/// Signs one of the person's browsers out.
pub async fn end_browser(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("session"))?;
    browsers::end(&who.engine, &who.person(), id).await?;
    Ok(Next::stay("That browser is signed out."))
}

/// Goes on in another company, from its first page.
pub async fn go_to_company(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = id.parse().map_err(|_| Error::NotFound("company"))?;
    switch_tenant::execute(&who.engine, &who.person(), id).await?;
    Ok(Next::Go("/".into()))
}

/// Draws a secret, which the page then shows.
pub async fn draw_second_factor(who: &SignedIn) -> Result<Next, Error> {
    second_factor::begin(&who.engine, &who.person()).await?;
    Ok(Next::stay(""))
}

/// Turns the second factor on; the recovery codes wait in the browser for the page that shows them.
pub async fn turn_second_factor_on(who: &SignedIn, code: SecretText) -> Result<Next, Error> {
    let proof = (&code.into(), client().address);
    let codes = second_factor::confirm(&who.engine, &who.person(), proof).await?;
    keep_new_codes(&who.engine, &codes);
    // The page itself shows the codes and says what to do.
    Ok(Next::stay(""))
}

/// Turns it off for whoever has the password or a code.
pub async fn turn_second_factor_off(who: &SignedIn, proof: SecretText) -> Result<Next, Error> {
    let proof = (&proof.into(), client().address);
    second_factor::turn_off(&who.engine, &who.person(), proof).await?;
    Ok(Next::stay("Sign-in asks for the password alone now."))
}
