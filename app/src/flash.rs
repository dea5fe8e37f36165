//! What waits for the next page where no script can carry it: a form's refusal with the
//! input that was typed (secrets left out), or the sentence that says what was done.

use serde::{Deserialize, Serialize};

use crate::error::UiError;

/// Names of inputs whose text is typed again after a refusal and never stored.
pub const SECRET_INPUTS: [&str; 12] = [
    "password",
    "passwordAgain",
    "currentPassword",
    "newPassword",
    "code",
    "proof",
    "token",
    "secretKey",
    "webhookSigningSecret",
    "previousWebhookSigningSecret",
    "activationKey",
    "mailServerUrl",
];

/// The header by which a script says that it sends a form, and does not ask for a page's data.
pub const FORM_HEADER: &str = "x-form";

/// A form's outcome on its way to the page that shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Address of the server function that the form was sent to.
    pub form: String,
    /// Why it was refused.
    pub error: Option<UiError>,
    /// What was done.
    pub done: Option<Done>,
    /// Names and texts of what was typed.
    pub input: Vec<(String, String)>,
    /// True where whoever sent it was not signed in: the same browser takes it, and no other.
    #[serde(default)]
    pub is_left: bool,
}

impl Flash {
    /// What was typed into an input.
    pub fn typed(&self, name: &str) -> Option<&str> {
        self.input
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, text)| text.as_str())
    }
}

/// The answer of a server function that changed something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// One sentence; empty where the next page says it all.
    pub notice: String,
    /// Where to look at what was done.
    pub link: Option<Link>,
}

impl Done {
    /// Done, in one sentence.
    pub fn saying(notice: impl Into<String>) -> Self {
        Self {
            notice: notice.into(),
            link: None,
        }
    }

    /// The same with a link.
    #[must_use]
    pub fn with_link(mut self, href: String, label: &str) -> Self {
        let label = label.to_owned();
        self.link = Some(Link { href, label });
        self
    }
}

/// A way on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Address.
    pub href: String,
    /// What it says.
    pub label: String,
}
