//! What a buyer's decision on the checkout page does to session, intent and events.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::settle;
use crate::stripe::call::Call;
use crate::stripe::resources::{checkout_sessions, customers, payment_intents, payment_methods};
use crate::tools::Tools;
use crate::webhooks::event::Origin;
use crate::world::World;

/// What the buyer does on the checkout page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Pays by card; the money is there at once.
    Pay,
    /// Pays by a delayed method; the money will come.
    PayLaterThenSucceed,
    /// Pays by a delayed method; the money will not come.
    PayLaterThenFail,
    /// The card is declined; the session stays open.
    Decline,
    /// Goes back to the shop; the session stays open.
    Cancel,
}

/// Who pays, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Buyer {
    /// The address that is typed in; none leaves the session without one.
    pub email: Option<String>,
    /// The name on the card.
    pub name: Option<String>,
    /// A payment method's id; without it a test card is made.
    pub payment_method: Option<String>,
}

impl Default for Buyer {
    fn default() -> Self {
        Self {
            email: Some("buyer@example.com".to_owned()),
            name: Some("Jenny Rosen".to_owned()),
            payment_method: None,
        }
    }
}

/// Why a session could not be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayRefusal {
    /// There is no such session.
    Unknown,
    /// It is complete or expired.
    NotOpen(String),
    /// There is no delayed payment that could end.
    NotWaiting,
}

impl std::fmt::Display for PayRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("There is no such checkout session."),
            Self::NotOpen(status) => write!(f, "This checkout session is {status}, not open."),
            Self::NotWaiting => f.write_str("No delayed payment of this session is on its way."),
        }
    }
}

impl std::error::Error for PayRefusal {}

/// Ends the checkout of a session found by its id.
pub(crate) fn pay(
    world: &mut World,
    tools: &Tools,
    session: &str,
    (outcome, buyer): (Outcome, &Buyer),
) -> Result<Value, PayRefusal> {
    let mut call = call_for(world, tools, session)?;
    end(&mut call, session, outcome, buyer)
}

/// A call in the name of the session's account.
pub(super) fn call_for<'a>(
    world: &'a mut World,
    tools: &'a Tools,
    session: &str,
) -> Result<Call<'a>, PayRefusal> {
    let account = world
        .account_of_session(session)
        .ok_or(PayRefusal::Unknown)?;
    let account = account.id.clone();
    Ok(Call {
        world,
        tools,
        account,
        params: Value::Null,
        ids: Vec::new(),
        origin: Origin::default(),
    })
}

/// Ends the checkout inside a call; answers the session as it is then.
pub(crate) fn end(
    call: &mut Call,
    id: &str,
    outcome: Outcome,
    buyer: &Buyer,
) -> Result<Value, PayRefusal> {
    let mut session = open_session(call, id)?;
    match outcome {
        Outcome::Cancel => return Ok(session),
        Outcome::Decline => {
            let mut intent = prepare_intent(call, &session, buyer, "0002");
            payment_intents::fail(call, &mut intent);
            session["payment_intent"] = intent["id"].clone();
            call.account().put(session.clone());
            return Ok(session);
        }
        _ => {}
    }
    complete(call, &mut session, buyer);
    let delayed = !matches!(outcome, Outcome::Pay);
    if session["mode"] == "subscription" {
        session["subscription"] = json!(call.tools.id("sub"));
        session["invoice"] = json!(call.tools.id("in"));
        session["payment_status"] = json!("paid");
    } else if session["amount_total"].as_i64().unwrap_or(0) > 0 {
        let mut intent = prepare_intent(call, &session, buyer, "4242");
        session["payment_intent"] = intent["id"].clone();
        if delayed {
            payment_intents::process(call, &mut intent);
        } else {
            session["payment_status"] = json!("paid");
            payment_intents::succeed(call, &mut intent);
        }
    }
    call.account().put(session.clone());
    if delayed && session["payment_status"] == "unpaid" {
        settle::wait(call, id, outcome);
    }
    call.emit("checkout.session.completed", &session);
    Ok(session)
}

fn open_session(call: &mut Call, id: &str) -> Result<Value, PayRefusal> {
    let session = call.account().get(checkout_sessions::KIND, id).cloned();
    let session = session.ok_or(PayRefusal::Unknown)?;
    if session["status"] != "open" {
        let status = session["status"].as_str().unwrap_or_default();
        return Err(PayRefusal::NotOpen(status.to_owned()));
    }
    if session["expires_at"]
        .as_i64()
        .is_some_and(|at| at <= call.tools.seconds())
    {
        let mut expired = session;
        expired["status"] = json!("expired");
        expired["url"] = Value::Null;
        call.account().put(expired.clone());
        call.emit("checkout.session.expired", &expired);
        return Err(PayRefusal::NotOpen("expired".to_owned()));
    }
    Ok(session)
}

fn complete(call: &mut Call, session: &mut Value, buyer: &Buyer) {
    let email = session["customer_email"].as_str().map(str::to_owned);
    let email = email.or_else(|| buyer.email.clone());
    session["status"] = json!("complete");
    session["url"] = Value::Null;
    session["customer_details"] = json!({
        "address": {
            "city": null, "country": "US", "line1": null, "line2": null,
            "postal_code": "94103", "state": null,
        },
        "business_name": null,
        "email": email,
        "individual_name": null,
        "name": buyer.name,
        "phone": null,
        "tax_exempt": "none",
        "tax_ids": [],
    });
    let wants_customer =
        session["customer_creation"] == "always" || session["mode"] == "subscription";
    if wants_customer && session["customer"].is_null() {
        let fields = json!({ "email": email, "name": buyer.name });
        let customer = customers::make(call, &fields);
        session["customer"] = customer["id"].clone();
        call.account().put(customer.clone());
        call.emit("customer.created", &customer);
    }
}

/// The session's intent with a payment method: after a decline the same one again.
fn prepare_intent(call: &mut Call, session: &Value, buyer: &Buyer, last4: &str) -> Value {
    let known = session["payment_intent"].as_str().map(str::to_owned);
    let known = known.and_then(|id| call.account().get(payment_intents::KIND, &id).cloned());
    let mut intent = match known {
        Some(intent) => intent,
        None => make_intent(call, session),
    };
    let method = buyer
        .payment_method
        .as_ref()
        .and_then(|id| call.account().get(payment_methods::KIND, id).cloned());
    let method = method.unwrap_or_else(|| {
        let email = session["customer_details"]["email"].clone();
        let details = json!({ "billing_details": { "email": email, "name": buyer.name } });
        payment_methods::make_card(call, last4, &details)
    });
    intent["payment_method"] = method["id"].clone();
    intent["last_payment_error"] = Value::Null;
    call.account().put(method);
    intent
}

fn make_intent(call: &mut Call, session: &Value) -> Value {
    let id = session["id"].as_str().unwrap_or_default();
    let data = call.account().intent_data.get(id).cloned();
    let mut data = data.filter(Value::is_object).unwrap_or_else(|| json!({}));
    data["customer"] = session["customer"].clone();
    data["payment_method_types"] = session["payment_method_types"].clone();
    let amount = session["amount_total"].as_i64().unwrap_or(0);
    let currency = session["currency"].as_str().unwrap_or_default();
    let intent = payment_intents::make(call, &data, amount, currency);
    call.account().put(intent.clone());
    call.emit("payment_intent.created", &intent);
    intent
}
