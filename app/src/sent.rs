//! A page's data on its way to the browser: a value as JSON text.
//!
//! Resources and server functions carry the text, so that the program holds their machinery
//! once and not once a type; the type comes back where a page is drawn.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Kind, UiError};

/// A value of type `T` as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Sent<T> {
    text: String,
    #[serde(skip)]
    is: PhantomData<fn() -> T>,
}

impl<T: Serialize> Sent<T> {
    /// Packs a value.
    pub fn pack(value: &T) -> Result<Self, UiError> {
        let text = serde_json::to_string(value).map_err(|_| unreadable())?;
        Ok(Self {
            text,
            is: PhantomData,
        })
    }
}

impl<T> Sent<T> {
    /// The bare text, whatever the type.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// Unpacks a value.
pub fn open<T: DeserializeOwned>(text: &str) -> Result<T, UiError> {
    serde_json::from_str(text).map_err(|_| unreadable())
}

fn unreadable() -> UiError {
    UiError::new(
        Kind::Fault,
        "The server's answer could not be read. Load the page again; it may have been updated.",
    )
}
