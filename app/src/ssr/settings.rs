//! Settings between the engine and their page.

use domain::permission::Permission;
use domain::settings_form::SettingsForm;
use engine::Error;
use engine::settings::{read, send_test_mail, update};

use super::reply::Next;
use super::session::SignedIn;
use crate::api::settings::{MailServer, Settings};

/// The settings, and where mails go.
pub async fn settings_page(who: &SignedIn) -> Result<Settings, Error> {
    let settings = read::execute(&who.engine, &who.actor).await?;
    Ok(Settings {
        company_name: settings.company_name,
        support_address: settings.support_address,
        test_keys_valid: settings.test_keys_valid,
        mail_server: who.engine.mail_server().map(|server| MailServer {
            host: server.host,
            sender: server.sender,
        }),
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

/// Sends a test mail to the person; the mail's own page tells what became of it.
pub async fn try_mail_server(who: &SignedIn) -> Result<Next, Error> {
    let mail = send_test_mail::execute(&who.engine, &who.actor, &who.session.email).await?;
    Ok(Next::Go(format!("/outbox/{mail}")))
}
