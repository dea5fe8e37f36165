//! Licences that somebody generates: for whom, of what, how many and until when.

use std::fmt;

use crate::email_address;
use crate::features;
use crate::field_error::FieldErrors;
use crate::form::{Reader, form, input};
use crate::hardware_id::HardwareId;
use crate::ids::{PlanId, ProductId};
use crate::license_term::DAYS_MAX;
use crate::purchase::QUANTITY_MAX;

pub(crate) const COMPANY_MAX: usize = 200;
pub(crate) const SEATS_MAX: i32 = 1_000_000;
const NAME_MAX: usize = 200;
const NOTE_MAX: usize = 2_000;

form! {
    /// A wish for licences as it is typed or sent.
    pub struct LicenseForm {
        /// The product by its id; one of the two is required.
        product_id: number,
        /// The product by any name that it ever had.
        product_name,
        /// The holder's address. Required.
        email,
        /// A plan; beats the days.
        plan_id: number,
        /// 0..=36500; 0 is perpetual. Absent: the product's Default License Days.
        validity_days: number,
        /// 1..=100; absent is 1.
        quantity: number,
        /// Seats of each; absent: the product's.
        max_seats: number,
        /// The holder's company.
        corporate_name,
        /// A device: the key comes with an offline code for it, and is activated there.
        hardware_id,
        /// Words joined by commas: what it unlocks beside its product's and its plan's.
        features: list,
        /// For admins only; several lines.
        note,
    }
}

/// Which product is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedProduct {
    /// By its id.
    Id(ProductId),
    /// By a name as typed.
    Name(String),
}

/// A wish for licences that can be looked up.
#[derive(Clone, PartialEq, Eq)]
pub struct LicenseWish {
    /// Which product.
    pub product: NamedProduct,
    /// The holder's address as typed.
    pub email: String,
    /// Which plan.
    pub plan_id: Option<PlanId>,
    /// 0 is perpetual.
    pub validity_days: Option<i32>,
    /// 1..=100.
    pub quantity: u16,
    /// Seats of each.
    pub max_seats: Option<i32>,
    /// The holder's company.
    pub corporate_name: Option<String>,
    /// The device that an offline code is wanted for; then the quantity is 1.
    pub hardware_id: Option<HardwareId>,
    /// What each unlocks beside its product's and its plan's.
    pub features: Vec<String>,
    /// For admins only.
    pub note: Option<String>,
}

impl LicenseForm {
    /// Reads the form; everything that is wrong is named at once.
    pub fn parse(&self) -> Result<LicenseWish, FieldErrors> {
        let mut reader = Reader::new();
        let quantity = reader.number(
            input("quantity", self.quantity.as_ref()),
            1,
            1..=i32::from(QUANTITY_MAX),
        );
        let company = input("corporateName", self.corporate_name.as_ref());
        let wish = LicenseWish {
            product: self.product(&mut reader),
            email: self.holder(&mut reader),
            plan_id: self.plan(&mut reader),
            validity_days: reader.optional_number(
                input("validityDays", self.validity_days.as_ref()),
                None,
                0..=DAYS_MAX,
            ),
            quantity: u16::try_from(quantity).unwrap_or(1),
            max_seats: reader.optional_number(
                input("maxSeats", self.max_seats.as_ref()),
                None,
                1..=SEATS_MAX,
            ),
            corporate_name: Some(reader.line(company, "", COMPANY_MAX))
                .filter(|name| !name.is_empty()),
            hardware_id: self.device(&mut reader),
            features: features::read(&mut reader, input("features", self.features.as_ref()), &[]),
            note: note(&mut reader, self.note.as_ref(), None),
        };
        if wish.hardware_id.is_some() && wish.quantity > 1 {
            reader.refuse(
                "quantity",
                "An offline code is for one device. Generate one key at a time.",
            );
        }
        reader.finish(wish)
    }

    fn product(&self, reader: &mut Reader) -> NamedProduct {
        let id = input("productId", self.product_id.as_ref());
        if let Some(text) = id.filled() {
            if let Ok(id) = text.parse() {
                return NamedProduct::Id(id);
            }
            reader.refuse("productId", "Write the id of one of your products.");
        }
        let name = input("productName", self.product_name.as_ref());
        if id.filled().is_none() && name.filled().is_none() {
            reader.refuse("productName", "Name the product.");
        }
        NamedProduct::Name(reader.line(name, "", NAME_MAX))
    }

    fn holder(&self, reader: &mut Reader) -> String {
        let email = input("email", self.email.as_ref()).filled().unwrap_or("");
        email_address::parse(email).unwrap_or_else(|| {
            reader.refuse("email", email_address::ADVICE);
            String::new()
        })
    }

    fn plan(&self, reader: &mut Reader) -> Option<PlanId> {
        let text = input("planId", self.plan_id.as_ref()).filled()?;
        let id = text.parse().ok();
        if id.is_none() {
            reader.refuse("planId", "Write the id of one of your plans.");
        }
        id
    }

    fn device(&self, reader: &mut Reader) -> Option<HardwareId> {
        let text = input("hardwareId", self.hardware_id.as_ref()).filled()?;
        HardwareId::parse(text)
            .map_err(|refusal| reader.refuse("hardwareId", refusal.to_string()))
            .ok()
    }
}

/// A licence's note; `None` where it is blank.
pub(crate) fn note(
    reader: &mut Reader,
    note: Option<&String>,
    current: Option<&str>,
) -> Option<String> {
    let current = current.unwrap_or_default();
    let note = reader.paragraphs(input("note", note), current, NOTE_MAX);
    Some(note.trim().to_owned()).filter(|note| !note.is_empty())
}

// Written by hand: the holder's address does not belong into a log.
impl fmt::Debug for LicenseWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LicenseWish")
            .field("product", &self.product)
            .field("quantity", &self.quantity)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn parse(json: Value) -> Result<LicenseWish, FieldErrors> {
        let form: LicenseForm = serde_json::from_value(json).expect("a form");
        form.parse()
    }

    #[test]
    fn product_and_address_are_enough() {
        let wish = parse(json!({"productName": "Studio", "email": " ann@example.com "}));
        let expected = LicenseWish {
            product: NamedProduct::Name("Studio".into()),
            email: "ann@example.com".into(),
            plan_id: None,
            validity_days: None,
            quantity: 1,
            max_seats: None,
            corporate_name: None,
            hardware_id: None,
            features: Vec::new(),
            note: None,
        };
        assert_eq!(wish, Ok(expected));
    }

    #[test]
    fn a_device_asks_for_an_offline_code() {
        let wish = parse(json!({"productId": 7, "email": "a@b.example", "hardwareId": " ab 12 "}));
        let device = wish.expect("fine").hardware_id.expect("a device");
        assert_eq!(device.as_str(), "AB12");
        let blank = parse(json!({"productId": 7, "email": "a@b.example", "hardwareId": ""}));
        assert_eq!(blank.expect("fine").hardware_id, None);
    }

    #[test]
    fn features_and_a_note_come_along() {
        let wish = parse(
            json!({"productId": 7, "email": "a@b.example", "features": "maps, api",
            "note": " By wire. "}),
        );
        let wish = wish.expect("fine");
        assert_eq!(wish.features, ["maps", "api"]);
        assert_eq!(wish.note.as_deref(), Some("By wire."));
    }

    #[test]
    fn the_id_beats_the_name() {
        let wish = parse(json!({"productId": 7, "productName": "x", "email": "a@b.example"}));
        assert_eq!(
            wish.map(|wish| wish.product),
            Ok(NamedProduct::Id(ProductId::from(7)))
        );
    }

    #[rstest]
    #[case(json!({"email": "a@b.example"}), "productName")]
    #[case(json!({"productId": "x", "email": "a@b.example"}), "productId")]
    #[case(json!({"productId": 0, "email": "a@b.example"}), "productId")]
    #[case(json!({"productId": 1}), "email")]
    #[case(json!({"productId": 1, "email": "ann"}), "email")]
    #[case(json!({"productId": 1, "email": "a@b.example", "quantity": 0}), "quantity")]
    #[case(json!({"productId": 1, "email": "a@b.example", "quantity": 101}), "quantity")]
    #[case(json!({"productId": 1, "email": "a@b.example", "validityDays": -1}), "validityDays")]
    #[case(json!({"productId": 1, "email": "a@b.example", "maxSeats": 0}), "maxSeats")]
    #[case(json!({"productId": 1, "email": "a@b.example", "planId": "p"}), "planId")]
    #[case(json!({"productId": 1, "email": "a@b.example", "corporateName": "a\u{7}"}), "corporateName")]
    #[case(json!({"productId": 1, "email": "a@b.example", "hardwareId": "a\0"}), "hardwareId")]
    #[case(json!({"productId": 1, "email": "a@b.example", "features": "f".repeat(101)}), "features")]
    #[case(json!({"productId": 1, "email": "a@b.example", "note": "a\0"}), "note")]
    #[case(json!({"productId": 1, "email": "a@b.example", "hardwareId": "a", "quantity": 2}), "quantity")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = parse(json).expect_err("refused");
        let fields: Vec<_> = errors.0.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(fields, [field]);
    }

    #[test]
    fn debug_does_not_tell_the_address() {
        let wish = parse(json!({"productId": 1, "email": "ann@example.com"})).expect("fine");
        assert!(!format!("{wish:?}").contains("ann"));
    }
}
