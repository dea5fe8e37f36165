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
    /// Where that is looked at.
    pub href: Option<String>,
    /// Details without secrets; empty where there are none.
    pub detail: String,
    /// When.
    pub at: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeSearch {
    /// How the name of whoever did it begins.
    pub find: String,
    /// What was done, past tense.
    pub verb: String,
    /// Kind of the thing that it was done to.
    pub about: String,
    /// Id of the one thing of that kind.
    pub id: String,
    /// The first day, `2027-01-31`.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Word of an order; empty for the list's own.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

/// A page of changes.
#[server]
pub async fn load_changes(
    #[server(flatten)] search: ChangeSearch,
) -> Result<Sent<Listed<ChangeRow>>, UiError> {
    use crate::ssr::{change_list, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&change_list(&who, search).await.map_err(refuse)?)
}
