//! What shipped programs send: activate, validate, deactivate, features.
//!
//! A key that cannot be read is no wrong field: no licence has it, and that is the answer.

use std::fmt;

use crate::email_address;
use crate::field_error::FieldErrors;
use crate::form::{Input, Reader, form, input};
use crate::given_key::GivenKey;
use crate::hardware_id::HardwareId;
use crate::product::NAME_MAX;
use crate::version::VERSION_MAX;

form! {
    /// The body of `/api/license/activate`.
    pub struct ActivationForm {
        /// A licence key or an offline code. Required.
        activation_key,
        /// Who uses it; noted where it is an address, never compared.
        email,
        /// The device. Required.
        hardware_id,
        /// The product by any name that it ever had. Required.
        product_name,
        /// The program's version.
        version,
    }
}

form! {
    /// The body of `/api/license/validate`.
    pub struct ValidationForm {
        /// A licence key or an offline code; absent or blank is a trial.
        activation_key,
        /// The device. Required.
        hardware_id,
        /// The product by any name that it ever had; a key does without.
        product_name,
        /// The program's version.
        version,
    }
}

form! {
    /// The body of `/api/license/deactivate`; client libraries call the key `licenseKey` here.
    pub struct DeactivationForm {
        /// A licence key or an offline code. Required.
        license_key,
        /// The device. Required.
        hardware_id,
        /// The product by any name that it ever had. Required.
        product_name,
    }
}

form! {
    /// The body of `/api/license/features/csv`.
    pub struct FeaturesForm {
        /// A licence key or an offline code. Required.
        activation_key,
    }
}

/// A wish to activate that can be looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct ActivationRequest {
    /// What was given as a key.
    pub key: GivenKey,
    /// An address as typed; `None` where none was said that is plausible.
    pub email: Option<String>,
    /// The device.
    pub hardware_id: HardwareId,
    /// The product's name as typed.
    pub product_name: String,
    /// The program's version as it says it.
    pub version: Option<String>,
}

/// A question whether a program may run that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidationRequest {
    /// What was given as a key; `None` means a trial.
    pub key: Option<GivenKey>,
    /// The device.
    pub hardware_id: HardwareId,
    /// The product's name as typed.
    pub product_name: Option<String>,
    /// The program's version as it says it.
    pub version: Option<String>,
}

/// A wish to deactivate that can be looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeactivationRequest {
    /// What was given as a key.
    pub key: GivenKey,
    /// The device.
    pub hardware_id: HardwareId,
    /// The product's name as typed.
    pub product_name: String,
}

impl ActivationForm {
    /// Reads the form; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<ActivationRequest, FieldErrors> {
        let mut reader = Reader::new();
        let key = key(
            &mut reader,
            input("activationKey", self.activation_key.as_ref()),
        );
        let email = address(input("email", self.email.as_ref()));
        let hardware_id = device(&mut reader, self.hardware_id.as_ref());
        let product_name = required_product(&mut reader, self.product_name.as_ref());
        let version = version(&mut reader, self.version.as_ref());
        let (Some(key), Some(hardware_id)) = (key, hardware_id) else {
            return reader.refused();
        };
        reader.finish(ActivationRequest {
            key,
            email,
            hardware_id,
            product_name,
            version,
        })
    }
}

impl ValidationForm {
    /// Reads the form; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<ValidationRequest, FieldErrors> {
        let mut reader = Reader::new();
        let key = self.activation_key.as_deref().and_then(GivenKey::parse);
        let hardware_id = device(&mut reader, self.hardware_id.as_ref());
        let product_name = product(&mut reader, self.product_name.as_ref());
        let version = version(&mut reader, self.version.as_ref());
        let Some(hardware_id) = hardware_id else {
            return reader.refused();
        };
        reader.finish(ValidationRequest {
            key,
            hardware_id,
            product_name,
            version,
        })
    }
}

impl DeactivationForm {
    /// Reads the form; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<DeactivationRequest, FieldErrors> {
        let mut reader = Reader::new();
        let key = key(&mut reader, input("licenseKey", self.license_key.as_ref()));
        let hardware_id = device(&mut reader, self.hardware_id.as_ref());
        let product_name = required_product(&mut reader, self.product_name.as_ref());
        let (Some(key), Some(hardware_id)) = (key, hardware_id) else {
            return reader.refused();
        };
        reader.finish(DeactivationRequest {
            key,
            hardware_id,
            product_name,
        })
    }
}

impl FeaturesForm {
    /// Reads the form.
    pub fn parse(&self) -> Result<GivenKey, FieldErrors> {
        let mut reader = Reader::new();
        let given = input("activationKey", self.activation_key.as_ref());
        match key(&mut reader, given) {
            Some(key) => reader.finish(key),
            None => reader.refused(),
        }
    }
}

fn key(reader: &mut Reader, given: Input<'_>) -> Option<GivenKey> {
    let key = given.filled().and_then(GivenKey::parse);
    if key.is_none() {
        reader.refuse(given.name(), "Enter the activation key.");
    }
    key
}

/// `None` where it is refused.
fn device(reader: &mut Reader, hardware_id: Option<&String>) -> Option<HardwareId> {
    let text = hardware_id.map_or("", String::as_str);
    HardwareId::parse(text)
        .map_err(|refusal| reader.refuse("hardwareId", refusal.to_string()))
        .ok()
}

fn product(reader: &mut Reader, name: Option<&String>) -> Option<String> {
    let name = reader.line(input("productName", name), "", NAME_MAX);
    Some(name).filter(|name| !name.is_empty())
}

fn required_product(reader: &mut Reader, name: Option<&String>) -> String {
    product(reader, name).unwrap_or_else(|| {
        reader.refuse("productName", "Name the product.");
        String::new()
    })
}

fn version(reader: &mut Reader, version: Option<&String>) -> Option<String> {
    let version = reader.line(input("version", version), "", VERSION_MAX);
    Some(version).filter(|version| !version.is_empty())
}

/// It is only noted: what is no address is not, and locks nobody out.
fn address(email: Input<'_>) -> Option<String> {
    email_address::parse(email.filled()?)
}

// Written by hand: the address does not belong into a log.
impl fmt::Debug for ActivationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActivationRequest")
            .field("hardware_id", &self.hardware_id)
            .field("product_name", &self.product_name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation_key::ActivationKey;
    use rstest::rstest;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    fn form<T: DeserializeOwned>(json: Value) -> T {
        serde_json::from_value(json).expect("a form")
    }

    fn fields(errors: FieldErrors) -> Vec<String> {
        errors.0.into_iter().map(|error| error.field).collect()
    }

    fn some_key() -> GivenKey {
        GivenKey::Key(ActivationKey::from_random([0; 10]))
    }

    fn device() -> HardwareId {
        HardwareId::parse("AB12").expect("an id")
    }

    #[test]
    fn what_the_client_libraries_send_is_read() {
        let form: ActivationForm = form(json!({
            "activationKey": " 0000 0000-oooo-0000", "email": "ann@example.com",
            "hardwareId": " ab 12 ", "productName": " Atlas Studio ", "version": "2.1",
        }));
        let expected = ActivationRequest {
            key: some_key(),
            email: Some("ann@example.com".into()),
            hardware_id: device(),
            product_name: "Atlas Studio".into(),
            version: Some("2.1".into()),
        };
        assert_eq!(form.parse(), Ok(expected));
    }

    #[test]
    fn an_activation_needs_neither_address_nor_version() {
        let form: ActivationForm = form(json!({
            "activationKey": "0000-0000-0000-0000", "email": " ", "hardwareId": "ab12",
            "productName": "Atlas", "version": "",
        }));
        let request = form.parse().expect("enough");
        assert_eq!((request.email, request.version), (None, None));
    }

    #[rstest]
    #[case("ann")]
    #[case("Ann <ann@example.com>")]
    #[case("ann@example.com\r\nbcc: all@example.com")]
    fn what_is_no_address_is_not_noted_and_locks_nobody_out(#[case] email: &str) {
        let form: ActivationForm = form(json!({
            "activationKey": "0000-0000-0000-0000", "email": email, "hardwareId": "ab12",
            "productName": "Atlas",
        }));
        assert_eq!(form.parse().expect("a request").email, None);
    }

    #[test]
    fn a_key_that_cannot_be_read_is_for_the_answer_to_say() {
        let form: ActivationForm = form(json!({
            "activationKey": "hello", "hardwareId": "ab12", "productName": "Atlas",
        }));
        let request = form.parse().expect("a request");
        assert_eq!(request.key, GivenKey::Unreadable);
    }

    #[rstest]
    #[case(json!({}))]
    #[case(json!({"activationKey": null}))]
    #[case(json!({"activationKey": "  "}))]
    fn no_key_means_a_trial(#[case] mut json: Value) {
        json["hardwareId"] = "ab12".into();
        let request = form::<ValidationForm>(json).parse().expect("a request");
        let expected = ValidationRequest {
            key: None,
            hardware_id: device(),
            product_name: None,
            version: None,
        };
        assert_eq!(request, expected);
    }

    #[rstest]
    #[case(json!({}), &["activationKey", "hardwareId", "productName"])]
    #[case(json!({"activationKey": "k", "hardwareId": "a\0", "productName": "Atlas"}), &["hardwareId"])]
    #[case(json!({"activationKey": "k", "hardwareId": "a".repeat(257), "productName": "A"}), &["hardwareId"])]
    #[case(json!({"activationKey": "k", "hardwareId": "a", "productName": "A\u{7}"}), &["productName"])]
    #[case(json!({"activationKey": "k", "hardwareId": "a", "productName": "A".repeat(201)}), &["productName"])]
    #[case(json!({"activationKey": "k", "hardwareId": "a", "productName": "A", "version": "1".repeat(65)}), &["version"])]
    fn what_is_wrong_with_an_activation_stands_beside_its_field(
        #[case] json: Value,
        #[case] wrong: &[&str],
    ) {
        let errors = form::<ActivationForm>(json).parse().expect_err("refused");
        assert_eq!(fields(errors), wrong);
    }

    #[rstest]
    #[case(json!({"activationKey": "k"}), &["hardwareId"])]
    #[case(json!({"hardwareId": " "}), &["hardwareId"])]
    #[case(json!({"hardwareId": "a", "version": "1\n2"}), &["version"])]
    #[case(json!({"hardwareId": "", "productName": "A".repeat(201)}), &["hardwareId", "productName"])]
    fn what_is_wrong_with_a_validation_stands_beside_its_field(
        #[case] json: Value,
        #[case] wrong: &[&str],
    ) {
        let errors = form::<ValidationForm>(json).parse().expect_err("refused");
        assert_eq!(fields(errors), wrong);
    }

    #[test]
    fn a_deactivation_calls_its_key_as_the_libraries_do() {
        let json = json!({
            "licenseKey": "0000-0000-0000-0000", "hardwareId": "ab12", "productName": "Atlas",
        });
        let expected = DeactivationRequest {
            key: some_key(),
            hardware_id: device(),
            product_name: "Atlas".into(),
        };
        assert_eq!(form::<DeactivationForm>(json).parse(), Ok(expected));
        let empty = form::<DeactivationForm>(json!({"activationKey": "k"}));
        let wrong = fields(empty.parse().expect_err("refused"));
        assert_eq!(wrong, ["licenseKey", "hardwareId", "productName"]);
    }

    #[test]
    fn features_want_a_key_alone() {
        let asked = form::<FeaturesForm>(json!({"activationKey": "0000-0000-0000-0000"}));
        assert_eq!(asked.parse(), Ok(some_key()));
        let wrong = form::<FeaturesForm>(json!({}))
            .parse()
            .expect_err("refused");
        assert_eq!(fields(wrong), ["activationKey"]);
    }

    #[test]
    fn debug_tells_neither_key_nor_address() {
        let form: ActivationForm = form(json!({
            "activationKey": "0000-0000-0000-0000", "email": "ann@example.com",
            "hardwareId": "ab12", "productName": "Atlas",
        }));
        let shown = format!("{:?}", form.parse().expect("a request"));
        assert!(!shown.contains("ann") && !shown.contains("0000"));
    }
}
