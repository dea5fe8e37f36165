//! `/api/token`: access tokens of programs. A token is shown once.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{delete, get};
use domain::ids::AccessTokenId;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use engine::tokens::create::NewToken;
use engine::tokens::{self, list::TokenView};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::{ApiError, ApiResult};
use crate::api::input::Id;
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/token", get(list).post(create));
    both(router, "/api/token/{id}", delete(revoke))
}

/// What may be known of a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    id: Uuid,
    name: String,
    /// How it begins, without its secret half.
    begins_with: String,
    /// `verify`, `generate`, `email`, `manage`.
    #[schema(value_type = Vec<words::Permission>)]
    permissions: Vec<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC; null does not end.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    revoked_at: Option<String>,
    /// RFC 3339, UTC, to the minute.
    #[schema(format = DateTime)]
    last_used_at: Option<String>,
}

fn words(permissions: Permissions) -> Vec<String> {
    permissions
        .iter()
        .map(|word| word.as_str().to_owned())
        .collect()
}

impl From<TokenView> for Token {
    fn from(view: TokenView) -> Self {
        let time = |at: Timestamp| at.to_rfc3339();
        Self {
            id: view.id.get(),
            name: view.name,
            begins_with: view.begins_with,
            permissions: words(view.permissions),
            created_at: time(view.created_at),
            expires_at: view.expires_at.map(time),
            revoked_at: view.revoked_at.map(time),
            last_used_at: view.last_used_at.map(time),
        }
    }
}

/// All tokens, newest first, revoked and expired ones too.
#[utoipa::path(get, path = "/api/token", tag = "Access tokens",
    responses((status = 200, body = [Token])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<Token>>> {
    let (engine, actor) = caller.parts();
    let views = tokens::list::execute(engine, actor).await?;
    Ok(Json(views.into_iter().map(Token::from).collect()))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokenBody {
    /// To tell tokens apart.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// `verify`, `generate`, `email`, `manage`; none that the caller has not.
    #[schema(value_type = Vec<words::Permission>)]
    permissions: Vec<String>,
    /// RFC 3339; absent does not end.
    expires_at: Option<String>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    id: Uuid,
    /// The whole token; it is never shown again.
    token: String,
}

/// Makes a token. A repeat with the same Idempotency-Key is answered 409, for it is shown once.
#[utoipa::path(post, path = "/api/token", tag = "Access tokens", request_body = TokenBody,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MadeToken)))]
pub(super) async fn create(caller: Caller, call: Creating<TokenBody>) -> ApiResult<Made> {
    call.once(caller, async move |caller, body| {
        let (engine, actor) = caller.parts();
        let new = new_token(body)?;
        let made = tokens::create::execute(engine, actor, &new).await?;
        Made::shown_once(&MadeToken {
            id: made.id.get(),
            token: made.token.expose_secret().to_owned(),
        })
    })
    .await
}

fn new_token(body: TokenBody) -> ApiResult<NewToken> {
    let permissions: Result<Permissions, _> = body
        .permissions
        .iter()
        .map(|word| word.parse::<Permission>())
        .collect();
    let permissions = permissions
        .map_err(|_| ApiError::invalid("permissions", "Use verify, generate, email and manage."))?;
    let expires_at = body
        .expires_at
        .as_deref()
        .map(Timestamp::parse_rfc3339)
        .map(|end| end.ok_or_else(not_a_time))
        .transpose()?;
    Ok(NewToken {
        name: body.name,
        permissions,
        expires_at,
    })
}

fn not_a_time() -> ApiError {
    ApiError::invalid("expiresAt", "Write a time like 2027-01-31T23:59:59Z.")
}

/// Revokes a token; the next call with it is refused. Again, nothing happens.
#[utoipa::path(delete, path = "/api/token/{id}", tag = "Access tokens", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub(super) async fn revoke(caller: Caller, Id(id): Id<AccessTokenId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    tokens::revoke::execute(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
