//! A Stripe app as an admin writes it: keys that must be the right kind, of the right mode.

use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};
use crate::money::Currency;
use crate::stripe_key::{Kind, Mode, malformed};

const NAME_MAX: usize = 100;

form! {
    /// A Stripe app as it is typed or sent. It holds secrets, so it has no `Debug`.
    pub struct StripeAppForm {
        /// Required on a new app.
        name,
        /// `pk_…`; may be blank.
        publishable_key,
        /// `sk_…` or `rk_…`; blank keeps the saved one.
        secret_key,
        /// `whsec_…`; blank keeps the saved one.
        webhook_signing_secret,
        /// The signing secret before a roll; blank keeps the saved one.
        previous_webhook_signing_secret,
        /// Live, or else Test.
        is_live: flag,
        /// Inactive apps verify nothing.
        is_active: flag,
        /// The one that is used where none is named.
        is_default: flag,
        /// ISO code; new products begin with it.
        default_currency,
    }
}

/// An app as it is saved, without its secrets. `Default` is where a new one starts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the app's page"
)]
pub struct SavedStripeApp {
    /// Name as typed.
    pub name: String,
    /// `pk_…`, or blank.
    pub publishable_key: String,
    /// Live, or else Test.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The one that is used where none is named.
    pub is_default: bool,
    /// New products begin with it, where this app is the default one; what is sold is in its product's.
    pub default_currency: Currency,
    /// A secret key is saved, of the mode above.
    pub has_secret_key: bool,
}

impl Default for SavedStripeApp {
    fn default() -> Self {
        Self {
            name: String::new(),
            publishable_key: String::new(),
            is_live: false,
            is_active: true,
            is_default: false,
            default_currency: Currency::USD,
            has_secret_key: false,
        }
    }
}

/// An app's fields as they will stand after the change. It holds secrets, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct StripeAppChanges {
    /// Name as typed.
    pub name: String,
    /// `pk_…`, or blank.
    pub publishable_key: String,
    /// A new secret key; `None` keeps the saved one.
    pub secret_key: Option<String>,
    /// A new signing secret; `None` keeps the saved one.
    pub webhook_signing_secret: Option<String>,
    /// A former signing secret that still counts for a while; `None` keeps the saved one.
    pub previous_webhook_signing_secret: Option<String>,
    /// Live, or else Test.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The one that is used where none is named.
    pub is_default: bool,
    /// New products begin with it, where this app is the default one; what is sold is in its product's.
    pub default_currency: Currency,
}

impl StripeAppForm {
    /// The app as it will stand, from what is saved; a new one starts from `Default`.
    pub fn parse(&self, saved: &SavedStripeApp) -> Result<StripeAppChanges, FieldErrors> {
        let mut reader = Reader::new();
        let name = input("name", self.name.as_ref());
        let is_live = reader.flag(input("isLive", self.is_live.as_ref()), saved.is_live);
        let mode = Mode { is_live };
        let is_active = input("isActive", self.is_active.as_ref());
        let is_default = input("isDefault", self.is_default.as_ref());
        let currency = input("defaultCurrency", self.default_currency.as_ref());
        let (current, previous) = self.read_signing_secrets(&mut reader);
        let changes = StripeAppChanges {
            name: reader.name(name, &saved.name, NAME_MAX),
            publishable_key: self.read_publishable_key(&mut reader, saved, mode),
            secret_key: self.read_secret_key(&mut reader, saved, mode),
            webhook_signing_secret: current,
            previous_webhook_signing_secret: previous,
            is_live,
            is_active: reader.flag(is_active, saved.is_active),
            is_default: reader.flag(is_default, saved.is_default),
            default_currency: reader.currency(currency, saved.default_currency),
        };
        reader.finish(changes)
    }

    fn read_signing_secrets(&self, reader: &mut Reader) -> (Option<String>, Option<String>) {
        let field = "previousWebhookSigningSecret";
        let current = input("webhookSigningSecret", self.webhook_signing_secret.as_ref());
        let previous = input(field, self.previous_webhook_signing_secret.as_ref());
        let current = signing_secret(reader, current);
        let previous = signing_secret(reader, previous);
        if current.is_some() && current == previous {
            let message = "This is the new secret again. Paste the one that Stripe used before, or leave it empty.";
            reader.refuse(field, message);
        }
        (current, previous)
    }

    fn read_publishable_key(
        &self,
        reader: &mut Reader,
        saved: &SavedStripeApp,
        mode: Mode,
    ) -> String {
        let field = "publishableKey";
        let text = self.publishable_key.as_deref();
        let key = text.unwrap_or(&saved.publishable_key).trim();
        let refusal = match Kind::of(key) {
            _ if key.is_empty() => None,
            Kind::Publishable { is_live } if is_live != mode.is_live => {
                let prefix = format!("pk_{}_", mode.word());
                Some(mode.contradicted_by("key", &prefix))
            }
            Kind::Publishable { .. } => malformed(key),
            other => Some(format!(
                "{}Paste the publishable key: it starts with pk_{}_.",
                other.words(),
                mode.word()
            )),
        };
        refuse(reader, field, refusal);
        key.to_owned()
    }

    fn read_secret_key(
        &self,
        reader: &mut Reader,
        saved: &SavedStripeApp,
        mode: Mode,
    ) -> Option<String> {
        let prefixes = mode.secret_prefixes();
        let Some(key) = input("secretKey", self.secret_key.as_ref()).filled() else {
            if saved.has_secret_key && saved.is_live != mode.is_live {
                let message = format!(
                    "The saved key belongs to {}. Paste the key that starts with {prefixes}.",
                    mode.other().label()
                );
                reader.refuse("secretKey", message);
            }
            return None;
        };
        let refusal = match Kind::of(key) {
            Kind::Secret { is_live } if is_live != mode.is_live => {
                Some(mode.contradicted_by("key", &prefixes))
            }
            Kind::Secret { .. } => malformed(key),
            other => Some(format!(
                "{}Paste the secret key: it starts with {prefixes}.",
                other.words()
            )),
        };
        refuse(reader, "secretKey", refusal);
        Some(key.to_owned())
    }
}

fn signing_secret(reader: &mut Reader, input: Input<'_>) -> Option<String> {
    let secret = input.filled()?;
    let refusal = match Kind::of(secret) {
        Kind::SigningSecret => malformed(secret),
        other => Some(format!(
            "{}Paste the signing secret of exactly the endpoint that sends here: it starts with whsec_.",
            other.words()
        )),
    };
    refuse(reader, input.name(), refusal);
    Some(secret.to_owned())
}

fn refuse(reader: &mut Reader, field: &str, refusal: Option<String>) {
    if let Some(message) = refusal {
        reader.refuse(field, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value, saved: &SavedStripeApp) -> Result<StripeAppChanges, FieldErrors> {
        let form: StripeAppForm = serde_json::from_value(json).expect("a form");
        form.parse(saved)
    }

    fn refusal(json: Value, saved: &SavedStripeApp) -> FieldErrors {
        parse(json, saved).err().expect("refused")
    }

    #[test]
    fn everything_pasted_is_trimmed() {
        let sent = json!({
            "name": " Shop ", "publishableKey": " pk_test_51Pxabcdef\n",
            "secretKey": "\tsk_test_51Pxabcdef ", "webhookSigningSecret": " whsec_abcdefgh1234 ",
            "defaultCurrency": "eur",
        });
        let app = parse(sent, &SavedStripeApp::default()).expect("fine");
        assert_eq!(
            (app.name.as_str(), app.publishable_key.as_str()),
            ("Shop", "pk_test_51Pxabcdef")
        );
        assert_eq!(app.secret_key.as_deref(), Some("sk_test_51Pxabcdef"));
        assert_eq!(
            app.webhook_signing_secret.as_deref(),
            Some("whsec_abcdefgh1234")
        );
        assert_eq!(app.default_currency, Currency::EUR);
        assert!(app.is_active && !app.is_live && !app.is_default);
    }

    #[test]
    fn blank_and_absent_secrets_keep_the_saved_ones() {
        for sent in [
            json!({}),
            json!({"secretKey": "  ", "webhookSigningSecret": null}),
        ] {
            let saved = SavedStripeApp {
                name: "Shop".into(),
                has_secret_key: true,
                ..SavedStripeApp::default()
            };
            let app = parse(sent, &saved).expect("fine");
            assert_eq!((app.secret_key, app.webhook_signing_secret), (None, None));
        }
    }

    #[rstest]
    #[case(json!({"secretKey": "rk_test_51Pxabcdef"}), true)]
    #[case(json!({"secretKey": "sk_live_51Pxabcdef", "isLive": true}), true)]
    #[case(json!({"secretKey": "rk_live_51Pxabcdef", "isLive": "on"}), true)]
    #[case(json!({"publishableKey": "pk_live_51Pxabcdef", "isLive": true}), true)]
    #[case(json!({"secretKey": "sk_live_51Pxabcdef"}), false)]
    #[case(json!({"secretKey": "sk_test_51Pxabcdef", "isLive": true}), false)]
    #[case(json!({"publishableKey": "pk_live_51Pxabcdef"}), false)]
    fn keys_agree_with_the_mode(#[case] mut sent: Value, #[case] is_fine: bool) {
        sent["name"] = json!("Shop");
        assert_eq!(parse(sent, &SavedStripeApp::default()).is_ok(), is_fine);
    }

    #[test]
    fn a_live_key_in_a_test_app_is_told_what_to_paste() {
        let errors = refusal(
            json!({"name": "Shop", "secretKey": "sk_live_51Pxabcdef"}),
            &SavedStripeApp::default(),
        );
        assert_eq!(
            errors.message("secretKey"),
            Some(
                "This is a live key, but the app is marked Test. Paste the key that starts with sk_test_ or rk_test_, or switch the app to Live."
            )
        );
    }

    #[rstest]
    #[case("secretKey", "pk_test_51Pxabcdef", "publishable key")]
    #[case("secretKey", "whsec_abcdefgh1234", "webhook signing secret")]
    #[case("secretKey", "hello", "sk_test_ or rk_test_")]
    #[case("secretKey", "sk_test_", "too short")]
    #[case("secretKey", "sk_test_••••••••1234", "characters")]
    #[case("secretKey", "sk_test_51Px abcdef", "characters")]
    #[case("publishableKey", "sk_test_51Pxabcdef", "secret key")]
    #[case("webhookSigningSecret", "sk_test_51Pxabcdef", "secret key")]
    #[case("webhookSigningSecret", "we_1Pxabcdef", "whsec_")]
    #[case("webhookSigningSecret", "whsec_", "whsec_")]
    #[case("previousWebhookSigningSecret", "abc", "whsec_")]
    fn a_wrong_paste_is_called_what_it_is(
        #[case] field: &str,
        #[case] pasted: &str,
        #[case] words: &str,
    ) {
        let errors = refusal(
            json!({"name": "Shop", field: pasted}),
            &SavedStripeApp::default(),
        );
        let message = errors.message(field).expect("beside its field");
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("abcdef"), "{message}");
    }

    #[test]
    fn a_key_without_end_is_refused() {
        let key = format!("sk_test_{}", "a".repeat(300));
        let errors = refusal(
            json!({"name": "Shop", "secretKey": key}),
            &SavedStripeApp::default(),
        );
        assert!(errors.message("secretKey").is_some());
    }

    #[test]
    fn switching_the_mode_wants_keys_of_that_mode() {
        let saved = SavedStripeApp {
            name: "Shop".into(),
            publishable_key: "pk_test_51Pxabcdef".into(),
            has_secret_key: true,
            ..SavedStripeApp::default()
        };
        let errors = refusal(json!({"isLive": true}), &saved);
        assert!(
            errors
                .message("secretKey")
                .is_some_and(|m| m.contains("sk_live_"))
        );
        assert!(
            errors
                .message("publishableKey")
                .is_some_and(|m| m.contains("pk_live_"))
        );
    }

    #[test]
    fn a_roll_needs_two_different_secrets() {
        let secret = "whsec_abcdefgh1234";
        let errors = refusal(
            json!({"name": "Shop", "webhookSigningSecret": secret, "previousWebhookSigningSecret": secret}),
            &SavedStripeApp::default(),
        );
        assert!(errors.message("previousWebhookSigningSecret").is_some());
    }
}
