//! `/api/license/{key}/history`: what happened to a licence.

use axum::Json;
use axum::routing::get;
use engine::audit::ChangeView;
use engine::licenses;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::caller::Caller;
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::routes::{Routes, both};

pub(super) fn routes() -> Routes {
    both(
        Routes::default(),
        "/api/license/{key}/history",
        get(history),
    )
}

/// One line of a licence's history.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HistoryLine {
    /// Grows.
    id: i64,
    /// Past tense, for example `issued`.
    action: String,
    /// The device that was part of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hardware_id: Option<String>,
    /// The address that the device came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    /// The program's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    timestamp: String,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl From<ChangeView> for HistoryLine {
    fn from(change: ChangeView) -> Self {
        let note = match change.actor_kind.as_str() {
            // People's addresses stay in the audit log.
            "person" => Some("by an admin".to_owned()),
            "token" => Some(format!("by the access token “{}”", change.actor_name)),
            "stripe" => Some(format!("by a payment through “{}”", change.actor_name)),
            _ => None,
        };
        let text = |name: &str| change.data[name].as_str().map(str::to_owned);
        Self {
            id: change.id.get(),
            hardware_id: text("hardwareId"),
            ip_address: text("ipAddress"),
            version: text("version").filter(|version| !version.is_empty()),
            action: change.verb,
            timestamp: change.at.to_rfc3339(),
            note,
        }
    }
}

/// What happened to a licence, newest first.
#[utoipa::path(get, path = "/api/license/{key}/history", tag = "Licenses",
    params(("key" = String, Path)),
    responses((status = 200, body = [HistoryLine])))]
pub(super) async fn history(
    caller: Caller,
    Id(key): Id<String>,
) -> ApiResult<Json<Vec<HistoryLine>>> {
    let (engine, actor) = caller.parts();
    let license = licenses::find::with_key(engine, actor, &key).await?;
    let changes = licenses::history::execute(engine, actor, license.id).await?;
    Ok(Json(changes.into_iter().map(HistoryLine::from).collect()))
}
