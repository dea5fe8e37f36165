//! Access tokens for programs: shown once, then only known by name.

use domain::ids::AccessTokenId;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::NamedSearch;
use super::changes::ChangeRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::secret::SecretText;
use crate::sent::Sent;

/// One token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenRow {
    /// Id.
    pub id: AccessTokenId,
    /// Name that a person gave it.
    pub name: String,
    /// How it begins, for telling tokens apart.
    pub begins_with: String,
    /// What it may do, comma between.
    pub permissions: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
}

/// A page of a tenant's.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessTokens {
    /// Them.
    pub tokens: Vec<AccessTokenRow>,
    /// The one that was just made, this once.
    pub new_token: Option<SecretText>,
    /// Whether whoever looks may make and end them.
    pub may_manage: bool,
    /// What happened to them, newest first.
    pub history: Vec<ChangeRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The server's clock.
    pub now: Timestamp,
}

/// A new token's form. Boxes that are not ticked send nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessTokenForm {
    /// Name.
    pub name: String,
    /// May validate.
    pub verify: Option<String>,
    /// May make keys and read.
    pub generate: Option<String>,
    /// May send tickets.
    pub email: Option<String>,
    /// May change everything.
    pub manage: Option<String>,
    /// `2027-01-31`; empty for never.
    pub expires_at: String,
}

impl AccessTokenForm {
    /// The ticked permissions, comma between.
    pub fn permissions(&self) -> String {
        let boxes = [
            ("verify", &self.verify),
            ("generate", &self.generate),
            ("email", &self.email),
            ("manage", &self.manage),
        ];
        let ticked = boxes.into_iter().filter(|(_, ticked)| ticked.is_some());
        ticked.map(|(word, _)| word).collect::<Vec<_>>().join(",")
    }
}

/// A page of tokens.
#[server]
pub async fn load_access_tokens(
    #[server(flatten)] search: NamedSearch,
) -> Result<Sent<AccessTokens>, UiError> {
    use crate::ssr::{access_tokens, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&access_tokens(&who, search).await.map_err(refuse)?)
}

/// Makes a token; the next page shows it, once.
#[server]
pub async fn create_access_token(
    #[server(flatten)] form: AccessTokenForm,
) -> Result<Done, UiError> {
    use crate::ssr::{make_access_token, reply, signed_in};
    let who = signed_in().await?;
    let made = make_access_token(&who, &form).await;
    reply::<CreateAccessToken>(made, &form).await
}

/// Ends a token within a second.
#[server]
pub async fn revoke_access_token(id: String) -> Result<Done, UiError> {
    use crate::ssr::{end_access_token, reply, signed_in};
    let who = signed_in().await?;
    let ended = end_access_token(&who, &id).await;
    reply::<RevokeAccessToken>(ended, &[("id", id)]).await
}

/// Gives a token another name.
#[server]
pub async fn rename_access_token(id: String, name: String) -> Result<Done, UiError> {
    use crate::ssr::{give_token_name, reply, signed_in};
    let who = signed_in().await?;
    let renamed = give_token_name(&who, &id, &name).await;
    reply::<RenameAccessToken>(renamed, &[("id", id), ("name", name)]).await
}
