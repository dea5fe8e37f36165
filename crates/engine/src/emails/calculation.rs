//! Whether a template calculates. Steps are counted, but not what one of them does: `[1] * 100000000` is a
//! minute's work to print, and a list that is chained to itself thirty times fills the memory.

/// Without these no list, call or sum stands in a template; names, filters, conditions and loops over the
/// lines of a value do without.
const SIGNS: &[u8] = b"*+[{(";

/// Bytes between two braces; nobody needs as many.
const LONGEST: usize = 1_000;

/// The first of these signs between `{{` and `}}` or `{%` and `%}`, outside of quoted text; the brace or the
/// quote itself where it does not come to its end. What stands in a comment, in `{% raw %}` or in quotes may
/// count as such a place, too: each beginning is read for itself, so that none hides behind another.
pub(super) fn sign_in(template: &str) -> Option<char> {
    let bytes = template.as_bytes();
    let pairs = bytes.windows(2).enumerate();
    pairs
        .filter(|(_, pair)| matches!(*pair, b"{{" | b"{%"))
        .find_map(|(start, _)| sign_behind(&bytes[start + 2..]))
        .map(char::from)
}

/// Reads until the place's end, which no quote holds.
fn sign_behind(text: &[u8]) -> Option<u8> {
    let (mut quote, mut is_escaped) = (None, false);
    for (index, &byte) in text.iter().take(LONGEST).enumerate() {
        if let Some(mark) = quote {
            quote = (is_escaped || byte != mark).then_some(mark);
            is_escaped = byte == b'\\' && !is_escaped;
            continue;
        }
        match byte {
            _ if matches!(text.get(index..index + 2), Some(b"}}" | b"%}")) => return None,
            b'"' | b'\'' => quote = Some(byte),
            sign if SIGNS.contains(&sign) => return Some(sign),
            _ => {}
        }
    }
    // Without an end the template cannot be read at all, and says so.
    quote.or((text.len() > LONGEST).then_some(b'{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calculation_is_found_wherever_it_hides() {
        for (template, sign) in [
            ("{{ 2**9 }}", '*'),
            ("a{{b}}c{% set a = 'x' * 9 %}", '*'),
            ("{{ '}}' ~ 1*9 }}", '*'),
            ("{{ \"\\\"}}\" ~ 1*9 }}", '*'),
            ("{%- if a+9 %}", '+'),
            ("{{ [1] }}", '['),
            ("{{ {'a': 1} }}", '{'),
            ("{{ a|chain(a) }}", '('),
            ("{% for a in range(9) %}", '('),
            ("{{ 'é' }}{{ (1", '('),
            ("{# {{ ' #}{{ 2*9 }}", '\''),
            ("{# {{ ' #}{{ 2*9 }}{# ' }} #}", '*'),
            ("{% raw %}{{ \" {% endraw %}{{ 2*9 }}", '"'),
        ] {
            assert_eq!(sign_in(template), Some(sign), "{template}");
        }
    }

    #[test]
    fn what_does_not_come_to_its_end_is_refused_and_costs_no_time() {
        assert_eq!(
            sign_in(&format!("{{{{{}2*9}}}}", " ".repeat(2_000))),
            Some('{')
        );
        assert_eq!(sign_in("{{ 'a }}"), Some('\''));
        assert_eq!(sign_in(&"{%".repeat(100_000)), Some('{'));
    }

    #[test]
    fn signs_elsewhere_are_text() {
        for template in [
            "",
            "*** {{ActivationKey}} (yours) ***",
            "<style>/* {a} */</style>{{ProductName}}<style>/* b */ @media x{a{b:c}}</style>",
            "{{ '*' }}{{ \"it's (*)\" }} *",
            "{% if ProductName %}*{% endif %}",
            "{% for key in ActivationKey|lines %}[{{ key|lower }}]{% endfor %}",
            "{ * } { { + } } % (",
        ] {
            assert_eq!(sign_in(template), None, "{template}");
        }
    }
}
