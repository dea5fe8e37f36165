//! What a product's mail template may name. Rendering lives with the mails, not here.

/// A placeholder of a mail template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placeholder {
    /// Written `{{Name}}` in a template.
    pub name: &'static str,
    /// What stands there in the mail.
    pub meaning: &'static str,
}

/// Every placeholder that there is.
pub const PLACEHOLDERS: [Placeholder; 3] = [
    Placeholder {
        name: "ActivationKey",
        meaning: "all keys of the order, one a line",
    },
    Placeholder {
        name: "ProductName",
        meaning: "the product’s name",
    },
    Placeholder {
        name: "CustomerEmail",
        meaning: "the buyer’s e-mail address",
    },
];

/// True for a name that a template may use.
pub fn is_placeholder(name: &str) -> bool {
    PLACEHOLDERS.iter().any(|known| known.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_three_placeholders_are_known_and_no_other() {
        for name in ["ActivationKey", "ProductName", "CustomerEmail"] {
            assert!(is_placeholder(name), "{name}");
        }
        assert!(!is_placeholder("activationKey") && !is_placeholder(""));
    }
}
