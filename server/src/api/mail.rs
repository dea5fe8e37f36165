//! `/api/mail`: the outbox, one mail whole, sending again, mending an address.

use axum::Json;
use axum::routing::{get, post};
use domain::ids::{MailId, OrderId, ProductId};
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use domain::timestamp::Timestamp;
use engine::mails::find::{MailAttempt, MailDetail};
use engine::mails::list::MailQuery;
use engine::mails::{self, MailView};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::body::JsonBody;
use crate::api::caller::Caller;
use crate::api::creating::{CreatingOrNothing, Made};
use crate::api::error::ApiResult;
use crate::api::input::{Id, Parameters, after, livemode, optional, page_size};
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/mail", get(list));
    let router = both(router, "/api/mail/{id}", get(find).put(change_address));
    both(router, "/api/mail/{id}/resend", post(resend))
}

/// Which mails are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct MailParameters {
    /// `queued`, `retrying`, `sent` or `failed`.
    #[param(value_type = Option<words::MailState>)]
    state: Option<String>,
    /// How the recipient's address begins.
    recipient: Option<String>,
    /// true, false, or both where it is absent.
    #[param(value_type = Option<bool>)]
    livemode: Option<String>,
    /// Where the page before ended.
    after: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
}

/// A mail.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    id: Uuid,
    livemode: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<i32>,
    /// Blank where there is none.
    product_name: String,
    /// `purchase`, `payment_failed`, `license`, `ticket` or `test`.
    kind: String,
    /// 0 = the first of its kind for the order; a resend counts on.
    ordinal: i32,
    recipient: String,
    /// RFC 5322.
    message_id: String,
    /// `queued`, `retrying`, `sent` or `failed`.
    #[schema(value_type = words::MailState)]
    state: String,
    attempts: i32,
    /// What the mail server said last, or blank.
    last_answer: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    sent_at: Option<String>,
}

impl From<MailView> for Mail {
    fn from(view: MailView) -> Self {
        Self {
            id: view.id.get(),
            livemode: view.livemode,
            order_id: view.order_id.map(OrderId::get),
            product_id: view.product_id.map(ProductId::get),
            product_name: view.product_name,
            kind: view.kind,
            ordinal: view.ordinal,
            recipient: view.recipient,
            message_id: view.message_id,
            state: view.state.to_string(),
            attempts: view.attempts,
            last_answer: view.last_answer,
            created_at: view.created_at.to_rfc3339(),
            sent_at: view.sent_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// A page of mails.
#[derive(Serialize, ToSchema)]
pub struct MailPage {
    items: Vec<Mail>,
    /// Where the next page begins; null on the last one.
    after: Option<String>,
}

/// Mails, newest first.
#[utoipa::path(get, path = "/api/mail", tag = "Mails", params(MailParameters),
    responses((status = 200, body = MailPage)))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<MailParameters>,
) -> ApiResult<Json<MailPage>> {
    let state: Option<MailState> = optional(
        ("state", wanted.state.as_ref()),
        "Use queued, retrying, sent or failed.",
    )?;
    let query = MailQuery {
        livemode: livemode(wanted.livemode.as_ref())?,
        state,
        recipient: wanted.recipient.unwrap_or_default(),
        order: LogOrder::Newest,
        after: after(wanted.after.as_ref())?,
        limit: page_size(wanted.page_size.as_ref())?,
    };
    let (engine, actor) = caller.parts();
    let page = mails::list::execute(engine, actor, &query).await?;
    Ok(Json(MailPage {
        items: page.items.into_iter().map(Mail::from).collect(),
        after: page.after.map(|place| place.to_string()),
    }))
}

/// A mail, whole.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WholeMail {
    #[serde(flatten)]
    mail: Mail,
    /// The delivery log, oldest first.
    log: Vec<Delivery>,
    /// As it would be sent now; null where the template cannot be rendered.
    body: Option<Body>,
    /// Why the template cannot be rendered.
    #[serde(skip_serializing_if = "Option::is_none")]
    template_error: Option<String>,
    /// Last four characters of the order's keys.
    keys_last_four: Vec<String>,
}

/// One try to send.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    at: String,
    /// What the mail server said, or why it could not be asked.
    answer: String,
}

/// A mail's text.
#[derive(Serialize, ToSchema)]
#[schema(as = MailBody)]
pub struct Body {
    subject: String,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

impl From<MailDetail> for WholeMail {
    fn from(detail: MailDetail) -> Self {
        let delivery = |attempt: MailAttempt| Delivery {
            at: attempt.at.to_rfc3339(),
            answer: attempt.answer,
        };
        let (body, template_error) = match detail.body {
            Ok(body) => (Some(body), None),
            Err(why) => (None, Some(why)),
        };
        Self {
            mail: detail.mail.into(),
            log: detail.attempts.into_iter().map(delivery).collect(),
            body: body.map(|body| Body {
                subject: body.subject,
                text: body.text,
                html: body.html,
            }),
            template_error,
            keys_last_four: detail.keys_last_four,
        }
    }
}

/// One mail with its delivery log and its text.
#[utoipa::path(get, path = "/api/mail/{id}", tag = "Mails", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeMail)))]
pub(super) async fn find(caller: Caller, Id(id): Id<MailId>) -> ApiResult<Json<WholeMail>> {
    let (engine, actor) = caller.parts();
    let detail = mails::find::execute(engine, actor, id).await?;
    Ok(Json(detail.into()))
}

/// Where a mail goes.
#[derive(Deserialize, ToSchema)]
pub struct MailAddress {
    /// Address.
    #[schema(format = "email")]
    email: String,
}

/// Sends a mail that is not sent yet, or was given up, to this address, its own or another, at once. 409 once it is sent.
#[utoipa::path(put, path = "/api/mail/{id}", tag = "Mails", params(("id" = Uuid, Path)),
    request_body = MailAddress,
    responses((status = 200, body = WholeMail),
        (status = 409, description = "`mail_sent`, `mail_under_way`.")))]
pub(super) async fn change_address(
    caller: Caller,
    Id(id): Id<MailId>,
    JsonBody(to): JsonBody<MailAddress>,
) -> ApiResult<Json<WholeMail>> {
    let (engine, actor) = caller.parts();
    mails::change_address::execute(engine, actor, id, &to.email).await?;
    let detail = mails::find::execute(engine, actor, id).await?;
    Ok(Json(detail.into()))
}

/// Where a mail goes again.
#[derive(Deserialize, ToSchema)]
#[schema(as = MailResendBody)]
pub struct ResendBody {
    /// Another address; absent is the same.
    email: Option<String>,
}

/// Sends a sent mail once more, as a new mail. 409 while it is on its way or has failed: its address is changed then.
#[utoipa::path(post, path = "/api/mail/{id}/resend", tag = "Mails",
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = Option<ResendBody>,
    responses((status = 201, body = WholeMail),
        (status = 409, description = "`mail_under_way`, `mail_failed`.")))]
pub(super) async fn resend(
    caller: Caller,
    Id(id): Id<MailId>,
    CreatingOrNothing(call): CreatingOrNothing<ResendBody>,
) -> ApiResult<Made> {
    call.once(caller, async move |caller, to| {
        let (engine, actor) = caller.parts();
        let again = mails::resend::execute(engine, actor, id, to.email.as_deref()).await?;
        let detail = mails::find::execute(engine, actor, again).await?;
        Made::created(&WholeMail::from(detail))
    })
    .await
}
