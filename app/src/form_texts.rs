//! What stands in a form at first, by the names of its inputs: no type of its own for each form, so that the
//! program holds one for all.

use serde::{Deserialize, Serialize};

/// Names and texts of a form's inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormTexts(Vec<(String, String)>);

impl From<Vec<(String, String)>> for FormTexts {
    fn from(texts: Vec<(String, String)>) -> Self {
        Self(texts)
    }
}

impl FormTexts {
    /// The text of an input; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        let known = self.0.iter().find(|(known, _)| known == name);
        known.map_or("", |(_, text)| text)
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.get(name) == "true"
    }
}
