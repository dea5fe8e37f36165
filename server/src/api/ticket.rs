//! `/api/support/ticket`: what users of a program write to its seller.

use axum::Json;
use axum::routing::post;
use domain::ticket_form::TicketForm;
use engine::tickets::{create, list};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::{self, Parameters};
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(
        Routes::default(),
        "/api/support/ticket",
        post(create).get(list),
    )
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
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
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
    /// 1..=200, else 50.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    page_size: Option<String>,
    /// Where the page before ended; empty or absent begins.
    after: Option<String>,
}

impl From<list::TicketView> for Ticket {
    fn from(view: list::TicketView) -> Self {
        Self {
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
    let after = input::after(wanted.after.as_ref())?;
    let size = input::page_size(wanted.page_size.as_ref())?;
    let page = list::execute(engine, actor, after, size).await?;
    Ok(Json(TicketPage {
        items: page.items.into_iter().map(Ticket::from).collect(),
        after: page.after.map(|place| place.to_string()),
    }))
}
