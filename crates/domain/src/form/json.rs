//! A form's fields out of JSON, or out of what HTML sends. A field that is said as another kind of value
//! than it is, is refused while it is read, and is named: whoever reads a form as part of something else
//! no longer knows where in it the reading stopped.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Error, Expected, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Number;

macro_rules! kind {
    () => {
        crate::form::json::Kind::Text
    };
    (number) => {
        crate::form::json::Kind::Number
    };
    (flag) => {
        crate::form::json::Kind::Flag
    };
    (list) => {
        crate::form::json::Kind::List
    };
}
pub(crate) use kind;

/// What a field may be in JSON beside a text or null.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing else.
    Text,
    /// A number.
    Number,
    /// True or false.
    Flag,
    /// A list of texts.
    List,
}

/// A field's name in Rust, and its kind.
type Field = (&'static str, Kind);

/// Reads a form's fields, in the order of their names in Rust. One function for all forms: what
/// serde derives for each would weigh ten times as much in the browser's program.
pub(crate) fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
    fields: &'static [Field],
) -> Result<Vec<Option<String>>, D::Error> {
    deserializer.deserialize_map(TextsVisitor { fields })
}

struct TextsVisitor {
    fields: &'static [Field],
}

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<Option<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut texts = vec![None; self.fields.len()];
        while let Some(key) = map.next_key::<String>()? {
            let found = self.fields.iter().zip(&mut texts);
            let mut found = found.filter(|((name, _), _)| is_in_json(name, &key));
            match found.next() {
                None => _ = map.next_value::<IgnoredAny>()?,
                Some((_, Some(_))) => {
                    return Err(A::Error::custom(format!("duplicate field `{key}`")));
                }
                Some(((_, kind), text)) => {
                    let value = Value {
                        kind: *kind,
                        key: &key,
                    };
                    *text = Some(map.next_value_seed(value)?);
                }
            }
        }
        Ok(texts)
    }
}

/// Whether a name in JSON (`trialDays`) is that of a field (`trial_days`).
fn is_in_json(field: &str, key: &str) -> bool {
    let mut is_first_of_word = false;
    let mut rest = key.bytes();
    for byte in field.bytes() {
        if byte == b'_' {
            is_first_of_word = true;
            continue;
        }
        let expected = if is_first_of_word {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        is_first_of_word = false;
        if rest.next() != Some(expected) {
            return false;
        }
    }
    rest.next().is_none()
}

/// One value that is being read, with its field's name in JSON.
#[derive(Clone, Copy)]
struct Value<'a> {
    kind: Kind,
    key: &'a str,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// Reads one value as text; a list is joined by commas, null is empty.
impl<'de> Visitor<'de> for Value<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            Kind::Text => "a text",
            Kind::Number => "a number",
            Kind::Flag => "true or false",
            Kind::List => "a list of texts",
        })?;
        f.write_str(" as `")?;
        f.write_str(self.key)?;
        f.write_str("`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<String, E> {
        self.take(Kind::Flag, || flag.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        self.take(Kind::Number, || number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        self.take(Kind::Number, || number.to_string())
    }

    /// Written as JSON writes it: that is in the browser's program anyway, another way would be added.
    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        let text = Number::from_f64(number).map_or_else(String::new, |number| number.to_string());
        self.take(Kind::Number, || {
            text.strip_suffix(".0").unwrap_or(&text).to_owned()
        })
    }

    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_none<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<String, A::Error> {
        let mut parts = Vec::new();
        if self.kind == Kind::List {
            let part = Self {
                kind: Kind::Text,
                ..self
            };
            while let Some(part) = list.next_element_seed(part)? {
                parts.push(part);
            }
        }
        self.take(Kind::List, || parts.join(","))
    }
}

impl Value<'_> {
    /// The value's text, where it is of the field's kind.
    fn take<E: Error>(self, said: Kind, text: impl FnOnce() -> String) -> Result<String, E> {
        if self.kind == said {
            return Ok(text());
        }
        Err(E::custom(format_args!(
            "expected {}",
            &self as &dyn Expected
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::form;

    form! {
        /// A field of each kind.
        pub struct Example {
            /// One word.
            name,
            /// Two words.
            trial_days: number,
            /// Yes or no.
            is_active: flag,
            /// Several.
            features: list,
        }
    }

    fn read(json: &str) -> Result<Example, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn a_field_is_known_by_its_name_in_json_alone() {
        let table = [
            ("name", "name", true),
            ("name", "names", false),
            ("trial_days", "trialDays", true),
            ("trial_days", "trial_days", false),
            ("trial_days", "trialdays", false),
            ("trial_days", "TrialDays", false),
            ("trial_days", "trial", false),
        ];
        for (field, key, expected) in table {
            assert_eq!(is_in_json(field, key), expected, "{field} {key}");
        }
    }

    #[test]
    fn a_field_is_read_as_its_kind_or_as_text_and_unknown_fields_are_passed_over() {
        let table = [
            (r#"{"name":"a","other":{"deep":[1]}}"#, ["a", "-", "-", "-"]),
            (
                r#"{"trialDays":14,"isActive":false}"#,
                ["-", "14", "false", "-"],
            ),
            (r#"{"trialDays":9.99}"#, ["-", "9.99", "-", "-"]),
            (r#"{"trialDays":10.0}"#, ["-", "10", "-", "-"]),
            (
                r#"{"trialDays":-1,"isActive":"on"}"#,
                ["-", "-1", "on", "-"],
            ),
            (
                r#"{"features":["a","b"],"name":null}"#,
                ["", "-", "-", "a,b"],
            ),
            (r#"{"features":[],"trialDays":"7"}"#, ["-", "7", "-", ""]),
            (r#"{"features":"a, b"}"#, ["-", "-", "-", "a, b"]),
        ];
        for (json, expected) in table {
            let form = read(json).expect("a form");
            let texts = [form.name, form.trial_days, form.is_active, form.features];
            let texts = texts.map(|text| text.unwrap_or_else(|| "-".to_owned()));
            assert_eq!(texts, expected, "{json}");
        }
    }

    #[test]
    fn another_kind_of_value_is_refused() {
        let table = [
            (r#"{"name":false}"#, "expected a text as `name`"),
            (r#"{"name":5}"#, "expected a text"),
            (r#"{"name":["a"]}"#, "expected a text"),
            (r#"{"name":[]}"#, "expected a text"),
            (r#"{"name":{}}"#, "expected a text as `name`"),
            (r#"{"trialDays":true}"#, "expected a number as `trialDays`"),
            (r#"{"trialDays":[14]}"#, "expected a number"),
            (r#"{"isActive":1}"#, "expected true or false"),
            (r#"{"features":true}"#, "expected a list of texts"),
            (r#"{"features":["a",1]}"#, "expected a text as `features`"),
            (r#"{"features":[["a"]]}"#, "expected a text"),
        ];
        for (json, expected) in table {
            let refused = read(json).err().map(|error| error.to_string());
            let refused = refused.unwrap_or_default();
            assert!(refused.contains(expected), "{json}: {refused}");
        }
    }

    #[test]
    fn a_field_stands_once() {
        let refused = read(r#"{"name":"a","name":"b"}"#).err();
        let refused = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.starts_with("duplicate field `name`"), "{refused}");
    }
}
