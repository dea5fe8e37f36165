//! Whether a template multiplies: `[1] * 100000000` costs no fuel and is a minute's work to print.

/// True where a `*` stands between `{{` and `}}` or `{%` and `%}`, outside of quoted text. What stands in
/// a comment or in `{% raw %}` may count as such a place, too.
pub(super) fn stands_in(template: &str) -> bool {
    let mut rest = template;
    while let Some(start) = next_place(rest) {
        let (multiplies, after) = read_place(&rest[start + 2..]);
        if multiplies {
            return true;
        }
        rest = after;
    }
    false
}

fn next_place(text: &str) -> Option<usize> {
    let pairs = text.as_bytes().windows(2);
    pairs
        .into_iter()
        .position(|pair| matches!(pair, b"{{" | b"{%"))
}

/// Reads until the place's end, which no bracket or quote holds; answers what stands behind it.
fn read_place(text: &str) -> (bool, &str) {
    let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
    let bytes = text.as_bytes();
    for (index, byte) in text.bytes().enumerate() {
        if let Some(mark) = quote {
            quote = (is_escaped || byte != mark).then_some(mark);
            is_escaped = byte == b'\\' && !is_escaped;
            continue;
        }
        let is_end = depth == 0 && matches!(bytes.get(index..index + 2), Some(b"}}" | b"%}"));
        match byte {
            _ if is_end => return (false, &text[index + 2..]),
            b'*' => return (true, ""),
            b'"' | b'\'' => quote = Some(byte),
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    (false, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multiplication_is_found_wherever_it_hides() {
        for template in [
            "{{ [1] * 9 }}",
            "{{ 2**9 }}",
            "a{{b}}c{% set a = 'x' * 9 %}",
            "{{ '}}' ~ [1]*9 }}",
            "{{ \"\\\"}}\" ~ [1]*9 }}",
            "{{ {'a': {}} and [1]*9 }}",
            "{%- if (1)*9 %}",
            "{{ 'é' }}{{ [1]*9",
        ] {
            assert!(stands_in(template), "{template}");
        }
    }

    #[test]
    fn stars_elsewhere_are_text() {
        for template in [
            "",
            "*** {{ActivationKey}} ***",
            "<style>/* {a} */</style>{{ProductName}}<style>/* b */ @media x{a{b:c}}</style>",
            "{{ '*' }}{{ \"it's *\" }} *",
            "{% if ProductName %}*{% endif %}",
            "{ * } { { * } } % *",
        ] {
            assert!(!stands_in(template), "{template}");
        }
    }
}
