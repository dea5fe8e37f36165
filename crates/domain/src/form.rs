//! Reading forms field by field: every field is a text or absent, from JSON or from HTML alike;
//! what is wrong is collected, so that one answer names all of it.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use crate::field_error::FieldErrors;
use crate::money::Currency;

/// Declares a form: a struct of optional texts that reads text, numbers, yes/no, null and lists.
/// Absent stays `None` (keep what is there); null and blank become an empty text.
macro_rules! form {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$field_doc:meta])* $field:ident,)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[$field_doc])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<String>,
            )+
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let names = &[$(stringify!($field)),+];
                let mut texts = crate::form::texts(deserializer, names)?.into_iter();
                Ok(Self { $($field: texts.next().flatten()),+ })
            }
        }
    };
}
pub(crate) use form;

/// Reads a form's fields, in the order of their names in Rust. One function for all forms: what
/// serde derives for each would weigh ten times as much in the browser's program.
pub(crate) fn texts<'de, D: Deserializer<'de>>(
    deserializer: D,
    names: &'static [&'static str],
) -> Result<Vec<Option<String>>, D::Error> {
    deserializer.deserialize_map(TextsVisitor { names })
}

struct TextsVisitor {
    names: &'static [&'static str],
}

impl<'de> Visitor<'de> for TextsVisitor {
    type Value = Vec<Option<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a form's fields by their names")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut texts = vec![None; self.names.len()];
        while let Some(key) = map.next_key::<String>()? {
            let found = self.names.iter().position(|name| is_in_json(name, &key));
            match found.map(|index| &mut texts[index]) {
                None => _ = map.next_value::<IgnoredAny>()?,
                Some(Some(_)) => return Err(A::Error::custom(format!("duplicate field `{key}`"))),
                Some(text) => *text = Some(map.next_value::<Scalar>()?.0),
            }
        }
        Ok(texts)
    }
}

/// Whether a name in JSON (`trialDays`) is that of a field (`trial_days`).
fn is_in_json(field: &str, key: &str) -> bool {
    let words = field.split('_').enumerate();
    let mut rest = key;
    for (index, word) in words {
        let (first, tail) = word.split_at(word.len().min(1));
        let first = if index == 0 {
            first.to_owned()
        } else {
            first.to_ascii_uppercase()
        };
        match rest
            .strip_prefix(&first)
            .and_then(|rest| rest.strip_prefix(tail))
        {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Reads any scalar, or a list of them, as text; lists are joined by commas, null is empty.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true or false, null, or a list of these")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<String, E> {
        Ok(flag.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    /// Written as JSON writes it: that is in the browser's program anyway, another way would be added.
    fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
        let text = Number::from_f64(number).map_or_else(String::new, |number| number.to_string());
        Ok(text.strip_suffix(".0").unwrap_or(&text).to_owned())
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
        while let Some(part) = list.next_element::<Scalar>()? {
            parts.push(part.0);
        }
        Ok(parts.join(","))
    }
}

struct Scalar(String);

impl<'de> serde::Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Self)
    }
}

/// One field as it was sent.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    name: &'static str,
    text: Option<&'a str>,
}

/// A field by its name in JSON.
pub(crate) fn input<'a>(name: &'static str, value: Option<&'a String>) -> Input<'a> {
    Input {
        name,
        text: value.map(String::as_str),
    }
}

impl<'a> Input<'a> {
    /// The field's name in JSON.
    pub(crate) const fn name(self) -> &'static str {
        self.name
    }

    /// The text as it was sent; `None` where the field is absent.
    pub(crate) const fn text(self) -> Option<&'a str> {
        self.text
    }

    /// The text, if there is more than spaces in it.
    pub(crate) fn filled(self) -> Option<&'a str> {
        self.text.map(str::trim).filter(|text| !text.is_empty())
    }
}

/// Collects what is wrong while fields are read. Absent fields keep what is current.
pub(crate) struct Reader {
    errors: FieldErrors,
}

impl Reader {
    pub(crate) const fn new() -> Self {
        Self {
            errors: FieldErrors::none(),
        }
    }

    pub(crate) fn refuse(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(field, message);
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, FieldErrors> {
        self.errors.into_result(value)
    }

    /// What is wrong, where a field that cannot be done without is missing.
    pub(crate) fn refused<T>(self) -> Result<T, FieldErrors> {
        Err(self.errors)
    }

    /// One line of at most so many characters, ends trimmed; may be blank.
    pub(crate) fn line(&mut self, input: Input<'_>, current: &str, max: usize) -> String {
        let Some(text) = input.text.map(str::trim) else {
            return current.to_owned();
        };
        if text.chars().any(char::is_control) {
            self.refuse(
                input.name,
                "Take the line breaks and control characters out.",
            );
        }
        self.bound(input.name, text, max);
        text.to_owned()
    }

    /// A name: one line that must not be blank.
    pub(crate) fn name(&mut self, input: Input<'_>, current: &str, max: usize) -> String {
        let name = self.line(input, current, max);
        if name.is_empty() {
            self.refuse(input.name, "Give it a name.");
        }
        name
    }

    /// Several lines, ended by `\n`; may be blank.
    pub(crate) fn paragraphs(&mut self, input: Input<'_>, current: &str, max: usize) -> String {
        let Some(text) = input.text else {
            return current.to_owned();
        };
        let text = text.replace("\r\n", "\n");
        if text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t')
        {
            self.refuse(
                input.name,
                "Take the control characters out; line breaks and tabs may stay.",
            );
        }
        self.bound(input.name, &text, max);
        text
    }

    fn bound(&mut self, field: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.refuse(field, format!("Shorten it to at most {max} characters."));
        }
    }

    /// Yes or no, as JSON, check boxes and selects say it; blank keeps what is current.
    pub(crate) fn flag(&mut self, input: Input<'_>, current: bool) -> bool {
        match input.filled().map(str::to_ascii_lowercase).as_deref() {
            None => current,
            Some("true" | "on" | "yes" | "1") => true,
            Some("false" | "off" | "no" | "0") => false,
            Some(_) => {
                self.refuse(input.name, "Use true or false.");
                current
            }
        }
    }

    /// A whole number within the range; blank keeps what is current.
    pub(crate) fn number(
        &mut self,
        input: Input<'_>,
        current: i32,
        range: RangeInclusive<i32>,
    ) -> i32 {
        let Some(text) = input.filled() else {
            return current;
        };
        if let Some(number) = whole(text).filter(|number| range.contains(number)) {
            return number;
        }
        let (low, high) = (range.start(), range.end());
        let message = format!("Write a whole number from {low} to {high}.");
        self.refuse(input.name, message);
        current
    }

    /// The same where there may be none: absent keeps what is current, blank clears it.
    pub(crate) fn optional_number(
        &mut self,
        input: Input<'_>,
        current: Option<i32>,
        range: RangeInclusive<i32>,
    ) -> Option<i32> {
        match (input.text, input.filled()) {
            (None, _) => current,
            (Some(_), None) => None,
            (Some(_), Some(_)) => Some(self.number(input, current.unwrap_or_default(), range)),
        }
    }

    /// A currency's code; blank keeps what is current.
    pub(crate) fn currency(&mut self, input: Input<'_>, current: Currency) -> Currency {
        let Some(code) = input.filled() else {
            return current;
        };
        code.parse()
            .unwrap_or_else(|error: crate::money::UnknownCurrency| {
                self.refuse(input.name, error.to_string());
                current
            })
    }
}

/// Digits alone, with an optional fraction of zeros: JSON clients may write 30.0.
fn whole(text: &str) -> Option<i32> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_whole = digits.bytes().all(|b| b.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|b| b == b'0');
    if is_whole { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    form! {
        /// Two fields.
        pub struct Example {
            /// One word.
            name,
            /// Two words.
            trial_days,
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
    fn scalars_are_texts_and_unknown_fields_are_passed_over() {
        let table = [
            (r#"{"name":"a","other":{"deep":[1]}}"#, Some("a"), None),
            (r#"{"trialDays":14}"#, None, Some("14")),
            (
                r#"{"name":9.99,"trialDays":10.0}"#,
                Some("9.99"),
                Some("10"),
            ),
            (
                r#"{"name":["a",1,true],"trialDays":null}"#,
                Some("a,1,true"),
                Some(""),
            ),
        ];
        for (json, name, trial_days) in table {
            let form = read(json).expect("a form");
            assert_eq!(form.name.as_deref(), name, "{json}");
            assert_eq!(form.trial_days.as_deref(), trial_days, "{json}");
        }
    }

    #[test]
    fn a_field_stands_once() {
        let refused = read(r#"{"name":"a","name":"b"}"#).err();
        let refused = refused.map(|error| error.to_string()).unwrap_or_default();
        assert!(refused.starts_with("duplicate field `name`"), "{refused}");
    }
}
