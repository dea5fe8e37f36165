//! What stands in a form at first, by the names of its inputs: no type of its own for each form, so that the
//! program holds one for all.

use serde::{Deserialize, Serialize};

/// Names and texts of a form's inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FormTexts(Vec<(String, String)>);

impl FormTexts {
    /// Those of a form whose fields are texts; absent ones are left out.
    #[cfg(feature = "ssr")]
    pub fn of(form: &impl Serialize) -> Self {
        let fields = serde_json::to_value(form).unwrap_or_default();
        let fields = fields.as_object().into_iter().flatten();
        let texts =
            fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
        Self(texts.collect())
    }

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
