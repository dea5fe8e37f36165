//! The audit log: who did what to which thing.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Listed;
use crate::error::UiError;
use crate::sent::Sent;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Who, in words.
    pub actor: String,
    /// What was done, past tense.
    pub verb: String,
    /// To what: kind and name or id.
    pub subject: String,
    /// Details without secrets; empty where there are none.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// A page of changes.
#[server]
pub async fn load_changes(after: Option<String>) -> Result<Sent<Listed<ChangeRow>>, UiError> {
    use crate::ssr::{change_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&change_list(&who, after).await.map_err(refuse)?)
}
