//! Writes JSON the way Stripe prints it: two spaces, `id` and `object` first, the rest by name.

use serde_json::{Map, Value};

/// The value as Stripe's text.
pub fn print(value: &Value) -> String {
    let mut text = String::new();
    write_value(value, 0, &mut text);
    text
}

fn write_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                begin_line(position, depth + 1, out);
                write_value(item, depth + 1, out);
            }
            end_block(']', depth, out);
        }
        Value::Object(map) => {
            out.push('{');
            for (position, key) in ordered_keys(map).into_iter().enumerate() {
                begin_line(position, depth + 1, out);
                out.push_str(&Value::from(key).to_string());
                out.push_str(": ");
                write_value(&map[key], depth + 1, out);
            }
            end_block('}', depth, out);
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn begin_line(position: usize, depth: usize, out: &mut String) {
    out.push_str(if position == 0 { "\n" } else { ",\n" });
    indent(depth, out);
}

fn end_block(bracket: char, depth: usize, out: &mut String) {
    out.push('\n');
    indent(depth, out);
    out.push(bracket);
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn ordered_keys(map: &Map<String, Value>) -> Vec<&str> {
    let mut keys: Vec<&str> = map.keys().map(String::as_str).collect();
    keys.sort_by_key(|key| (rank(key), *key));
    keys
}

fn rank(key: &str) -> u8 {
    match key {
        "id" => 0,
        "object" => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_object_begins_with_id_and_object_and_is_indented_by_two() {
        let text = print(&json!({
            "amount": 5, "object": "thing", "id": "x_1", "metadata": {}, "list": [], "name": "é \"q\""
        }));
        assert_eq!(
            text,
            "{\n  \"id\": \"x_1\",\n  \"object\": \"thing\",\n  \"amount\": 5,\n  \"list\": [],\n  \"metadata\": {},\n  \"name\": \"é \\\"q\\\"\"\n}"
        );
    }
}
