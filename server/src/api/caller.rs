//! Who calls: an access token stands behind every call, and a handler without a [`Caller`] sees no tenant.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use domain::ids::TenantId;
use engine::{Actor, Engine, Error, tokens};

use crate::api::error::ApiError;
use crate::state::ServerState;

const NO_TOKEN: Error = Error::Unauthorized(
    "Send an access token: `Authorization: ExisOneApi <token>`. Create one under Access Tokens.",
);

/// An authenticated caller, and the engine that acts for it.
#[derive(Clone)]
pub struct Caller {
    /// The engine.
    pub engine: Engine,
    /// The token, on behalf of its tenant.
    pub actor: Actor,
}

impl Caller {
    /// Both, as actions want them.
    pub const fn parts(&self) -> (&Engine, &Actor) {
        (&self.engine, &self.actor)
    }
}

impl FromRequestParts<ServerState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ServerState) -> Result<Self, ApiError> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let token = authorization.and_then(token).ok_or(NO_TOKEN)?;
        let actor = tokens::authenticate::execute(&state.engine, token).await?;
        if !is_own_tenant(&parts.headers, actor.tenant()) {
            return Err(ApiError::other_tenant());
        }
        Ok(Self {
            engine: state.engine.clone(),
            actor,
        })
    }
}

/// The token of `Authorization: ExisOneApi <token>` or `Bearer <token>`.
pub fn token(authorization: &HeaderValue) -> Option<&str> {
    let value = authorization.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let is_known = ["ExisOneApi", "Bearer"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    is_known.then(|| token.trim())
}

/// True where `X-Tenant` is absent or names the token's own tenant.
fn is_own_tenant(headers: &HeaderMap, tenant: TenantId) -> bool {
    let Some(named) = headers.get("x-tenant") else {
        return true;
    };
    let named = named
        .to_str()
        .ok()
        .and_then(|text| text.trim().parse().ok());
    named == Some(tenant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            name.parse().expect("a header's name"),
            HeaderValue::from_static(value),
        )])
    }

    #[test]
    fn both_schemes_bring_a_token_and_no_other_does() {
        for value in ["ExisOneApi t", "exisoneapi  t ", "Bearer t", "BEARER t"] {
            let value = HeaderValue::from_static(value);
            assert_eq!(token(&value), Some("t"), "{value:?}");
        }
        for value in ["t", "Basic t", "", "ExisOneApi"] {
            assert_eq!(token(&HeaderValue::from_static(value)), None, "{value}");
        }
    }

    #[test]
    fn a_named_tenant_must_be_the_own() {
        let own = TenantId::from(7);
        assert!(is_own_tenant(&HeaderMap::new(), own));
        assert!(is_own_tenant(&with("x-tenant", " 7 "), own));
        for value in ["8", "", "seven", "-7"] {
            assert!(!is_own_tenant(&with("x-tenant", value), own), "{value}");
        }
    }
}
