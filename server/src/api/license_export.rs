//! `/api/license/export.csv`: all licences of a list as a file.

use axum::response::Response;
use axum::routing::get;
use engine::licenses::export;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::input::Parameters;
use crate::api::license_search::{self, LicenseParameters};
use crate::api::routes::{Routes, both};
use crate::api::words;
use crate::export::answer;

pub(super) fn routes() -> Routes {
    both(Routes::default(), "/api/license/export.csv", get(export))
}

/// Which licences are wanted.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ExportParameters {
    /// One product.
    #[param(value_type = Option<i32>, minimum = 1)]
    product_id: Option<String>,
    /// A holder's whole address.
    email: Option<String>,
    /// How a holder's address begins; not together with `email`.
    email_beginning: Option<String>,
    /// The last four characters of a key; not together with an address.
    last_four: Option<String>,
    /// `active`, `suspended`, `revoked` or `expired`, as of now.
    #[param(value_type = Option<words::LicenseState>)]
    state: Option<String>,
    /// true, false, or both where it is absent: the live ones first.
    #[param(value_type = Option<bool>)]
    livemode: Option<String>,
}

/// All licences that the filters find, newest first, as comma-separated values with a line of names:
/// streamed, whatever their number. A cell that begins like a formula has an apostrophe before it.
#[utoipa::path(get, path = "/api/license/export.csv", tag = "Licenses", params(ExportParameters),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub(super) async fn export(
    caller: Caller,
    Parameters(wanted): Parameters<ExportParameters>,
) -> ApiResult<Response> {
    let query = license_search::query(&LicenseParameters {
        product_id: wanted.product_id,
        email: wanted.email,
        email_beginning: wanted.email_beginning,
        last_four: wanted.last_four,
        state: wanted.state,
        livemode: wanted.livemode,
        ..LicenseParameters::default()
    })?;
    let (engine, actor) = caller.parts();
    let export = export::begin(engine, actor, &query).await?;
    Ok(answer(export, engine.now()))
}
