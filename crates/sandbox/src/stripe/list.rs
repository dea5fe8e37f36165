//! Stripe's lists: newest first, `limit`, `starting_after`, `ending_before`, `has_more`.

use serde_json::{Value, json};

use super::error::{Answer, StripeError};

/// One page of the given objects (oldest first), filtered already.
pub(crate) fn page(oldest_first: Vec<Value>, params: &Value, url: &str) -> Answer {
    let limit = match params["limit"].as_i64() {
        None => 10,
        Some(limit @ 1..=100) => usize::try_from(limit).unwrap_or(10),
        Some(limit) => {
            let message = if limit < 1 {
                "This value must be greater than or equal to 1."
            } else {
                "Limit cannot exceed 100"
            };
            return Err(StripeError::invalid(message)
                .code("parameter_invalid_integer")
                .param("limit"));
        }
    };
    let mut items: Vec<Value> = oldest_first.into_iter().rev().collect();
    let backwards = params["ending_before"].as_str();
    if let Some(after) = params["starting_after"].as_str() {
        let at = position(&items, after, "starting_after")?;
        items.drain(..=at);
    }
    if let Some(before) = backwards {
        let at = position(&items, before, "ending_before")?;
        items.truncate(at);
    }
    let has_more = items.len() > limit;
    if backwards.is_some() {
        items.drain(..items.len().saturating_sub(limit));
    } else {
        items.truncate(limit);
    }
    Ok(json!({ "object": "list", "data": items, "has_more": has_more, "url": url }))
}

fn position(items: &[Value], id: &str, param: &str) -> Result<usize, StripeError> {
    items
        .iter()
        .position(|item| item["id"] == id)
        .ok_or_else(|| StripeError::missing("object", id, param))
}

/// True when a moment lies in a `created` filter: a number, or `gt`, `gte`, `lt`, `lte`.
pub(crate) fn in_range(filter: &Value, seconds: i64) -> bool {
    if let Some(exact) = number(filter) {
        return seconds == exact;
    }
    let holds = |name: &str, test: fn(&i64, &i64) -> bool| {
        number(&filter[name]).is_none_or(|bound| test(&seconds, &bound))
    };
    holds("gt", i64::gt) && holds("gte", i64::ge) && holds("lt", i64::lt) && holds("lte", i64::le)
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64()
}

/// True when an object's field is what a filter asks for, or nothing was asked.
pub(crate) fn matches(params: &Value, name: &str, object: &Value) -> bool {
    params[name].is_null() || params[name] == object[name]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(params: &Value) -> (Vec<String>, bool) {
        let all = (1..=5).map(|n| json!({ "id": format!("x{n}") })).collect();
        let page = page(all, params, "/v1/x").expect("a page");
        let data = page["data"].as_array().expect("a list");
        let ids = data
            .iter()
            .map(|item| item["id"].as_str().expect("an id").to_owned());
        (ids.collect(), page["has_more"] == true)
    }

    #[test]
    fn pages_run_from_the_newest_in_both_directions() {
        assert_eq!(
            ids(&json!({"limit": 2})),
            (vec!["x5".into(), "x4".into()], true)
        );
        assert_eq!(
            ids(&json!({"limit": 2, "starting_after": "x4"})),
            (vec!["x3".into(), "x2".into()], true)
        );
        assert_eq!(
            ids(&json!({"limit": 2, "ending_before": "x2"})),
            (vec!["x4".into(), "x3".into()], true)
        );
        assert_eq!(
            ids(&json!({"starting_after": "x2"})),
            (vec!["x1".into()], false)
        );
    }

    #[test]
    fn a_page_has_at_most_a_hundred() {
        assert!(page(vec![], &json!({"limit": 101}), "/").is_err());
        assert!(page(vec![], &json!({"limit": 0}), "/").is_err());
    }

    #[test]
    fn created_is_filtered_by_bounds_or_exactly() {
        assert!(in_range(&Value::Null, 5));
        assert!(in_range(&json!({"gte": 5, "lt": 6}), 5));
        assert!(!in_range(&json!({"gt": 5}), 5));
        assert!(in_range(&json!(5), 5));
        assert!(!in_range(&json!(4), 5));
    }
}
