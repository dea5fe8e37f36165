//! Reading forms field by field: every field is kept as a text or absent, from JSON or from HTML alike;
//! what is wrong is collected, so that one answer names all of it.

pub(crate) mod json;

use std::ops::RangeInclusive;

use crate::field_error::FieldErrors;
use crate::money::Currency;

/// Declares a form: a struct of optional texts. `name,` is a text in JSON; `days: number,`,
/// `is_active: flag,` and `features: list,` may be said as such too, or as the text that HTML sends.
/// Absent stays `None` (keep what is there); null and blank become an empty text.
macro_rules! form {
    ($(#[$doc:meta])* pub struct $name:ident {
        $($(#[$field_doc:meta])* $field:ident $(: $kind:ident)?,)+
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
                let fields = &[$((stringify!($field), crate::form::json::kind!($($kind)?))),+];
                let mut texts = crate::form::json::texts(deserializer, fields)?.into_iter();
                Ok(Self { $($field: texts.next().flatten()),+ })
            }
        }
    };
}
pub(crate) use form;

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
