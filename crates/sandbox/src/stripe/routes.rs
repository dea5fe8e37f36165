//! Every call of the API that the sandbox knows, with the right that it needs.

use super::call::Call;
use super::error::Answer;
use super::resources::{
    account, charges, checkout_sessions, customers, events, payment_intents, payment_methods,
    payment_pages, prices, products, refunds, webhook_endpoints,
};

/// One call of the API.
pub(crate) struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub right: &'static str,
    pub act: fn(&mut Call) -> Answer,
}

macro_rules! routes {
    ($($method:ident $path:literal $right:literal $act:path;)*) => {
        pub(crate) const ROUTES: &[Route] = &[
            $(Route { method: stringify!($method), path: $path, right: $right, act: $act },)*
        ];
    };
}

routes! {
    GET "/v1/account" "account" account::retrieve;
    POST "/v1/checkout/sessions" "checkout" checkout_sessions::create;
    GET "/v1/checkout/sessions" "checkout" checkout_sessions::list;
    GET "/v1/checkout/sessions/{session}" "checkout" checkout_sessions::retrieve;
    POST "/v1/checkout/sessions/{session}" "checkout" checkout_sessions::update;
    GET "/v1/checkout/sessions/{session}/line_items" "checkout" checkout_sessions::line_items;
    POST "/v1/checkout/sessions/{session}/expire" "checkout" checkout_sessions::expire;
    GET "/v1/payment_pages/{session}" "payment_pages" payment_pages::retrieve;
    POST "/v1/payment_pages/{session}/confirm" "payment_pages" payment_pages::confirm;
    POST "/v1/payment_intents" "payment_intents" payment_intents::create;
    GET "/v1/payment_intents" "payment_intents" payment_intents::list;
    GET "/v1/payment_intents/{intent}" "payment_intents" payment_intents::retrieve;
    POST "/v1/payment_intents/{intent}" "payment_intents" payment_intents::update;
    POST "/v1/payment_intents/{intent}/confirm" "payment_intents" payment_intents::confirm;
    POST "/v1/payment_intents/{intent}/capture" "payment_intents" payment_intents::capture;
    POST "/v1/payment_intents/{intent}/cancel" "payment_intents" payment_intents::cancel;
    POST "/v1/payment_methods" "payment_methods" payment_methods::create;
    GET "/v1/payment_methods" "payment_methods" payment_methods::list;
    GET "/v1/payment_methods/{payment_method}" "payment_methods" payment_methods::retrieve;
    POST "/v1/payment_methods/{payment_method}/attach" "payment_methods" payment_methods::attach;
    POST "/v1/payment_methods/{payment_method}/detach" "payment_methods" payment_methods::detach;
    POST "/v1/products" "products" products::create;
    GET "/v1/products" "products" products::list;
    GET "/v1/products/{id}" "products" products::retrieve;
    POST "/v1/products/{id}" "products" products::update;
    DELETE "/v1/products/{id}" "products" products::delete;
    POST "/v1/prices" "prices" prices::create;
    GET "/v1/prices" "prices" prices::list;
    GET "/v1/prices/{price}" "prices" prices::retrieve;
    POST "/v1/prices/{price}" "prices" prices::update;
    POST "/v1/customers" "customers" customers::create;
    GET "/v1/customers" "customers" customers::list;
    GET "/v1/customers/{customer}" "customers" customers::retrieve;
    POST "/v1/customers/{customer}" "customers" customers::update;
    DELETE "/v1/customers/{customer}" "customers" customers::delete;
    GET "/v1/events" "events" events::list;
    GET "/v1/events/{id}" "events" events::retrieve;
    POST "/v1/webhook_endpoints" "webhooks" webhook_endpoints::create;
    GET "/v1/webhook_endpoints" "webhooks" webhook_endpoints::list;
    GET "/v1/webhook_endpoints/{webhook_endpoint}" "webhooks" webhook_endpoints::retrieve;
    POST "/v1/webhook_endpoints/{webhook_endpoint}" "webhooks" webhook_endpoints::update;
    DELETE "/v1/webhook_endpoints/{webhook_endpoint}" "webhooks" webhook_endpoints::delete;
    GET "/v1/charges" "charges" charges::list;
    GET "/v1/charges/{charge}" "charges" charges::retrieve;
    POST "/v1/refunds" "refunds" refunds::create;
    GET "/v1/refunds" "refunds" refunds::list;
    GET "/v1/refunds/{refund}" "refunds" refunds::retrieve;
}

/// The route of a request, with the ids in its path.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Route, Vec<String>)> {
    ROUTES
        .iter()
        .filter(|route| route.method == method)
        .find_map(|route| Some((route, ids(route.path, path)?)))
}

fn ids(template: &str, path: &str) -> Option<Vec<String>> {
    let path: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let template: Vec<&str> = template.split('/').collect();
    if path.len() != template.len() {
        return None;
    }
    let mut ids = Vec::new();
    for (expected, part) in template.into_iter().zip(path) {
        if expected.starts_with('{') {
            ids.push(part.to_owned());
        } else if expected != part {
            return None;
        }
    }
    Some(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_route_and_its_ids() {
        let (route, ids) = find("POST", "/v1/checkout/sessions/cs_1/expire").expect("a route");
        assert_eq!(route.path, "/v1/checkout/sessions/{session}/expire");
        assert_eq!(ids, ["cs_1"]);
        assert!(find("DELETE", "/v1/checkout/sessions").is_none());
        assert!(find("GET", "/v1/nothing").is_none());
    }
}
