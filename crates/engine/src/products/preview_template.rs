//! What a template makes, with example values, while it is being written.

use crate::actor::Actor;
use crate::emails::template::{self, Rendered, Values};
use crate::error::{Error, Result};

/// A template that is not saved yet; empty texts mean the standard ones.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// Stands for `{{ProductName}}`.
    pub product_name: &'a str,
    /// Template of the subject.
    pub subject: &'a str,
    /// Template of the body.
    pub body: &'a str,
}

/// Renders a draft with two example keys. Fields: `emailSubject`, `emailTemplate`.
pub fn execute(actor: &Actor, draft: &Draft<'_>) -> Result<Rendered> {
    actor.may_read()?;
    let values = Values {
        activation_key: "TEST-TEST-TEST-TEST\nTEST-TEST-TEST-TEST".into(),
        product_name: draft.product_name.to_owned(),
        customer_email: "buyer@example.com".into(),
    };
    template::render(draft.subject, draft.body, &values)
        .map_err(|error| Error::field(error.field, error.message))
}
