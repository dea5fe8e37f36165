//! A message to the seller, written in a program by who uses it.

use std::fmt;

use crate::email_address;
use crate::field_error::FieldErrors;
use crate::form::{Reader, form, input};
use crate::product::NAME_MAX;

const SUBJECT_MAX: usize = 200;
const MESSAGE_MAX: usize = 20_000;

form! {
    /// The body of `/api/support/ticket`; all of it is required.
    pub struct TicketForm {
        /// The product by any name that it ever had.
        product_name,
        /// Where the answer goes.
        email,
        /// One line.
        subject,
        /// Plain text.
        message,
    }
}

/// A message that can be stored and sent on: no field can break out of a mail's header.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The product's name as typed.
    pub product_name: String,
    /// The writer's address as typed.
    pub email: String,
    /// One line of at most 200 characters.
    pub subject: String,
    /// At most 20,000 characters; lines end with `\n`.
    pub message: String,
}

impl TicketForm {
    /// Reads the form; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<Ticket, FieldErrors> {
        let mut reader = Reader::new();
        let ticket = Ticket {
            product_name: self.product_name(&mut reader),
            email: self.email(&mut reader),
            subject: self.subject(&mut reader),
            message: self.message(&mut reader),
        };
        reader.finish(ticket)
    }

    fn product_name(&self, reader: &mut Reader) -> String {
        let field = input("productName", self.product_name.as_ref());
        let name = reader.line(field, "", NAME_MAX);
        if name.is_empty() {
            reader.refuse(field.name(), "Name the product.");
        }
        name
    }

    fn email(&self, reader: &mut Reader) -> String {
        let field = input("email", self.email.as_ref());
        email_address::parse(field.filled().unwrap_or_default()).unwrap_or_else(|| {
            reader.refuse(field.name(), email_address::ADVICE);
            String::new()
        })
    }

    fn subject(&self, reader: &mut Reader) -> String {
        let field = input("subject", self.subject.as_ref());
        let subject = reader.line(field, "", SUBJECT_MAX);
        if subject.is_empty() {
            reader.refuse(field.name(), "Say in one line what it is about.");
        }
        subject
    }

    fn message(&self, reader: &mut Reader) -> String {
        let field = input("message", self.message.as_ref());
        let message = reader.paragraphs(field, "", MESSAGE_MAX).trim().to_owned();
        if message.is_empty() {
            reader.refuse(field.name(), "Write what the matter is.");
        }
        message
    }
}

// Written by hand: addresses and messages do not belong into a log.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("product_name", &self.product_name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(changes: &Value) -> Result<Ticket, FieldErrors> {
        let mut json = json!({
            "productName": "Atlas", "email": "ann@example.com", "subject": " It stops ",
            "message": "It stops.\r\nAlways.\n",
        });
        for (field, value) in changes.as_object().expect("an object") {
            json[field] = value.clone();
        }
        let form: TicketForm = serde_json::from_value(json).expect("a form");
        form.parse()
    }

    #[test]
    fn a_message_keeps_its_lines() {
        let expected = Ticket {
            product_name: "Atlas".into(),
            email: "ann@example.com".into(),
            subject: "It stops".into(),
            message: "It stops.\nAlways.".into(),
        };
        assert_eq!(parse(&json!({})), Ok(expected));
    }

    #[rstest]
    #[case(json!({"productName": " "}), "productName")]
    #[case(json!({"productName": "A".repeat(201)}), "productName")]
    #[case(json!({"email": null}), "email")]
    #[case(json!({"email": "ann@example.com\nBcc: bob@example.com"}), "email")]
    #[case(json!({"subject": ""}), "subject")]
    #[case(json!({"subject": "a\r\nBcc: bob@example.com"}), "subject")]
    #[case(json!({"subject": "a".repeat(201)}), "subject")]
    #[case(json!({"message": " \n "}), "message")]
    #[case(json!({"message": "a\0"}), "message")]
    #[case(json!({"message": "a".repeat(20_001)}), "message")]
    fn what_is_wrong_stands_beside_its_field(#[case] changes: Value, #[case] field: &str) {
        let errors = parse(&changes).expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }

    #[test]
    fn debug_tells_neither_writer_nor_message() {
        let shown = format!("{:?}", parse(&json!({})).expect("fine"));
        assert!(!shown.contains("ann") && !shown.contains("stops"));
    }
}
