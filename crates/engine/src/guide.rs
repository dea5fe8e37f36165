//! How far a tenant has come on the way from a Stripe account to programs that ask for their licences: each
//! step is looked up, none is ticked off by hand.

use domain::event_log::EventStatus;
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use domain::permission::Permission;
use domain::settings_form::TenantSettings;
use store::{activations, orders};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::mails::list::{self as mails, MailQuery};
use crate::products::{self, ProductView};
use crate::settings::{self, mail_server};
use crate::stripe::apps::{self, AppView};
use crate::stripe::events::{self, EventFilter};
use crate::tokens;

/// What is there, and what has happened.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a checklist is its yes and no"
)]
pub struct Progress {
    /// The tenant's Stripe apps, test and live.
    pub apps: Vec<AppView>,
    /// Its products.
    pub products: Vec<ProductView>,
    /// What it has set.
    pub settings: TenantSettings,
    /// Stripe's signature of a test event was right.
    pub has_verified_test_event: bool,
    /// Stripe's signature of a live event was right.
    pub has_verified_live_event: bool,
    /// A purchase in test mode has its keys.
    pub has_test_purchase: bool,
    /// A mail server is named.
    pub has_mail_server: bool,
    /// It has taken a mail.
    pub has_sent_mail: bool,
    /// A token that may validate is there and has not ended.
    pub has_program_token: bool,
    /// A device has a licence.
    pub has_activation: bool,
}

/// How far the tenant has come.
pub async fn progress(engine: &Engine, actor: &Actor) -> Result<Progress> {
    actor.may_read()?;
    Ok(Progress {
        apps: apps::list::execute(engine, actor).await?,
        products: products::list::execute(engine, actor).await?,
        settings: settings::read::execute(engine, actor).await?,
        has_verified_test_event: has_verified_event(engine, actor, false).await?,
        has_verified_live_event: has_verified_event(engine, actor, true).await?,
        has_test_purchase: has_test_purchase(engine, actor).await?,
        has_mail_server: mail_server::execute(engine, actor).await?.is_some(),
        has_sent_mail: has_sent_mail(engine, actor).await?,
        has_program_token: has_program_token(engine, actor).await?,
        has_activation: has_activation(engine, actor).await?,
    })
}

async fn has_verified_event(engine: &Engine, actor: &Actor, livemode: bool) -> Result<bool> {
    let filter = EventFilter {
        status: EventStatus::Verified.to_string(),
        livemode: Some(livemode),
        limit: 1,
        ..EventFilter::default()
    };
    Ok(!events::list(engine, actor, (filter, 0)).await?.is_empty())
}

async fn has_test_purchase(engine: &Engine, actor: &Actor) -> Result<bool> {
    let mut conn = engine.read().await?;
    Ok(orders::is_any_issued(&mut conn, actor.tenant(), false).await?)
}

async fn has_sent_mail(engine: &Engine, actor: &Actor) -> Result<bool> {
    let query = MailQuery {
        livemode: None,
        state: Some(MailState::Sent),
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: 1,
    };
    Ok(!mails::execute(engine, actor, &query)
        .await?
        .items
        .is_empty())
}

async fn has_program_token(engine: &Engine, actor: &Actor) -> Result<bool> {
    let now = engine.now();
    let all = tokens::list::execute(engine, actor).await?;
    Ok(all.iter().any(|token| {
        token.permissions.contains(Permission::Verify)
            && token.revoked_at.is_none()
            && token.expires_at.is_none_or(|end| end > now)
    }))
}

async fn has_activation(engine: &Engine, actor: &Actor) -> Result<bool> {
    let mut conn = engine.read().await?;
    Ok(activations::is_any_active(&mut conn, actor.tenant()).await?)
}
