//! A mailbox that takes every mail: an SMTP sink, and pages to read what came.

pub(crate) mod message;
pub(crate) mod page;
pub(crate) mod smtp;

use serde::{Deserialize, Serialize};

/// A mail as it came in, with its parts decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// The sandbox's own id, `mail_…`.
    pub id: String,
    /// When it came, UTC unix milliseconds.
    pub received_at: i64,
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// The `From` header, decoded.
    pub from: String,
    /// The `To` header, decoded.
    pub to: String,
    /// The `Subject` header, decoded.
    pub subject: String,
    /// The `Message-ID` header with its angle brackets.
    pub message_id: String,
    /// The first text/plain part, decoded.
    pub text: String,
    /// The first text/html part, decoded.
    pub html: Option<String>,
    /// The whole message as it came.
    pub raw: String,
}
