//! What wants attention, each with its cause, since when, and where it can be mended.

use domain::ids::{AccessTokenId, MailId, OrderId, StripeAppId};
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use domain::stripe_app_status::StripeAppStatus;
use domain::timestamp::Timestamp;
use store::access_tokens::{self, AccessToken};
use store::event_log::{self, FailureFilter};
use store::mails::{self, Mail, MailFilter};
use store::{Conn, orders};

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::settings::mail_server;
use crate::stripe::apps::AppView;
use crate::stripe::events::sees_shared;

/// So long after it failed, a mail or an event wants attention.
pub const FAILURES_DAYS: i64 = 7;
const ADDRESS_MINUTES: i64 = 15;
/// Before its end, and after it, for whoever was away.
const TOKEN_DAYS: i64 = 14;
/// Things of one kind that are named one by one.
const NAMED: i64 = 20;
/// Mails that are counted one by one.
const NAMED_MAILS: i64 = 100;

/// What is wrong, the gravest kind first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Events or deliveries failed within the last 7 days.
    FailedEvents,
    /// A payment that a person must look at.
    OrderInReview,
    /// Keys were issued and nobody could be told.
    OrderWithoutAddress,
    /// Mails were given up within the last 7 days.
    MailsFailed,
    /// Mails were refused and are tried again.
    MailsRetrying,
    /// An app is not ready.
    StripeApp,
    /// No mail server is set up.
    NoMailServer,
    /// This side has no Stripe app.
    NoStripeApp,
    /// A token has ended by itself a short while ago.
    TokenExpired,
    /// Somebody tries activation keys.
    KeysGuessed,
    /// A token ends soon.
    TokenExpires,
}

impl ProblemKind {
    /// Its word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FailedEvents => "failedEvents",
            Self::OrderInReview => "orderInReview",
            Self::OrderWithoutAddress => "orderWithoutAddress",
            Self::MailsFailed => "mailsFailed",
            Self::MailsRetrying => "mailsRetrying",
            Self::StripeApp => "stripeApp",
            Self::NoMailServer => "noMailServer",
            Self::NoStripeApp => "noStripeApp",
            Self::TokenExpired => "tokenExpired",
            Self::KeysGuessed => "keysGuessed",
            Self::TokenExpires => "tokenExpires",
        }
    }
}

/// Where it can be mended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The event log, failed lines.
    FailedEvents,
    /// An order in review.
    Review(OrderId),
    /// An order whose keys exist.
    Order(OrderId),
    /// The outbox, one state.
    Mails(MailState),
    /// One mail.
    Mail(MailId),
    /// All Stripe apps.
    StripeApps,
    /// One Stripe app.
    StripeApp(StripeAppId),
    /// One access token, and its name.
    AccessToken(AccessTokenId, String),
    /// The tenant's settings, where a mail server is named.
    Settings,
    /// How programs ask: nothing to click.
    Programs,
}

/// Something that wants attention.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What is wrong.
    pub kind: ProblemKind,
    /// A few words.
    pub title: String,
    /// Cause and remedy.
    pub detail: String,
    /// Where it can be mended.
    pub target: Target,
    /// Since when; `None` where it has always been so.
    pub since: Option<Timestamp>,
}

pub(super) fn is_ready(app: &AppView) -> bool {
    app.status == StripeAppStatus::Ready
}

/// All problems of one side, the gravest first, within a kind the latest first.
pub(super) async fn find(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    (livemode, apps): (bool, &[AppView]),
) -> Result<Vec<Problem>> {
    let now = engine.now();
    let mut problems = failed_events(conn, actor, (livemode, now)).await?;
    problems.extend(in_review(conn, actor, livemode).await?);
    problems.extend(without_address(conn, actor, (livemode, now)).await?);
    problems.extend(failed_mails(conn, actor, (livemode, now)).await?);
    problems.extend(retrying_mails(conn, actor, livemode).await?);
    problems.extend(unready_apps(apps));
    let server = mail_server::find(engine, conn, actor.tenant()).await?;
    if server.is_none() {
        problems.push(no_mail_server());
    }
    if apps.is_empty() {
        problems.push(no_stripe_app(livemode));
    }
    let (ended, ending) = tokens_at_their_end(conn, actor, now).await?;
    problems.extend(ended);
    problems.extend(guessed_keys(engine, actor, now));
    problems.extend(ending);
    Ok(problems)
}

async fn failed_events(
    conn: &mut Conn,
    actor: &Actor,
    (livemode, now): (bool, Timestamp),
) -> Result<Vec<Problem>> {
    let filter = FailureFilter {
        livemode,
        since: now.plus_days(-FAILURES_DAYS).millis(),
        with_shared: sees_shared(conn, actor).await?,
    };
    let causes = event_log::failed_causes(conn, actor.tenant(), &filter).await?;
    let problem = |cause: event_log::FailedCause| Problem {
        kind: ProblemKind::FailedEvents,
        title: match (cause.count, cause.app.as_str()) {
            (1, "") => "1 event failed".into(),
            (n, "") => format!("{n} events failed"),
            (1, app) => format!("1 event for “{app}” failed"),
            (n, app) => format!("{n} events for “{app}” failed"),
        },
        detail: cause.cause,
        target: Target::FailedEvents,
        since: Some(Timestamp::from_millis(cause.first_at)),
    };
    Ok(causes.into_iter().map(problem).collect())
}

async fn in_review(conn: &mut Conn, actor: &Actor, livemode: bool) -> Result<Vec<Problem>> {
    let side = (livemode, "review");
    let found = orders::list_by_state(conn, actor.tenant(), side, NAMED).await?;
    let problem = |order: orders::Order| Problem {
        kind: ProblemKind::OrderInReview,
        title: "A payment needs your decision".into(),
        since: Some(Timestamp::from_millis(order.waits_since())),
        detail: order.review_reason.unwrap_or_default(),
        target: Target::Review(order.id),
    };
    Ok(found.into_iter().map(problem).collect())
}

async fn without_address(
    conn: &mut Conn,
    actor: &Actor,
    (livemode, now): (bool, Timestamp),
) -> Result<Vec<Problem>> {
    let side = (livemode, now.plus_minutes(-ADDRESS_MINUTES).millis());
    let found = orders::list_without_address(conn, actor.tenant(), side, NAMED).await?;
    let problem = |order: orders::Order| Problem {
        kind: ProblemKind::OrderWithoutAddress,
        title: "Keys were issued, but nobody could be told".into(),
        detail: "Stripe sent no e-mail address with this payment. Give the purchase one, and the \
                 keys are mailed; then let your checkout ask every buyer for it."
            .into(),
        target: Target::Order(order.id),
        since: order.issued_at.map(Timestamp::from_millis),
    };
    Ok(found.into_iter().map(problem).collect())
}

/// Counted from when they were given up; a mail that is queued anew is none of them any more.
async fn failed_mails(
    conn: &mut Conn,
    actor: &Actor,
    (livemode, now): (bool, Timestamp),
) -> Result<Option<Problem>> {
    let side = (livemode, now.plus_days(-FAILURES_DAYS).millis());
    let found = mails::list_failed(conn, actor.tenant(), side, NAMED_MAILS).await?;
    Ok(unsent_mails(&found, MailState::Failed))
}

async fn retrying_mails(conn: &mut Conn, actor: &Actor, livemode: bool) -> Result<Option<Problem>> {
    let filter = MailFilter {
        livemode,
        state: MailState::Retrying.as_str().into(),
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: NAMED_MAILS,
    };
    let found = mails::list(conn, actor.tenant(), &filter).await?;
    Ok(unsent_mails(&found, MailState::Retrying))
}

/// One line for all mails of a state, the latest first; with one mail alone it leads to that mail.
fn unsent_mails(found: &[Mail], state: MailState) -> Option<Problem> {
    let newest = found.first()?;
    let since = found.iter().map(|mail| mail.created_at).min()?;
    let (kind, what) = match state {
        MailState::Failed => (ProblemKind::MailsFailed, "could not be sent"),
        _ => (ProblemKind::MailsRetrying, "not sent yet, tried again"),
    };
    let (title, target) = match i64::try_from(found.len()) {
        Ok(1) => (format!("1 mail {what}"), Target::Mail(newest.id)),
        Ok(n) if n < NAMED_MAILS => (format!("{n} mails {what}"), Target::Mails(state)),
        _ => (
            format!("{NAMED_MAILS} or more mails {what}"),
            Target::Mails(state),
        ),
    };
    Some(Problem {
        kind,
        title,
        detail: format!("The mail server said: {}", newest.last_answer),
        target,
        since: Some(Timestamp::from_millis(since)),
    })
}

/// Apps that somebody switched off on purpose are no problem.
fn unready_apps(apps: &[AppView]) -> impl Iterator<Item = Problem> {
    let wanted = apps.iter().filter(|app| app.is_active && !is_ready(app));
    wanted.map(|app| Problem {
        kind: ProblemKind::StripeApp,
        title: format!("The Stripe app “{}” is not ready", app.name),
        detail: app
            .problems
            .iter()
            .map(|problem| format!("{} {}", problem.cause, problem.remedy))
            .collect::<Vec<_>>()
            .join(" "),
        target: Target::StripeApp(app.id),
        since: None,
    })
}

fn no_mail_server() -> Problem {
    Problem {
        kind: ProblemKind::NoMailServer,
        title: "No mail server is set up".into(),
        detail: "Mails wait in the outbox. Name one in Settings, and they go out at once.".into(),
        target: Target::Settings,
        since: None,
    }
}

fn no_stripe_app(livemode: bool) -> Problem {
    let side = if livemode { "live" } else { "test" };
    Problem {
        kind: ProblemKind::NoStripeApp,
        title: format!("There is no Stripe app for {side} payments"),
        detail:
            "Add one with your keys from the Stripe Dashboard; until then no payment becomes a key."
                .into(),
        target: Target::StripeApps,
        since: None,
    }
}

fn guessed_keys(engine: &Engine, actor: &Actor, now: Timestamp) -> Option<Problem> {
    let guessing = engine.guesses().find(actor.tenant(), now)?;
    let from = match guessing.addresses.len() {
        1 => "1 address".into(),
        n if guessing.is_full() => format!("{n} or more addresses"),
        n => format!("{n} addresses"),
    };
    Some(Problem {
        kind: ProblemKind::KeysGuessed,
        title: format!("Unknown activation keys were tried from {from}"),
        detail: "So many that further ones were slowed down. Keys are too long to be guessed; but \
                 if a program of yours sends them, look at where it takes its key from."
            .into(),
        target: Target::Programs,
        since: Some(guessing.first_at),
    })
}

/// Tokens that ended by themselves, and tokens that soon will; those that somebody ended are no problem.
async fn tokens_at_their_end(
    conn: &mut Conn,
    actor: &Actor,
    now: Timestamp,
) -> Result<(Vec<Problem>, Vec<Problem>)> {
    let (first, last) = (now.plus_days(-TOKEN_DAYS), now.plus_days(TOKEN_DAYS));
    let (mut ended, mut ending) = (Vec::new(), Vec::new());
    for token in access_tokens::list(conn, actor.tenant()).await? {
        let end = token.expires_at.filter(|_| token.revoked_at.is_none());
        let Some(end) = end.map(Timestamp::from_millis) else {
            continue;
        };
        if (first..now).contains(&end) {
            ended.push(ended_token(&token, end));
        } else if (now..=last).contains(&end) {
            ending.push(ending_token(&token, end));
        }
    }
    Ok((ended, ending))
}

fn ended_token(token: &AccessToken, end: Timestamp) -> Problem {
    Problem {
        kind: ProblemKind::TokenExpired,
        title: format!("The access token “{}” has ended", token.name),
        detail: format!(
            "It ended on {} UTC, and programs that use it are refused. Create another and \
             exchange it, or end this one where nothing uses it any more.",
            minute(end)
        ),
        target: Target::AccessToken(token.id, token.name.clone()),
        since: Some(end),
    }
}

fn ending_token(token: &AccessToken, end: Timestamp) -> Problem {
    Problem {
        kind: ProblemKind::TokenExpires,
        title: format!("The access token “{}” ends soon", token.name),
        detail: format!(
            "It ends on {} UTC. Create another and exchange it before then.",
            minute(end)
        ),
        target: Target::AccessToken(token.id, token.name.clone()),
        since: None,
    }
}

/// `2026-12-14 at 23:59`.
fn minute(at: Timestamp) -> String {
    let text = at.to_rfc3339();
    text.get(..16).unwrap_or(&text).replace('T', " at ")
}
