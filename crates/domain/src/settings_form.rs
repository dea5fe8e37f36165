//! What a tenant may set about itself.

use crate::email_address;
use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};
use crate::mail_server;

const NAME_MAX: usize = 100;

form! {
    /// Settings as they are typed or sent; absent fields keep what is there.
    pub struct SettingsForm {
        /// The tenant's name; must not be blank.
        company_name,
        /// Where customers write to; blank takes it away.
        support_address,
        /// Whether keys from test purchases are valid in programs; false once the tenant is live.
        test_keys_valid: flag,
        /// URL of a mail server of the tenant's own; blank keeps the saved one.
        mail_server_url,
        /// Who mails come from over that server; blank keeps the saved one.
        mail_sender,
        /// False takes the tenant's own mail server away.
        own_mail_server: flag,
    }
}

impl std::fmt::Debug for SettingsForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SettingsForm")
    }
}

/// What becomes of a tenant's own mail server. It holds a secret, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum MailServerChange {
    /// Nothing.
    #[default]
    Keep,
    /// It is taken away: the installation's is used again.
    Remove,
    /// It is set, or changed.
    Set {
        /// Its URL; `None` keeps the saved one.
        url: Option<String>,
        /// Who mails come from.
        sender: String,
    },
}

/// A tenant's settings as they will stand after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSettings {
    /// Name as typed.
    pub company_name: String,
    /// One address as typed; empty while none is set.
    pub support_address: String,
    /// Whether keys from test purchases are valid in programs.
    pub test_keys_valid: bool,
}

impl SettingsForm {
    /// The settings as they will stand, from what they are now.
    pub fn parse_update(&self, current: &TenantSettings) -> Result<TenantSettings, FieldErrors> {
        let mut reader = Reader::new();
        let name = input("companyName", self.company_name.as_ref());
        let valid = input("testKeysValid", self.test_keys_valid.as_ref());
        let settings = TenantSettings {
            company_name: reader.name(name, &current.company_name, NAME_MAX),
            support_address: self.support_address(&mut reader, &current.support_address),
            test_keys_valid: reader.flag(valid, current.test_keys_valid),
        };
        reader.finish(settings)
    }

    /// What becomes of the tenant's own mail server; `saved` is the sender of one that there is.
    pub fn parse_mail_server(&self, saved: Option<&str>) -> Result<MailServerChange, FieldErrors> {
        let mut reader = Reader::new();
        let own = input("ownMailServer", self.own_mail_server.as_ref());
        let url = input("mailServerUrl", self.mail_server_url.as_ref());
        let sender = input("mailSender", self.mail_sender.as_ref());
        let is_filled = url.filled().is_some() || sender.filled().is_some();
        let is_wanted = reader.flag(own, is_filled);
        let change = match (is_wanted, is_filled) {
            (false, true) => {
                reader.refuse(own.name(), "Leave it out, or leave URL and sender out.");
                MailServerChange::Keep
            }
            (false, false) if own.filled().is_some() => MailServerChange::Remove,
            (false, false) => MailServerChange::Keep,
            (true, _) => MailServerChange::Set {
                url: read_url(&mut reader, url, saved),
                sender: read_sender(&mut reader, sender, saved),
            },
        };
        reader.finish(change)
    }

    fn support_address(&self, reader: &mut Reader, current: &str) -> String {
        let address = input("supportAddress", self.support_address.as_ref());
        match (address.text(), address.filled()) {
            (None, _) => current.to_owned(),
            (Some(_), None) => String::new(),
            (Some(_), Some(text)) => email_address::parse(text).unwrap_or_else(|| {
                reader.refuse(address.name(), email_address::ADVICE);
                String::new()
            }),
        }
    }
}

fn read_url(reader: &mut Reader, url: Input<'_>, saved: Option<&str>) -> Option<String> {
    match url.filled() {
        Some(text) if mail_server::host(text).is_some() => return Some(text.to_owned()),
        None if saved.is_some() => {}
        _ => reader.refuse(url.name(), mail_server::URL_ADVICE),
    }
    None
}

fn read_sender(reader: &mut Reader, sender: Input<'_>, saved: Option<&str>) -> String {
    let line = match (sender.filled(), saved) {
        (Some(text), _) => mail_server::sender(text),
        (None, saved) => saved.map(str::to_owned),
    };
    line.unwrap_or_else(|| {
        reader.refuse(sender.name(), mail_server::SENDER_ADVICE);
        String::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value) -> Result<TenantSettings, FieldErrors> {
        let form: SettingsForm = serde_json::from_value(json).expect("a form");
        form.parse_update(&TenantSettings {
            company_name: "Acme".into(),
            support_address: "help@acme.example".into(),
            test_keys_valid: true,
        })
    }

    #[rstest]
    #[case(json!({}), ("Acme", "help@acme.example", true))]
    #[case(json!({"companyName": " Blue "}), ("Blue", "help@acme.example", true))]
    #[case(json!({"supportAddress": " "}), ("Acme", "", true))]
    #[case(json!({"supportAddress": null}), ("Acme", "", true))]
    #[case(json!({"supportAddress": " a@b.example "}), ("Acme", "a@b.example", true))]
    #[case(json!({"testKeysValid": false}), ("Acme", "help@acme.example", false))]
    fn what_is_absent_stays(#[case] json: Value, #[case] expected: (&str, &str, bool)) {
        let settings = parse(json).expect("fine");
        let found = (
            settings.company_name.as_str(),
            settings.support_address.as_str(),
            settings.test_keys_valid,
        );
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case(json!({"companyName": " "}), "companyName")]
    #[case(json!({"companyName": "a\nb"}), "companyName")]
    #[case(json!({"companyName": "a".repeat(101)}), "companyName")]
    #[case(json!({"supportAddress": "nobody"}), "supportAddress")]
    #[case(json!({"testKeysValid": "perhaps"}), "testKeysValid")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some(field));
    }

    fn parse_mail_server(
        json: Value,
        saved: Option<&str>,
    ) -> Result<MailServerChange, FieldErrors> {
        let form: SettingsForm = serde_json::from_value(json).expect("a form");
        form.parse_mail_server(saved)
    }

    const URL: &str = "smtp://ann:secret@mail.acme.example:587?tls=required";
    const SENDER: &str = "keys@acme.example";

    fn set(url: Option<&str>, sender: &str) -> MailServerChange {
        MailServerChange::Set {
            url: url.map(str::to_owned),
            sender: sender.into(),
        }
    }

    #[rstest]
    #[case(json!({}), None, MailServerChange::Keep)]
    #[case(json!({"mailServerUrl": " ", "mailSender": null}), Some(SENDER), MailServerChange::Keep)]
    #[case(json!({"mailServerUrl": URL, "mailSender": SENDER}), None, set(Some(URL), SENDER))]
    #[case(json!({"mailServerUrl": URL}), Some(SENDER), set(Some(URL), SENDER))]
    #[case(json!({"mailSender": "x@acme.example"}), Some(SENDER), set(None, "x@acme.example"))]
    #[case(json!({"ownMailServer": true}), Some(SENDER), set(None, SENDER))]
    #[case(json!({"ownMailServer": false}), Some(SENDER), MailServerChange::Remove)]
    #[case(json!({"ownMailServer": "false"}), None, MailServerChange::Remove)]
    fn a_mail_server_is_set_changed_and_taken_away(
        #[case] json: Value,
        #[case] saved: Option<&str>,
        #[case] expected: MailServerChange,
    ) {
        assert!(parse_mail_server(json, saved).is_ok_and(|change| change == expected));
    }

    #[rstest]
    #[case(json!({"mailServerUrl": URL}), None, "mailSender")]
    #[case(json!({"mailSender": SENDER}), None, "mailServerUrl")]
    #[case(json!({"ownMailServer": true}), None, "mailServerUrl")]
    #[case(json!({"mailServerUrl": "mail.acme.example"}), Some(SENDER), "mailServerUrl")]
    #[case(json!({"mailSender": "Acme"}), Some(SENDER), "mailSender")]
    #[case(json!({"ownMailServer": false, "mailServerUrl": URL}), Some(SENDER), "ownMailServer")]
    #[case(json!({"ownMailServer": "perhaps"}), Some(SENDER), "ownMailServer")]
    fn a_wrong_mail_server_stands_beside_its_field(
        #[case] json: Value,
        #[case] saved: Option<&str>,
        #[case] field: &str,
    ) {
        let Err(errors) = parse_mail_server(json, saved) else {
            panic!("it should be refused");
        };
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some(field));
        assert!(errors.iter().all(|e| !e.message.contains("secret")));
    }
}
