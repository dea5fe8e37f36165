//! What is wrong with a form or a JSON body, field by field, in words to act on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One field that cannot be taken as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the field in JSON and in the form, camelCase.
    pub field: String,
    /// One sentence that says what to do. Never repeats a secret.
    pub message: String,
}

/// Everything that is wrong with one input; empty means nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Nothing wrong so far.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Exactly one field is wrong.
    pub fn one(field: &str, message: impl Into<String>) -> Self {
        let mut errors = Self::none();
        errors.push(field, message);
        errors
    }

    /// Adds what is wrong with a field.
    pub fn push(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.to_owned(),
            message: message.into(),
        });
    }

    /// True where nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first error of a field, to stand beside it.
    pub fn message(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }

    /// The first of all, for answers that name one field.
    pub fn first(&self) -> Option<&FieldError> {
        self.0.first()
    }

    /// All of them in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }

    /// The value, unless something is wrong.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl<'a> IntoIterator for &'a FieldErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, error) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{}: {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_of_a_field_stands_beside_it() {
        let mut errors = FieldErrors::one("name", "Give it a name.");
        errors.push("name", "Another.");
        errors.push("price", "Too much.");
        assert_eq!(errors.message("name"), Some("Give it a name."));
        assert_eq!(errors.message("version"), None);
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some("name"));
    }

    #[test]
    fn json_is_a_bare_array() {
        let json =
            serde_json::to_string(&FieldErrors::one("name", "Give it a name.")).expect("json");
        assert_eq!(json, r#"[{"field":"name","message":"Give it a name."}]"#);
    }

    #[test]
    fn nothing_wrong_gives_the_value() {
        assert_eq!(FieldErrors::none().into_result(5), Ok(5));
        assert!(FieldErrors::one("a", "b").into_result(5).is_err());
    }
}
