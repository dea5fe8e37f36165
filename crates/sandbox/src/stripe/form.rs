//! Reads form-encoded text with brackets (`a[b][0]=c`) into a tree; lists stay maps by position.

use serde_json::{Map, Value};

/// Levels of brackets that are told apart.
const DEEPEST: usize = 16;

/// The tree of a query or body. Leaves are texts; a list is a map with the keys "0", "1", ….
pub(crate) fn parse(text: &str) -> Value {
    let mut root = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name), decode(value));
        insert(&mut root, &segments(&name), value);
    }
    Value::Object(root)
}

fn segments(name: &str) -> Vec<&str> {
    let Some((head, tail)) = name.split_once('[') else {
        return vec![name];
    };
    let inner = tail.strip_suffix(']').unwrap_or(tail);
    // What lies deeper is one name: no request of Stripe's goes so deep, and a tree of a million
    // levels would end the process.
    std::iter::once(head)
        .chain(inner.splitn(DEEPEST, "]["))
        .collect()
}

fn insert(map: &mut Map<String, Value>, path: &[&str], value: String) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    let key = if first.is_empty() {
        map.len().to_string()
    } else {
        (*first).to_owned()
    };
    if rest.is_empty() {
        map.insert(key, Value::String(value));
        return;
    }
    let child = map
        .entry(key)
        .and_modify(|old| {
            if !old.is_object() {
                *old = Value::Object(Map::new());
            }
        })
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(child) = child {
        insert(child, rest, value);
    }
}

/// Percent decoding, with `+` for a space; what is no UTF-8 is replaced.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text
            .get(at + 1..at + 3)
            .filter(|digits| bytes[at] == b'%' && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (bytes[at], hex) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, None) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn brackets_become_a_tree() {
        let tree = parse(
            "line_items[0][price_data][currency]=eur&line_items%5B0%5D%5Bquantity%5D=3&mode=payment&expand[]=a&expand[]=b.c&x=",
        );
        assert_eq!(
            tree,
            json!({
                "line_items": {"0": {"price_data": {"currency": "eur"}, "quantity": "3"}},
                "mode": "payment",
                "expand": {"0": "a", "1": "b.c"},
                "x": ""
            })
        );
    }

    #[test]
    fn a_million_brackets_are_no_million_levels() {
        let tree = parse(&format!("a{}=x", "[b]".repeat(300_000)));
        let mut levels = 0;
        let mut inner = &tree;
        while let Some((_, next)) = inner.as_object().and_then(|map| map.iter().next()) {
            inner = next;
            levels += 1;
        }
        assert_eq!((levels, inner), (1 + DEEPEST, &json!("x")));
    }

    #[test]
    fn percent_signs_that_encode_nothing_stay() {
        assert_eq!(decode("100%+a%20b%C3%A9%zz%"), "100% a bé%zz%");
    }
}
