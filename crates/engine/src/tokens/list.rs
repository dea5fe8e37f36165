//! The tenant's access tokens: all about them but the tokens themselves.

use domain::folding::name_key;
use domain::ids::AccessTokenId;
use domain::list_order::LogOrder;
use domain::list_state::TokenState;
use domain::permission::{Permission, Permissions};
use domain::timestamp::Timestamp;
use store::access_tokens::{self, AccessToken, TokenFilter};

use crate::Engine;
use crate::actor::{Actor, Who};
use crate::error::{Error, Result};
use crate::page::{self, Page, Place};

/// What may be known of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenView {
    /// Id of its row.
    pub id: AccessTokenId,
    /// Name that an admin gave it.
    pub name: String,
    /// How it begins: `exo_at_<public>`, without the secret.
    pub begins_with: String,
    /// What it may do.
    pub permissions: Permissions,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends; absent, it does not.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
}

/// The tenant's tokens, newest first, at most 1,000; revoked and expired ones too.
pub async fn execute(engine: &Engine, actor: &Actor) -> Result<Vec<TokenView>> {
    may_list(actor)?;
    let mut conn = engine.read().await?;
    let rows = access_tokens::list(&mut conn, actor.tenant()).await?;
    rows.into_iter().map(view).collect()
}

/// Which tokens are wanted.
#[derive(Debug, Clone)]
pub struct TokenQuery {
    /// A state as of now, or all.
    pub state: Option<TokenState>,
    /// How the name begins, as typed; empty for all.
    pub search: String,
    /// In which order.
    pub order: LogOrder,
    /// Only what comes after this place.
    pub after: Option<Place>,
    /// Rows of the page, 1..=200.
    pub limit: i64,
}

/// A page of tokens.
pub async fn page(engine: &Engine, actor: &Actor, query: &TokenQuery) -> Result<Page<TokenView>> {
    may_list(actor)?;
    let filter = TokenFilter {
        state: query.state,
        now: engine.now().millis(),
        beginning: name_key(page::typed(&query.search)?),
        order: query.order,
        after: query.after.map(Place::row),
        limit: page::rows_to_fetch(query.limit),
    };
    let mut conn = engine.read().await?;
    let rows = access_tokens::page(&mut conn, actor.tenant(), &filter).await?;
    let place = |row: &AccessToken| Place::of(Timestamp::from_millis(row.created_at), row.id.get());
    page::cut(rows, query.limit, place).try_map(view)
}

fn may_list(actor: &Actor) -> Result<()> {
    match actor.who() {
        Who::Token { .. } => actor.may(Permission::Manage),
        _ => actor.may_read(),
    }
}

fn view(row: AccessToken) -> Result<TokenView> {
    Ok(TokenView {
        id: row.id,
        name: row.name,
        begins_with: format!("exo_at_{}", row.public_id),
        permissions: row
            .permissions
            .parse()
            .map_err(|_| Error::fault("a token's permissions are not known"))?,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: row.expires_at.map(Timestamp::from_millis),
        revoked_at: row.revoked_at.map(Timestamp::from_millis),
        last_used_at: row.last_used_at.map(Timestamp::from_millis),
    })
}
