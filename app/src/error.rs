//! The one error of every server function, and its HTTP status.

use domain::field_error::FieldErrors;
use leptos::prelude::FromServerFnError;
use leptos::server_fn::error::ServerFnErrorErr;
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Deserialize, Serialize};

/// What kind of refusal or fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Nobody is signed in.
    SignedOut,
    /// Signed in, but this may not be done.
    Forbidden,
    /// It is not there, or it is another tenant's.
    NotFound,
    /// Fields that cannot be taken as they are.
    Invalid,
    /// It contradicts what is there.
    Conflict,
    /// Too often.
    TooMany,
    /// Stripe or the mail server could not do its part.
    Upstream,
    /// Ours.
    Fault,
    /// The browser could not reach the server.
    Unreachable,
}

/// Why a server function did not do its work, in words for the person who asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct UiError {
    /// Kind.
    pub kind: Kind,
    /// One sentence.
    pub message: String,
    /// Where `kind` is `Invalid`: which fields, and why.
    pub fields: FieldErrors,
    /// Where `kind` is `SignedOut`: the address that leads in, and back to the page; else empty.
    #[serde(default)]
    pub door: String,
}

impl UiError {
    /// An error without fields.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            fields: FieldErrors::none(),
            door: String::new(),
        }
    }

    /// True where the same may be asked again and go well: while a server starts anew, or a wire was cut.
    pub const fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::Fault | Kind::Unreachable)
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> u16 {
        match self.kind {
            Kind::SignedOut => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::Invalid => 422,
            Kind::TooMany => 429,
            Kind::Fault => 500,
            Kind::Upstream | Kind::Unreachable => 502,
        }
    }
}

/// How an error travels: as JSON that is read as text, like everything else, so that the program holds one
/// reader of it and not two.
#[derive(Debug)]
pub struct ErrorText;

impl ContentType for ErrorText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ErrorText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<UiError> for ErrorText {
    type Error = serde_json::Error;

    fn encode(error: &UiError) -> Result<Bytes, Self::Error> {
        serde_json::to_string(error).map(Bytes::from)
    }
}

impl Decodes<UiError> for ErrorText {
    type Error = &'static str;

    fn decode(bytes: Bytes) -> Result<UiError, Self::Error> {
        let text = str::from_utf8(&bytes).map_err(|_| "no text")?;
        serde_json::from_str(text).map_err(|_| "no error of ours")
    }
}

impl FromServerFnError for UiError {
    type Encoder = ErrorText;

    fn de(data: Bytes) -> Self {
        // All our errors are JSON. Anything else is the word of a proxy, whose server is away.
        if !data.starts_with(b"{") {
            return Self::new(
                Kind::Unreachable,
                "The server did not answer; it may be starting anew. Try again, and load the page again only if that does not help.",
            );
        }
        ErrorText::decode(data).unwrap_or_else(|error| {
            Self::from_server_fn_error(ServerFnErrorErr::Deserialization(error.to_owned()))
        })
    }

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::new(
                Kind::Unreachable,
                "The server could not be reached. Check your connection and try again.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::new(
                Kind::Invalid,
                "The form came incomplete. Load the page again and repeat.",
            ),
            _ => Self::new(
                Kind::Fault,
                "The server's answer could not be read. Load the page again; it may have been updated.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_is_a_proxys_word_and_the_server_is_away() {
        let kind = |answer: &str| UiError::de(Bytes::from(answer.to_owned())).kind;
        assert_eq!(kind("<h1>Bad gateway</h1>"), Kind::Unreachable);
        assert_eq!(kind(""), Kind::Unreachable, "given up in time");
        assert_eq!(kind(r#"{"error":"fault"}"#), Kind::Fault);
        let ours = UiError::new(Kind::Conflict, "It is gone.");
        assert_eq!(UiError::de(ours.ser()), ours);
    }
}
