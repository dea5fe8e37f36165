//! `/api/dashboard` and `/api/change`: what is new, what wants attention, and who did what.

use axum::Json;
use axum::routing::get;
use domain::ids::ChangeId;
use domain::list_order::LogOrder;
use domain::money::Money;
use domain::timestamp::Timestamp;
use engine::audit::list::ChangeQuery;
use engine::audit::{self, ChangeView};
use engine::dashboard::figures::Figures;
use engine::dashboard::{self, Problem, Target};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::api::caller::Caller;
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::{Parameters, livemode, optional, page_size};
use crate::api::license::License;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/dashboard", get(show));
    both(router, "/api/change", get(changes))
}

/// Which side is wanted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DashboardParameters {
    /// true or false; absent is live.
    #[param(value_type = Option<bool>)]
    livemode: Option<String>,
}

/// One side at a glance.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    /// The latest ten licences, newest first.
    latest: Vec<License>,
    /// Keys issued within the last 30 days (UTC), today among them.
    keys_issued: i64,
    /// Keys issued within the 30 days before those.
    keys_issued_before: i64,
    /// Devices that took a seat within the last 30 days.
    activations: i64,
    /// Devices that took a seat within the 30 days before those.
    activations_before: i64,
    /// The last 30 days one by one, today last.
    days: Vec<Day>,
    /// What was paid within the last 30 days. Refunds made in Stripe are not read yet.
    revenue: Vec<Revenue>,
    /// Mails that no server has taken: queued, tried again, or given up within the last 7 days.
    mails_unsent: i64,
    /// What wants attention, the gravest first.
    problems: Vec<Attention>,
}

/// What happened on one day.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Day {
    /// `2026-11-23`, UTC.
    #[schema(format = Date)]
    date: String,
    /// Keys issued.
    keys_issued: i64,
    /// Devices that took a seat.
    activations: i64,
}

/// Revenue in one currency.
#[derive(Serialize, ToSchema)]
pub struct Revenue {
    /// In major units.
    amount: Option<f64>,
    /// ISO code.
    currency: &'static str,
}

impl From<Money> for Revenue {
    fn from(money: Money) -> Self {
        Self {
            amount: money.major().parse().ok(),
            currency: money.currency.code(),
        }
    }
}

fn days(figures: &Figures) -> Vec<Day> {
    let counts = figures.keys.by_day.iter().zip(&figures.activations.by_day);
    let days = figures.days.iter().zip(counts);
    days.map(|(day, (keys_issued, activations))| Day {
        date: day.to_rfc3339().chars().take(10).collect(),
        keys_issued: *keys_issued,
        activations: *activations,
    })
    .collect()
}

/// Something that wants attention.
#[derive(Serialize, ToSchema)]
pub struct Attention {
    /// Short word for programs.
    kind: &'static str,
    title: String,
    /// Cause and remedy.
    detail: String,
    /// The address in this API where it can be looked at.
    href: String,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    since: Option<String>,
}

impl From<Problem> for Attention {
    fn from(problem: Problem) -> Self {
        Self {
            kind: problem.kind.as_str(),
            title: problem.title,
            detail: problem.detail,
            href: href(&problem.target),
            since: problem.since.map(Timestamp::to_rfc3339),
        }
    }
}

fn href(target: &Target) -> String {
    match target {
        Target::FailedEvents => "/api/stripe/events?status=failed".into(),
        Target::Review(_) => "/api/stripe/review".into(),
        Target::Order(id) => format!("/api/stripe/orders/{id}"),
        Target::Mails(state) => format!("/api/mail?state={state}"),
        Target::Mail(id) => format!("/api/mail/{id}"),
        Target::StripeApps => "/api/stripe/apps".into(),
        Target::StripeApp(id) => format!("/api/stripe/apps/{id}"),
        Target::AccessToken(..) => "/api/token".into(),
        Target::Settings => "/api/settings".into(),
        Target::Programs => "/api/openapi.json".into(),
    }
}

/// Latest keys, figures of the last 30 days, and what wants attention.
#[utoipa::path(get, path = "/api/dashboard", tag = "Dashboard", params(DashboardParameters),
    responses((status = 200, body = Dashboard)))]
pub(super) async fn show(
    caller: Caller,
    Parameters(wanted): Parameters<DashboardParameters>,
) -> ApiResult<Json<Dashboard>> {
    let side = livemode(wanted.livemode.as_ref())?.unwrap_or(true);
    let (engine, actor) = caller.parts();
    let shown = dashboard::execute(engine, actor, side).await?;
    let figures = shown.figures;
    Ok(Json(Dashboard {
        latest: shown.latest.into_iter().map(License::from).collect(),
        keys_issued: figures.keys.total,
        keys_issued_before: figures.keys.before,
        activations: figures.activations.total,
        activations_before: figures.activations.before,
        days: days(&figures),
        revenue: figures.revenue.into_iter().map(Revenue::from).collect(),
        mails_unsent: shown.mails_unsent.total(),
        problems: shown.problems.into_iter().map(Attention::from).collect(),
    }))
}

/// Which lines of the change log are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ChangeParameters {
    /// How the name of whoever did it begins: a person's address, a token's or a Stripe app's name.
    actor: Option<String>,
    /// What was done, for example `issued`.
    verb: Option<String>,
    /// What kind of thing it was done to, for example `license`.
    subject_kind: Option<String>,
    /// Id of the one thing of that kind.
    subject_id: Option<String>,
    /// Only lines of this UTC day and later, `2027-01-31`.
    #[param(format = Date)]
    from: Option<String>,
    /// Only lines of this UTC day and earlier.
    #[param(format = Date)]
    to: Option<String>,
    /// Only lines before this one.
    #[param(value_type = Option<i64>, minimum = 1)]
    before: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
}

/// Who did what to which thing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    id: i64,
    livemode: bool,
    /// `person`, `token`, `stripe` or `system`.
    actor_kind: String,
    actor_name: String,
    subject_kind: String,
    subject_id: String,
    /// Past tense, for example `issued`.
    verb: String,
    /// Details without secrets.
    #[schema(value_type = Object)]
    data: Value,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    at: String,
}

impl From<ChangeView> for Change {
    fn from(view: ChangeView) -> Self {
        Self {
            id: view.id.get(),
            livemode: view.livemode,
            actor_kind: view.actor_kind,
            actor_name: view.actor_name,
            subject_kind: view.subject_kind,
            subject_id: view.subject_id,
            verb: view.verb,
            data: view.data,
            at: view.at.to_rfc3339(),
        }
    }
}

/// A page of the change log.
#[derive(Serialize, ToSchema)]
pub struct ChangePage {
    items: Vec<Change>,
    /// The next page begins before this line; null on the last one.
    before: Option<i64>,
}

fn day((field, text): (&str, Option<&String>)) -> ApiResult<Option<Timestamp>> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    let day = Timestamp::parse_date(text);
    let wrong = || ApiError::invalid(field, "Write a day like 2027-01-31.");
    day.map(Some).ok_or_else(wrong)
}

fn last_moment(day: Timestamp) -> Timestamp {
    day.end_of_day().plus_millis(999)
}

/// The change log, newest first. Where it is narrowed a page looks at 20,000 lines: it may be short and go on.
#[utoipa::path(get, path = "/api/change", tag = "Dashboard", params(ChangeParameters),
    responses((status = 200, body = ChangePage)))]
pub(super) async fn changes(
    caller: Caller,
    Parameters(wanted): Parameters<ChangeParameters>,
) -> ApiResult<Json<ChangePage>> {
    let advice = "Take `before` from the page before.";
    let before: Option<ChangeId> = optional(("before", wanted.before.as_ref()), advice)?;
    let size = page_size(wanted.page_size.as_ref())?;
    let (engine, actor) = caller.parts();
    let query = ChangeQuery {
        actor: wanted.actor.unwrap_or_default(),
        verb: wanted.verb.unwrap_or_default(),
        subject_kind: wanted.subject_kind.unwrap_or_default(),
        subject_id: wanted.subject_id.unwrap_or_default(),
        from: day(("from", wanted.from.as_ref()))?,
        to: day(("to", wanted.to.as_ref()))?.map(last_moment),
        order: LogOrder::Newest,
        after: before,
        limit: size,
    };
    let page = audit::list::search(engine, actor, &query).await?;
    Ok(Json(ChangePage {
        items: page.items.into_iter().map(Change::from).collect(),
        before: page.after.map(ChangeId::get),
    }))
}
