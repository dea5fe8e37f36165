//! A plan as an admin writes it: a name for a length, and for what it unlocks.

use crate::features;
use crate::field_error::FieldErrors;
use crate::folding::name_key;
use crate::form::{Reader, form, input};
use crate::license_term::DAYS_MAX;

const NAME_MAX: usize = 200;

form! {
    /// A plan as it is typed or sent; absent fields keep what is there.
    #[derive(Debug)]
    pub struct PlanForm {
        /// Required on a new plan.
        name,
        /// 0..=36500; 0 is perpetual. Required on a new plan.
        duration_days: number,
        /// Words joined by commas.
        features: list,
        /// Inactive plans are not sold.
        is_active: flag,
    }
}

/// A plan's fields as they will stand after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanChanges {
    /// Name as typed.
    pub name: String,
    /// 0 is perpetual.
    pub duration_days: i32,
    /// What its licences unlock beside the product's features.
    pub features: Vec<String>,
    /// Inactive plans are not sold.
    pub is_active: bool,
}

impl PlanChanges {
    /// The name folded, which is unique in a tenant.
    pub fn name_key(&self) -> String {
        name_key(&self.name)
    }
}

impl PlanForm {
    /// A new plan: the length must be said, because 0 would be for ever.
    pub fn parse_new(&self) -> Result<PlanChanges, FieldErrors> {
        let start = PlanChanges {
            name: String::new(),
            duration_days: 0,
            features: Vec::new(),
            is_active: true,
        };
        let mut reader = Reader::new();
        if input("durationDays", self.duration_days.as_ref())
            .filled()
            .is_none()
        {
            reader.refuse(
                "durationDays",
                "Write how many days it lasts; 0 is perpetual.",
            );
        }
        self.read(reader, &start)
    }

    /// The plan as it will stand, from what it is now.
    pub fn parse_update(&self, current: &PlanChanges) -> Result<PlanChanges, FieldErrors> {
        self.read(Reader::new(), current)
    }

    fn read(&self, mut reader: Reader, current: &PlanChanges) -> Result<PlanChanges, FieldErrors> {
        let name = input("name", self.name.as_ref());
        let days = input("durationDays", self.duration_days.as_ref());
        let features = input("features", self.features.as_ref());
        let is_active = input("isActive", self.is_active.as_ref());
        let plan = PlanChanges {
            name: reader.name(name, &current.name, NAME_MAX),
            duration_days: reader.number(days, current.duration_days, 0..=DAYS_MAX),
            features: features::read(&mut reader, features, &current.features),
            is_active: reader.flag(is_active, current.is_active),
        };
        reader.finish(plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    fn form(json: Value) -> PlanForm {
        serde_json::from_value(json).expect("a form")
    }

    #[test]
    fn the_documented_body_makes_a_plan() {
        let sent = json!({"id": null, "name": " Yearly", "durationDays": 365, "isActive": true});
        let plan = form(sent).parse_new().expect("fine");
        assert_eq!(
            (plan.name_key().as_str(), plan.duration_days),
            ("yearly", 365)
        );
    }

    #[test]
    fn an_update_keeps_what_is_absent() {
        let plan =
            form(json!({"name": "Yearly", "durationDays": 365, "features": ["maps", "api"]}))
                .parse_new()
                .expect("fine");
        let changed = form(json!({"isActive": false}))
            .parse_update(&plan)
            .expect("fine");
        let expected = PlanChanges {
            is_active: false,
            ..plan
        };
        assert_eq!(changed, expected);
    }

    #[rstest]
    #[case(json!(["maps", "api"]), &["maps", "api"])]
    #[case(json!(" maps, api,\nmaps,"), &["maps", "api"])]
    #[case(json!(null), &[])]
    #[case(json!(""), &[])]
    fn features_are_words_each_once(#[case] sent: Value, #[case] expected: &[&str]) {
        let start = form(json!({"name": "A", "durationDays": 1, "features": "beta"}));
        let start = start.parse_new().expect("fine");
        let plan = form(json!({ "features": sent })).parse_update(&start);
        assert_eq!(plan.expect("fine").features, expected);
    }

    #[rstest]
    #[case(json!({"durationDays": 30}), "name")]
    #[case(json!({"name": "A"}), "durationDays")]
    #[case(json!({"name": "A", "durationDays": null}), "durationDays")]
    #[case(json!({"name": "A", "durationDays": -1}), "durationDays")]
    #[case(json!({"name": "A", "durationDays": 36_501}), "durationDays")]
    #[case(json!({"name": "A", "durationDays": 1, "isActive": "?"}), "isActive")]
    #[case(json!({"name": "A", "durationDays": 1, "features": "f".repeat(101)}), "features")]
    #[case(json!({"name": "A", "durationDays": 1, "features": ["a\tb"]}), "features")]
    #[case(json!({"name": "A", "durationDays": 1, "features": (0..101).map(|n| n.to_string()).collect::<Vec<_>>()}), "features")]
    fn what_is_wrong_stands_beside_its_field(#[case] json: Value, #[case] field: &str) {
        let errors = form(json).parse_new().expect_err("refused");
        assert_eq!(errors.first().map(|e| e.field.as_str()), Some(field));
    }
}
