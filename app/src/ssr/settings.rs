//! Settings between the engine and their page.

use domain::permission::Permission;
use domain::settings_form::SettingsForm;
use engine::Error;
use engine::settings::{mail_server, read, send_test_mail, update};

use super::changes::history_of;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::settings::{MailServer, MailServerInput, Settings};

/// The settings, and where mails go.
pub async fn settings_page(who: &SignedIn) -> Result<Settings, Error> {
    let settings = read::execute(&who.engine, &who.actor).await?;
    let used = mail_server::execute(&who.engine, &who.actor).await?;
    Ok(Settings {
        company_name: settings.company_name,
        support_address: settings.support_address,
        test_keys_valid: settings.test_keys_valid,
        mail_server: used.map(|used| MailServer {
            host: used.server.host,
            sender: used.server.sender,
            is_own: used.is_own,
        }),
        is_mailer_installed: who.engine.has_mailer(),
        history: history_of(who, ("tenant", &who.actor.tenant().to_string())).await?,
        now: who.engine.now(),
        email: who.session.email.clone(),
        may_manage: who.actor.may(Permission::Manage).is_ok(),
    })
}

/// Saves what the form says.
pub async fn keep_settings(who: &SignedIn, form: &SettingsForm) -> Result<Next, Error> {
    update::execute(&who.engine, &who.actor, form).await?;
    Ok(Next::stay("Saved."))
}

/// Lets keys from test purchases open programs, or no longer.
pub async fn switch_test_keys(who: &SignedIn, valid: &str) -> Result<Next, Error> {
    let form = SettingsForm {
        test_keys_valid: Some(valid.to_owned()),
        ..SettingsForm::default()
    };
    let settings = update::execute(&who.engine, &who.actor, &form).await?;
    Ok(Next::stay(if settings.test_keys_valid {
        "Keys from test purchases open your programs again."
    } else {
        "Keys from test purchases no longer open your programs."
    }))
}

/// Sets the tenant's own mail server.
pub async fn keep_mail_server(who: &SignedIn, input: &MailServerInput) -> Result<Next, Error> {
    let form = SettingsForm {
        mail_server_url: Some(input.mail_server_url.0.clone()),
        mail_sender: Some(input.mail_sender.clone()),
        own_mail_server: Some("true".to_owned()),
        ..SettingsForm::default()
    };
    update::execute(&who.engine, &who.actor, &form).await?;
    Ok(Next::stay(
        "Saved. Mails go over your own server from now on.",
    ))
}

/// Takes the tenant's own mail server away.
pub async fn drop_own_mail_server(who: &SignedIn) -> Result<Next, Error> {
    let form = SettingsForm {
        own_mail_server: Some("false".to_owned()),
        ..SettingsForm::default()
    };
    update::execute(&who.engine, &who.actor, &form).await?;
    Ok(Next::stay("Your own mail server is forgotten."))
}

/// Sends a test mail to the person; the mail's own page tells what became of it.
pub async fn try_mail_server(who: &SignedIn) -> Result<Next, Error> {
    let mail = send_test_mail::execute(&who.engine, &who.actor, &who.session.email).await?;
    Ok(Next::Go(format!("/outbox/{mail}")))
}
