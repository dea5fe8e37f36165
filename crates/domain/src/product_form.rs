//! A product as an admin writes it: only its name is required.

use crate::features;
use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};
use crate::license_term::DAYS_MAX;
use crate::money::Money;
use crate::product::{NAME_MAX, ProductChanges, RefundPolicy, TEMPLATE_MAX};
use crate::version::{ProgramVersion, VERSION_MAX};

const DESCRIPTION_MAX: usize = 4_000;
const SUBJECT_MAX: usize = 300;
const TRIAL_DAYS_MAX: i32 = 3_650;
const SEATS_MAX: i32 = 1_000_000;
const REMINDER_DAYS_MAX: i32 = 365;
const COOLDOWN_HOURS_MAX: i32 = 8_760;

form! {
    /// A product as it is typed or sent; absent fields keep what is there.
    #[derive(Debug)]
    pub struct ProductForm {
        /// Required on a new product.
        name,
        /// Newest version of the program.
        version,
        /// For admins.
        description,
        /// Inactive products are not sold.
        is_active: flag,
        /// Decimal in major units.
        price: number,
        /// ISO code.
        currency,
        /// 0..=3650; 0 is no trial.
        trial_days: number,
        /// 0..=36500; 0 is perpetual.
        default_license_days: number,
        /// Words joined by commas.
        features: list,
        /// Blank is a key for one device.
        max_seats: number,
        /// One key of N seats instead of N keys.
        seats_from_quantity: flag,
        /// Blank is any.
        minimum_required_version,
        /// Refuse programs older than the minimum.
        enforce_version_check: flag,
        /// Auto Email.
        send_purchase_email: flag,
        /// Remind of the end.
        send_renewal_reminders: flag,
        /// Days before the end.
        renewal_reminder_days: number,
        /// Hours between two deactivations.
        deactivation_cooldown_hours: number,
        /// Template; blank is the standard one.
        email_subject,
        /// Template; blank is the standard one.
        email_template,
        /// `revoke`, `suspend` or `keep`.
        refund_policy,
    }
}

impl ProductForm {
    /// The product as it will stand, from what it is now; a new one starts from `Default`.
    /// Whether the templates can be rendered is for the mails to say.
    pub fn parse(&self, current: &ProductChanges) -> Result<ProductChanges, FieldErrors> {
        let mut reader = Reader::new();
        let mut product = current.clone();
        self.read_texts(&mut reader, &mut product);
        self.read_switches(&mut reader, &mut product);
        self.read_numbers(&mut reader, &mut product);
        product.price = self.read_price(&mut reader, current.price);
        let features = input("features", self.features.as_ref());
        product.features = features::read(&mut reader, features, &current.features);
        product.refund_policy = self.read_policy(&mut reader, current.refund_policy);
        self.read_version_check(&mut reader, &mut product);
        if product.send_renewal_reminders && product.renewal_reminder_days.is_none() {
            reader.refuse(
                "renewalReminderDays",
                "Write how many days before the end to remind, or switch reminders off.",
            );
        }
        reader.finish(product)
    }

    fn read_texts(&self, reader: &mut Reader, product: &mut ProductChanges) {
        let name = input("name", self.name.as_ref());
        product.name = reader.name(name, &product.name, NAME_MAX);
        let version = input("version", self.version.as_ref());
        product.version = reader.line(version, &product.version, VERSION_MAX);
        let description = input("description", self.description.as_ref());
        product.description = reader.paragraphs(description, &product.description, DESCRIPTION_MAX);
        let subject = input("emailSubject", self.email_subject.as_ref());
        product.email_subject = reader.line(subject, &product.email_subject, SUBJECT_MAX);
        let template = input("emailTemplate", self.email_template.as_ref());
        product.email_template = reader.paragraphs(template, &product.email_template, TEMPLATE_MAX);
    }

    fn read_switches(&self, reader: &mut Reader, product: &mut ProductChanges) {
        let switches = [
            ("isActive", &self.is_active, &mut product.is_active),
            (
                "seatsFromQuantity",
                &self.seats_from_quantity,
                &mut product.seats_from_quantity,
            ),
            (
                "enforceVersionCheck",
                &self.enforce_version_check,
                &mut product.enforce_version_check,
            ),
            (
                "sendPurchaseEmail",
                &self.send_purchase_email,
                &mut product.send_purchase_email,
            ),
            (
                "sendRenewalReminders",
                &self.send_renewal_reminders,
                &mut product.send_renewal_reminders,
            ),
        ];
        for (name, text, switch) in switches {
            *switch = reader.flag(input(name, text.as_ref()), *switch);
        }
    }

    fn read_numbers(&self, reader: &mut Reader, product: &mut ProductChanges) {
        let trial = input("trialDays", self.trial_days.as_ref());
        product.trial_days = reader.number(trial, product.trial_days, 0..=TRIAL_DAYS_MAX);
        let days = input("defaultLicenseDays", self.default_license_days.as_ref());
        product.default_license_days =
            reader.number(days, product.default_license_days, 0..=DAYS_MAX);
        let seats = input("maxSeats", self.max_seats.as_ref());
        product.max_seats = reader.optional_number(seats, product.max_seats, 1..=SEATS_MAX);
        let reminder = input("renewalReminderDays", self.renewal_reminder_days.as_ref());
        product.renewal_reminder_days = reader.optional_number(
            reminder,
            product.renewal_reminder_days,
            1..=REMINDER_DAYS_MAX,
        );
        let cooldown = input(
            "deactivationCooldownHours",
            self.deactivation_cooldown_hours.as_ref(),
        );
        product.deactivation_cooldown_hours = reader.optional_number(
            cooldown,
            product.deactivation_cooldown_hours,
            0..=COOLDOWN_HOURS_MAX,
        );
    }

    /// A new currency without a new price keeps the figure: 49.00 USD becomes 49 JPY, not 4900.
    fn read_price(&self, reader: &mut Reader, current: Money) -> Money {
        let code = input("currency", self.currency.as_ref());
        let currency = reader.currency(code, current.currency);
        let price = input("price", self.price.as_ref());
        let text = match price.filled() {
            Some(text) => text.to_owned(),
            None if currency == current.currency => return current,
            None => current.major(),
        };
        Money::parse(&text, currency).unwrap_or_else(|error| {
            reader.refuse("price", error.to_string());
            current
        })
    }

    fn read_policy(&self, reader: &mut Reader, current: RefundPolicy) -> RefundPolicy {
        let policy: Input<'_> = input("refundPolicy", self.refund_policy.as_ref());
        let Some(word) = policy.filled() else {
            return current;
        };
        word.parse().unwrap_or_else(|_| {
            reader.refuse("refundPolicy", "Use revoke, suspend or keep.");
            current
        })
    }

    fn read_version_check(&self, reader: &mut Reader, product: &mut ProductChanges) {
        let current = product.minimum_required_version.take().unwrap_or_default();
        let minimum = input(
            "minimumRequiredVersion",
            self.minimum_required_version.as_ref(),
        );
        let version = reader.line(minimum, &current, VERSION_MAX);
        if product.enforce_version_check && version.is_empty() {
            reader.refuse(
                "minimumRequiredVersion",
                "Write the oldest version that may run, or switch the version check off.",
            );
        } else if product.enforce_version_check && ProgramVersion::parse(&version).is_none() {
            reader.refuse(
                "minimumRequiredVersion",
                "Write a version that begins with a number, like 2.1.0.",
            );
        }
        product.minimum_required_version = (!version.is_empty()).then_some(version);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn form(json: Value) -> ProductForm {
        serde_json::from_value(json).expect("a form")
    }

    fn new(json: Value) -> Result<ProductChanges, FieldErrors> {
        form(json).parse(&ProductChanges::default())
    }

    #[test]
    fn only_the_name_is_required() {
        let product = new(json!({"name": "  Atlas Studio "})).expect("enough");
        assert_eq!(product.name, "Atlas Studio");
        assert_eq!(product.name_key(), "atlas studio");
        assert_eq!(product.price, Money::new(0, Currency::USD));
        assert_eq!((product.trial_days, product.default_license_days), (0, 0));
        assert!(product.is_active && product.send_purchase_email);
    }

    #[test]
    fn json_and_html_say_the_same() {
        let json = form(json!({
            "name": "Atlas", "price": 49.5, "currency": "eur", "isActive": false,
            "defaultLicenseDays": 365, "features": ["a", "b"], "maxSeats": null,
        }));
        let html = form(json!({
            "name": "Atlas", "price": "49.50", "currency": "EUR", "isActive": "off",
            "defaultLicenseDays": "365", "features": "a, b,", "maxSeats": "",
        }));
        let start = ProductChanges::default();
        let product = json.parse(&start).expect("fine");
        assert_eq!(html.parse(&start), Ok(product.clone()));
        assert_eq!(product.price, Money::new(4_950, Currency::EUR));
        assert_eq!(product.features, ["a", "b"]);
        assert!(!product.is_active);
    }

    #[test]
    fn an_update_keeps_what_is_absent_and_clears_what_is_null() {
        let current = new(json!({
            "name": "Atlas", "price": "49", "maxSeats": 5, "description": "Maps", "trialDays": 14,
        }))
        .expect("fine");
        let update = form(json!({"maxSeats": null, "trialDays": 7}));
        let product = update.parse(&current).expect("fine");
        let expected = ProductChanges {
            max_seats: None,
            trial_days: 7,
            ..current
        };
        assert_eq!(product, expected);
    }

    #[test]
    fn another_currency_keeps_the_figure() {
        let current = new(json!({"name": "Atlas", "price": "49.00"})).expect("fine");
        let product = form(json!({"currency": "JPY"}))
            .parse(&current)
            .expect("fine");
        assert_eq!(product.price.to_string(), "49 JPY");
        let odd = new(json!({"name": "Atlas", "price": "49.99"})).expect("fine");
        let errors = form(json!({"currency": "JPY"}))
            .parse(&odd)
            .expect_err("no decimals");
        assert!(
            errors
                .message("price")
                .is_some_and(|m| m.contains("JPY has 0 decimals"))
        );
    }

    #[rstest]
    #[case(json!({}), "name")]
    #[case(json!({"name": "   "}), "name")]
    #[case(json!({"name": null}), "name")]
    #[case(json!({"name": "a\u{0}b"}), "name")]
    #[case(json!({"name": "a\nb"}), "name")]
    #[case(json!({"name": "n".repeat(201)}), "name")]
    #[case(json!({"name": "A", "price": "-1"}), "price")]
    #[case(json!({"name": "A", "price": -1}), "price")]
    #[case(json!({"name": "A", "price": 1e300}), "price")]
    #[case(json!({"name": "A", "currency": "XXX"}), "currency")]
    #[case(json!({"name": "A", "trialDays": 3651}), "trialDays")]
    #[case(json!({"name": "A", "trialDays": "1.5"}), "trialDays")]
    #[case(json!({"name": "A", "defaultLicenseDays": -1}), "defaultLicenseDays")]
    #[case(json!({"name": "A", "defaultLicenseDays": 36_501}), "defaultLicenseDays")]
    #[case(json!({"name": "A", "defaultLicenseDays": 99_999_999_999_i64}), "defaultLicenseDays")]
    #[case(json!({"name": "A", "maxSeats": 0}), "maxSeats")]
    #[case(json!({"name": "A", "isActive": "maybe"}), "isActive")]
    #[case(json!({"name": "A", "description": "d".repeat(4_001)}), "description")]
    #[case(json!({"name": "A", "features": "f".repeat(101)}), "features")]
    #[case(json!({"name": "A", "features": ["a\tb"]}), "features")]
    #[case(json!({"name": "A", "features": (0..101).map(|n| n.to_string()).collect::<Vec<_>>()}), "features")]
    #[case(json!({"name": "A", "emailSubject": "a\r\nbcc: b"}), "emailSubject")]
    #[case(json!({"name": "A", "emailTemplate": "\u{1b}[31m"}), "emailTemplate")]
    #[case(json!({"name": "A", "refundPolicy": "burn"}), "refundPolicy")]
    #[case(json!({"name": "A", "enforceVersionCheck": true}), "minimumRequiredVersion")]
    #[case(json!({"name": "A", "enforceVersionCheck": true, "minimumRequiredVersion": "newest"}), "minimumRequiredVersion")]
    #[case(json!({"name": "A", "sendRenewalReminders": true}), "renewalReminderDays")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = new(json).expect_err("refused");
        assert!(errors.message(field).is_some(), "{errors}");
        assert!(errors.iter().all(|error| error.field == field), "{errors}");
    }

    #[test]
    fn everything_wrong_is_named_at_once() {
        let errors = new(json!({"price": "x", "trialDays": "x"})).expect_err("refused");
        let fields: Vec<_> = errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, ["name", "trialDays", "price"]);
    }

    #[test]
    fn a_nested_object_is_no_field() {
        assert!(serde_json::from_value::<ProductForm>(json!({"name": {"a": 1}})).is_err());
    }
}
