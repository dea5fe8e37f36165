//! The integration guide: its steps with the tenant's own addresses and ids, as text.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::sent::Sent;

/// A part of the guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidePart {
    /// What it is about.
    pub title: String,
    /// In the order of doing.
    pub steps: Vec<GuideStep>,
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideStep {
    /// Whether it is done; `None` where nobody can know.
    pub is_done: Option<bool>,
    /// What to do; what stands between backticks is code.
    pub text: String,
    /// Where it is done: address and label.
    pub link: Option<(String, String)>,
    /// Values to copy, each with its name.
    pub values: Vec<(String, String)>,
    /// Code to copy.
    pub snippets: Vec<Snippet>,
}

/// Code to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// Its language.
    pub name: String,
    /// The code.
    pub code: String,
}

/// The guide, with each step looked up.
#[server]
pub async fn load_guide() -> Result<Sent<Vec<GuidePart>>, UiError> {
    use crate::ssr::{guide, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&guide(&who).await.map_err(refuse)?)
}
