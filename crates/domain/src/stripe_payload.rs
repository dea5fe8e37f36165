//! What is kept and shown of a Stripe payload: all of it, but for the client secrets.
//!
//! Who has a payment's `client_secret` may act as its buyer; Stripe asks never to store, log or show it.
//! Nothing here needs it, so it is gone before an event is written. A refused delivery is kept sealed as it
//! came, because it may be verified again, and shown without.

use std::borrow::Cow;
use std::ops::Range;

/// The name under which Stripe tells it.
const NAME: &str = "client_secret";
/// What stands in its place.
const MARK: &str = "(removed)";

/// A payload without client secrets; every other byte is as it came.
pub struct KeptPayload<'a>(Cow<'a, str>);

impl<'a> KeptPayload<'a> {
    /// Blanks each text that is called `client_secret`, however deep it stands. The payload need not be
    /// whole JSON: what was refused is shown too.
    pub fn of(payload: &'a str) -> Self {
        let (mut kept, mut copied) = (String::new(), 0);
        let (mut from, mut is_named) = (0, false);
        while let Some(text) = next_text(payload, from) {
            // Between a name and its value stands a colon, and nothing but space beside it.
            let between = &payload[from..text.start - 1];
            if is_named && between.trim_ascii() == ":" {
                kept.push_str(&payload[copied..text.start]);
                kept.push_str(MARK);
                copied = text.end;
            }
            is_named = is_name(&payload[text.clone()]);
            from = text.end + 1;
        }
        if copied == 0 {
            return Self(Cow::Borrowed(payload));
        }
        kept.push_str(&payload[copied..]);
        Self(Cow::Owned(kept))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, for whoever keeps it.
    pub fn into_string(self) -> String {
        self.0.into_owned()
    }
}

/// Where the next text stands, without its quotes; one that does not end goes to the end.
fn next_text(payload: &str, from: usize) -> Option<Range<usize>> {
    let start = from + payload.get(from..)?.find('"')? + 1;
    let mut is_escaped = false;
    let length = payload[start..].bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    });
    Some(start..length.map_or(payload.len(), |length| start + length))
}

/// Also where some of its letters are written as numbers.
fn is_name(text: &str) -> bool {
    if !text.contains('\\') {
        return text == NAME;
    }
    serde_json::from_str::<String>(&format!("\"{text}\"")).is_ok_and(|text| text == NAME)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const SECRET: &str = "pi_3Abc_secret_Xyz";

    fn kept(payload: &str) -> String {
        KeptPayload::of(payload).into_string()
    }

    #[rstest]
    #[case::alone(r#"{"client_secret":"SECRET"}"#)]
    #[case::nested(r#"{"data":{"object":{"id":"pi_3Abc","client_secret":"SECRET","a":1}}}"#)]
    #[case::in_a_list(r#"[{"x":[{"client_secret":"SECRET"}]},"client_secret"]"#)]
    #[case::twice(r#"{"client_secret":"SECRET","b":{"client_secret":"SECRET"}}"#)]
    #[case::with_space("{ \"client_secret\" :\n  \"SECRET\" }")]
    #[case::beside_escapes(r#"{"a\"":"\\","client_secret":"SECRET","b":"é\"client_secret\":"}"#)]
    #[case::whose_name_is_escaped(r#"{"client\u005fsecret":"SECRET"}"#)]
    #[case::broken_off(r#"{"client_secret":"SECRET"#)]
    fn a_client_secret_is_replaced_and_nothing_else(#[case] pattern: &str) {
        let payload = pattern.replace("SECRET", SECRET);
        assert_eq!(kept(&payload), pattern.replace("SECRET", MARK));
    }

    #[test]
    fn a_client_secret_with_quotes_within_is_gone_as_a_whole() {
        let payload = r#"{"client_secret":"a\"b\\","id":"evt_1"}"#;
        let expected = r#"{"client_secret":"(removed)","id":"evt_1"}"#;
        assert_eq!(kept(payload), expected);
    }

    #[rstest]
    #[case("")]
    #[case("{")]
    #[case("\"")]
    #[case(r#""client_secret"#)]
    #[case(r#"{ "id":"evt_1",  "amount": 4.90, "b": 1e3, "a": "é" }"#)]
    #[case(r#"{"client_secret":null,"next":"pi_3"}"#)]
    #[case(r#"{"client_secret":{"type":"x"},"list":["client_secret","y"]}"#)]
    #[case(r#"{"kind":"client_secret","client_secrets":"x","my_client_secret":"y"}"#)]
    #[case(r#"{"text":"\"client_secret\":\"x\""}"#)]
    fn a_payload_without_one_keeps_its_bytes(#[case] payload: &str) {
        let kept = KeptPayload::of(payload);
        assert_eq!(kept.as_str(), payload);
        assert!(matches!(kept.0, Cow::Borrowed(_)), "nothing is copied");
    }

    #[test]
    fn what_was_replaced_once_stays_as_it_is() {
        let once = kept(&format!("{{\"client_secret\":\"{SECRET}\"}}"));
        assert_eq!(kept(&once), once);
    }
}
