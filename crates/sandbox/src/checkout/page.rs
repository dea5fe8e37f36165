//! The hosted checkout page: /c/pay/{session}, a plain form that needs no script.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::Value;

use super::pay::{self, Buyer, Outcome, PayRefusal};
use crate::html::{escape, page};
use crate::inner::Inner;
use crate::stripe::form;
use crate::stripe::resources::checkout_sessions;

/// So long Stripe's page waits for the shop's answer before it sends the buyer back.
const PATIENCE: Duration = Duration::from_secs(10);

/// GET /c/pay/{session}.
pub(crate) async fn show(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    render(&inner, &id, "")
}

/// POST /c/pay/{session}, the buyer's decision.
pub(crate) async fn submit(
    State(inner): State<Arc<Inner>>,
    Path(id): Path<String>,
    body: String,
) -> Response {
    let form = form::parse(&body);
    let Ok(outcome) = serde_json::from_value::<Outcome>(form["outcome"].clone()) else {
        return render(&inner, &id, "Choose how this payment ends.");
    };
    let field = |name: &str| {
        let text = form[name].as_str().unwrap_or_default().trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let buyer = Buyer {
        email: field("email"),
        name: field("name"),
        payment_method: None,
    };
    let paid = pay::pay(&mut inner.lock(), &inner.tools, &id, (outcome, &buyer));
    inner.touch();
    match (paid, outcome) {
        (Err(PayRefusal::Unknown), _) => not_found(),
        (Err(refusal), _) => render(&inner, &id, &refusal.to_string()),
        (Ok(_), Outcome::Decline) => render(
            &inner,
            &id,
            "Your card was declined. Please try another one.",
        ),
        (Ok(session), Outcome::Cancel) => match session["cancel_url"].as_str() {
            Some(url) => Redirect::to(url).into_response(),
            None => render(&inner, &id, "This shop named no page to go back to."),
        },
        (Ok(session), _) => {
            wait_for_shop(&inner, &id).await;
            let url = session["success_url"].as_str().unwrap_or_default();
            Redirect::to(&url.replace("{CHECKOUT_SESSION_ID}", &id)).into_response()
        }
    }
}

/// Waits for the answer to the completed event, as Stripe's page does.
async fn wait_for_shop(inner: &Inner, session: &str) {
    let answered = inner.wait_for(PATIENCE, |world| {
        let owner = world
            .accounts
            .values()
            .find(|account| account.get(checkout_sessions::KIND, session).is_some())?;
        let event = owner.events.iter().rev().find(|event| {
            event.kind == "checkout.session.completed" && event.object["id"] == session
        })?;
        let mut deliveries = world
            .deliveries
            .iter()
            .rev()
            .filter(|d| d.event == event.id);
        deliveries
            .all(|delivery| !delivery.attempts.is_empty() || !delivery.is_moving())
            .then_some(())
    });
    if answered.await.is_none() {
        tracing::info!("the shop did not answer in time; the buyer goes back all the same");
    }
}

fn not_found() -> Response {
    let body = "<main><h1>Page not found</h1><p class=\"note\">This checkout session does not exist.</p></main>";
    (StatusCode::NOT_FOUND, page("Page not found", body)).into_response()
}

fn render(inner: &Inner, id: &str, error: &str) -> Response {
    let found = {
        let mut world = inner.lock();
        world.account_of_session(id).map(|account| {
            let session = account.get(checkout_sessions::KIND, id).cloned();
            let items = account.line_items.get(id).cloned();
            (session.unwrap_or_default(), items.unwrap_or_default())
        })
    };
    let Some((session, items)) = found else {
        return not_found();
    };
    if session["status"] != "open" {
        return closed(&session);
    }
    let error = if error.is_empty() {
        String::new()
    } else {
        format!("<p class=\"error\" role=\"alert\">{}</p>", escape(error))
    };
    let body = format!(
        "<main><h1>Checkout</h1><p class=\"note\">This is the sandbox: no real money moves.</p>{}{error}{}</main>",
        order(&session, &items),
        form_of(&session),
    );
    page("Checkout", &body)
}

fn closed(session: &Value) -> Response {
    let complete = session["status"] == "complete";
    let (title, text) = if complete {
        (
            "You're all done here",
            "This checkout session was paid already.",
        )
    } else {
        (
            "Something went wrong",
            "The page you were looking for could not be found. This checkout session has expired.",
        )
    };
    let body = format!("<main><h1>{title}</h1><p class=\"note\">{text}</p></main>");
    page(title, &body)
}

fn order(session: &Value, items: &[Value]) -> String {
    let currency = session["currency"].as_str().unwrap_or_default();
    let mut rows = String::new();
    for item in items {
        let _ = write!(
            rows,
            "<tr><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            escape(item["description"].as_str().unwrap_or_default()),
            item["quantity"],
            amount(item["amount_total"].as_i64().unwrap_or(0), currency),
        );
    }
    format!(
        "<div class=\"card\"><p class=\"total\">{}</p><table><thead><tr><th>Product</th><th class=\"number\">Quantity</th><th class=\"number\">Amount</th></tr></thead><tbody>{rows}</tbody></table></div>",
        amount(session["amount_total"].as_i64().unwrap_or(0), currency),
    )
}

fn form_of(session: &Value) -> String {
    let fixed = session["customer_email"].as_str();
    let email = escape(fixed.unwrap_or("buyer@example.com"));
    let read_only = if fixed.is_some() { " readonly" } else { "" };
    format!(
        "<form method=\"post\" class=\"card\"><label for=\"email\">Email</label><input id=\"email\" name=\"email\" type=\"email\" autocomplete=\"email\" value=\"{email}\"{read_only}><label for=\"name\">Name on card</label><input id=\"name\" name=\"name\" autocomplete=\"cc-name\" value=\"Jenny Rosen\"><button class=\"main\" name=\"outcome\" value=\"pay\">Pay</button><button name=\"outcome\" value=\"pay_later_then_succeed\">Pay later, then succeed</button><button name=\"outcome\" value=\"pay_later_then_fail\">Pay later, then fail</button><button name=\"outcome\" value=\"decline\">Decline the card</button><button name=\"outcome\" value=\"cancel\" formnovalidate>Cancel</button></form>"
    )
}

/// Minor units as people read them, by the currency's decimals.
fn amount(minor: i64, currency: &str) -> String {
    const NONE: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf";
    const THREE: &str = "bhd jod kwd omr tnd";
    let code = currency.to_uppercase();
    if NONE.split(' ').any(|known| known == currency) {
        return format!("{code} {minor}");
    }
    if THREE.split(' ').any(|known| known == currency) {
        return format!("{code} {}.{:03}", minor / 1000, minor % 1000);
    }
    format!("{code} {}.{:02}", minor / 100, minor % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_has_its_currencys_decimals() {
        assert_eq!(amount(2997, "usd"), "USD 29.97");
        assert_eq!(amount(500, "jpy"), "JPY 500");
        assert_eq!(amount(1_005, "kwd"), "KWD 1.005");
    }
}
