//! Downloads of whole lists: `/licenses/export.csv` for people, and how such an answer is sent.
//!
//! What is sent is read a chunk at a time, as fast as the other end takes it.

use std::io;

use app::api::licenses::LicenseSearch;
use app::ssr::export_licenses;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use domain::timestamp::Timestamp;
use engine::licenses::export::Export;
use futures::stream;

use crate::api::error::ApiError;
use crate::state::ServerState;

const TEXT: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");

/// Downloads for people who are signed in.
pub fn routes() -> Router<ServerState> {
    Router::new().route("/licenses/export.csv", get(licenses))
}

/// The keys that License Keys lists with the same filters, all of them.
async fn licenses(
    State(state): State<ServerState>,
    headers: HeaderMap,
    search: Result<Query<LicenseSearch>, QueryRejection>,
) -> Response {
    let search = search.map(|Query(search)| search).unwrap_or_default();
    match export_licenses(&state.engine, &headers, search).await {
        Ok(Some(export)) => answer(export, state.engine.now()),
        Ok(None) => Redirect::to("/sign-in?next=%2Flicenses").into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// An export as a file that is named by its day.
pub fn answer(export: Export, now: Timestamp) -> Response {
    let lines = stream::unfold(Some(export), async |export| {
        let mut export = export?;
        match export.next().await {
            Ok(lines) => lines.map(|lines| (Ok(Bytes::from(lines)), Some(export))),
            Err(error) => {
                // A body that breaks off is no whole file: the browser says so.
                tracing::error!(?error, "an export broke off");
                Some((Err(io::Error::other("the export broke off")), None))
            }
        }
    });
    let day: String = now.to_rfc3339().chars().take(10).collect();
    let file = format!("attachment; filename=\"license-keys-{day}.csv\"");
    let mut response = Body::from_stream(lines).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, TEXT);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(file) = HeaderValue::from_str(&file) {
        headers.insert(header::CONTENT_DISPOSITION, file);
    }
    response
}
