//! `/api/support/ticket`: what users of a program write to its seller.

use axum::Json;
use axum::routing::{get, post};
use domain::list_order::LogOrder;
use domain::ticket_form::TicketForm;
use domain::timestamp::Timestamp;
use engine::tickets::list::TicketQuery;
use engine::tickets::{TicketView, close, create, find, list};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::{self, Id, Parameters};
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let path = "/api/support/ticket";
    let known = both(Routes::default(), path, post(create).get(list));
    let known = both(known, "/api/support/ticket/{id}", get(find));
    let known = both(known, "/api/support/ticket/{id}/close", post(close));
    both(known, "/api/support/ticket/{id}/reopen", post(reopen))
}

/// The body of a ticket; all of it is required.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `TicketForm` reads")]
pub struct TicketBody {
    /// The product by any name that it ever had.
    #[schema(min_length = 1)]
    product_name: String,
    /// Where the answer goes.
    #[schema(format = "email")]
    email: String,
    /// One line, at most 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    subject: String,
    /// Plain text, at most 20,000 characters.
    #[schema(min_length = 1, max_length = 20_000)]
    message: String,
}

/// A ticket that was taken.
#[derive(Serialize, ToSchema)]
pub struct TakenTicket {
    id: String,
}

/// A ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    id: String,
    product_id: i32,
    product_name: String,
    /// Where the answer goes.
    email: String,
    subject: String,
    message: String,
    /// `open` or `closed`.
    #[schema(value_type = words::TicketState)]
    state: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC; while it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    closed_at: Option<String>,
    /// Who closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_by: Option<String>,
}

/// A page, and where the next begins.
#[derive(Serialize, ToSchema)]
pub struct TicketPage {
    items: Vec<Ticket>,
    /// Null on the last page.
    after: Option<String>,
}

/// Which tickets are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct TicketParameters {
    /// `open` or `closed`.
    #[param(value_type = Option<words::TicketState>)]
    state: Option<String>,
    /// One product.
    #[param(value_type = Option<i32>, minimum = 1)]
    product_id: Option<String>,
    /// How the sender's address or the subject begins.
    search: Option<String>,
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
    /// Where the page before ended; empty or absent begins.
    after: Option<String>,
}

impl From<TicketView> for Ticket {
    fn from(view: TicketView) -> Self {
        Self {
            state: view.state.to_string(),
            closed_at: view.closed_at.map(Timestamp::to_rfc3339),
            closed_by: view.closed_at.map(|_| view.closed_by),
            id: view.id.to_string(),
            product_id: view.product_id.get(),
            product_name: view.product_name,
            email: view.email,
            subject: view.subject,
            message: view.message,
            created_at: view.created_at.to_rfc3339(),
        }
    }
}

/// Takes a ticket: it is kept, and mailed to the support address, if one is set. Wants `email`.
#[utoipa::path(post, path = "/api/support/ticket", tag = "Programs", request_body = TicketBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 200, body = TakenTicket)))]
pub(super) async fn create(caller: Caller, call: Creating<TicketForm>) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let id = create::execute(engine, actor, &form).await?.to_string();
        Made::ok(&TakenTicket { id })
    })
    .await
}

/// Tickets, newest first.
#[utoipa::path(get, path = "/api/support/ticket", tag = "Licenses", params(TicketParameters),
    responses((status = 200, body = TicketPage)))]
pub(super) async fn list(
    caller: Caller,
    Parameters(wanted): Parameters<TicketParameters>,
) -> ApiResult<Json<TicketPage>> {
    let (engine, actor) = caller.parts();
    let state = ("state", wanted.state.as_ref());
    let product_id = ("productId", wanted.product_id.as_ref());
    let query = TicketQuery {
        state: input::optional(state, "Use open or closed.")?,
        product_id: input::optional(product_id, "Write the id of one of your products.")?,
        search: wanted.search.unwrap_or_default(),
        order: LogOrder::Newest,
        after: input::after(wanted.after.as_ref())?,
        limit: input::page_size(wanted.page_size.as_ref())?,
    };
    let page = list::execute(engine, actor, &query).await?;
    Ok(Json(TicketPage {
        items: page.items.into_iter().map(Ticket::from).collect(),
        after: page.after.map(|place| place.to_string()),
    }))
}

/// One ticket.
#[utoipa::path(get, path = "/api/support/ticket/{id}", tag = "Licenses", params(("id" = Uuid, Path)),
    responses((status = 200, body = Ticket)))]
pub(super) async fn find(caller: Caller, Id(id): Id<Uuid>) -> ApiResult<Json<Ticket>> {
    let (engine, actor) = caller.parts();
    Ok(Json(find::execute(engine, actor, id).await?.into()))
}

/// Closes a ticket; again, nothing happens. Wants `email`, and to read.
#[utoipa::path(post, path = "/api/support/ticket/{id}/close", tag = "Licenses",
    params(("id" = Uuid, Path)), responses((status = 200, body = Ticket)))]
pub(super) async fn close(caller: Caller, Id(id): Id<Uuid>) -> ApiResult<Json<Ticket>> {
    let (engine, actor) = caller.parts();
    Ok(Json(close::execute(engine, actor, id).await?.into()))
}

/// Opens a closed ticket again; again, nothing happens. Wants `email`, and to read.
#[utoipa::path(post, path = "/api/support/ticket/{id}/reopen", tag = "Licenses",
    params(("id" = Uuid, Path)), responses((status = 200, body = Ticket)))]
pub(super) async fn reopen(caller: Caller, Id(id): Id<Uuid>) -> ApiResult<Json<Ticket>> {
    let (engine, actor) = caller.parts();
    Ok(Json(close::reopen(engine, actor, id).await?.into()))
}
