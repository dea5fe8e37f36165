//! `/api/activationkey/generate`: keys without a payment.
//!
//! Known quirk, do not copy: the answer is the bare key as text, because client libraries send
//! `Accept: */*` and take the body as the key. JSON comes to who asks for it, or sends `X-Tenant`.

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::routing::post;
use domain::license_form::LicenseForm;
use engine::licenses::LicenseView;
use engine::licenses::generate::{self, Side};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(
        Routes::default(),
        "/api/activationkey/generate",
        post(create),
    )
}

/// Which licences are wanted.
#[derive(Deserialize)]
pub struct Wish {
    livemode: Option<bool>,
    #[serde(flatten)]
    form: LicenseForm,
}

/// The body of a wish for licences.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `LicenseForm` reads")]
pub struct GenerateBody {
    /// The product by any name that it ever had.
    product_name: Option<String>,
    /// The product by its id; beats the name. One of the two is required.
    #[schema(minimum = 1)]
    product_id: Option<i32>,
    /// The holder's address.
    #[schema(format = "email")]
    email: String,
    /// A plan; beats the days.
    #[schema(minimum = 1)]
    plan_id: Option<i32>,
    /// 0..=36500; 0 is perpetual; absent is the product's default.
    #[schema(minimum = 0, maximum = 36500)]
    validity_days: Option<i32>,
    /// 1..=100; absent is 1.
    #[schema(minimum = 1, maximum = 100)]
    quantity: Option<i32>,
    /// Seats of each; absent is the product's.
    #[schema(minimum = 1, maximum = 1_000_000)]
    max_seats: Option<i32>,
    /// The holder's company.
    corporate_name: Option<String>,
    /// A device: the key is activated there and comes with an offline code for it.
    #[schema(max_length = 256)]
    hardware_id: Option<String>,
    /// What each unlocks beside its product's and its plan's.
    features: Option<Vec<String>>,
    /// For admins; several lines.
    #[schema(max_length = 2000)]
    note: Option<String>,
    /// Absent is live.
    livemode: Option<bool>,
}

/// Generated keys, where JSON is wanted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GeneratedKeys {
    /// The first key.
    activation_key: String,
    /// All keys.
    activation_keys: Vec<String>,
    is_corporate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_seats: Option<i32>,
    is_offline: bool,
    /// The code of the device that was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    offline_code: Option<String>,
}

/// Whether the caller wants JSON or the bare key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The keys, one a line.
    Bare,
    /// An object.
    Json,
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepts = parts.headers.get_all(header::ACCEPT).iter();
        let names_json = accepts
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.to_ascii_lowercase().contains("application/json"));
        let names_tenant = parts.headers.contains_key("x-tenant");
        Ok(if names_json || names_tenant {
            Self::Json
        } else {
            Self::Bare
        })
    }
}

/// Generates licences without a payment, all or none.
#[utoipa::path(post, path = "/api/activationkey/generate", tag = "Licenses",
    request_body = GenerateBody, params(("Idempotency-Key" = Option<String>, Header)),
    responses(
        (status = 200, content((GeneratedKeys = "application/json"), (String = "text/plain")))))]
pub(super) async fn create(caller: Caller, form: Form, call: Creating<Wish>) -> ApiResult<Made> {
    call.once(caller, async move |caller, wish| {
        let (engine, actor) = caller.parts();
        let side = match wish.livemode {
            Some(false) => Side::Test,
            _ => Side::Live,
        };
        let made = generate::execute(engine, actor, &wish.form, side).await?;
        answer(&made, form)
    })
    .await
}

fn answer(made: &[LicenseView], form: Form) -> ApiResult<Made> {
    let keys: Vec<_> = made
        .iter()
        .map(|view| view.activation_key.to_string())
        .collect();
    let Some(first) = made.first() else {
        return Err(engine::Error::fault("nothing was generated").into());
    };
    if form == Form::Bare {
        return Ok(Made::text(keys.join("\n")));
    }
    Made::ok(&GeneratedKeys {
        activation_key: first.activation_key.to_string(),
        activation_keys: keys,
        is_corporate: first.max_seats.is_some() || first.corporate_name.is_some(),
        max_seats: first.max_seats,
        is_offline: first.is_offline,
        offline_code: first.offline_code.clone(),
    })
}
