//! A secret on its way from a form to the engine: never in Debug output.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password, key or code that a person typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_in_debug_output() {
        let shown = format!("{:?}", SecretText("correct horse".to_owned()));
        assert_eq!(shown, "[secret]");
    }
}
