//! What one Stripe object tells of a purchase, read leniently: every field may be missing, and
//! metadata that cannot be read is kept as such, because a payment that names a product but
//! cannot be fulfilled is for a person to review.

use std::fmt;

use serde_json::Value;

use crate::email_address;
use crate::ids::{OrderId, PlanId, ProductId};

/// The most keys, or seats, that one purchase may have.
pub const QUANTITY_MAX: u16 = 100;
/// Stripe's ids are shorter than this (docs.stripe.com: up to 255 characters).
const ID_MAX: usize = 255;
/// Stripe's own limit of a metadata value.
const METADATA_MAX: usize = 500;

/// A metadata value that is there and cannot be what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("metadata {name} is “{text}”")]
pub struct UnreadableMetadata {
    /// Which one, as in Stripe's metadata.
    pub name: &'static str,
    /// What stands there, at most 40 characters.
    pub text: String,
}

/// A metadata value, or what stands there instead.
pub type Metadata<T> = Result<T, UnreadableMetadata>;

/// What one event tells of one purchase. Several events of it complete each other.
#[derive(Clone, PartialEq, Eq)]
pub struct Purchase {
    /// `cs_…`
    pub session_id: Option<String>,
    /// `pi_…`
    pub payment_intent_id: Option<String>,
    /// Our own order, where we made the checkout session (metadata `orderId`).
    pub order_id: Option<OrderId>,
    /// Metadata `productId` as it came, trimmed; never empty.
    pub named_product: String,
    /// The same as an id.
    pub product_id: Metadata<ProductId>,
    /// 1..=100; 1 where metadata has none.
    pub quantity: Metadata<u16>,
    /// Metadata `planId`.
    pub plan_id: Metadata<Option<PlanId>>,
    /// Metadata `planDays`: 0 is perpetual, else 1..=36500.
    pub plan_days: Metadata<Option<i32>>,
    /// A plausible address of the buyer.
    pub email: Option<String>,
    /// What was or will be paid, minor units.
    pub amount_minor: Option<i64>,
    /// ISO code, upper case; not limited to currencies that we know.
    pub currency: Option<String>,
    /// Test or live.
    pub livemode: bool,
}

impl Purchase {
    /// Reads a Checkout Session; `None` where its metadata names no product.
    pub(crate) fn from_session(session: &Value, livemode: bool) -> Option<Self> {
        let mut purchase = Self::from_metadata(session, livemode)?;
        purchase.session_id = stripe_id(&session["id"]);
        purchase.payment_intent_id = stripe_id(&session["payment_intent"]);
        purchase.email = first_email(&[
            &session["customer_details"]["email"],
            &session["customer_email"],
        ]);
        purchase.amount_minor = session["amount_total"].as_i64();
        Some(purchase)
    }

    /// Reads a Payment Intent; `None` where its metadata names no product.
    pub(crate) fn from_payment_intent(intent: &Value, livemode: bool) -> Option<Self> {
        let mut purchase = Self::from_metadata(intent, livemode)?;
        purchase.payment_intent_id = stripe_id(&intent["id"]);
        purchase.email = first_email(&[&intent["receipt_email"]]);
        purchase.amount_minor = intent["amount_received"]
            .as_i64()
            .filter(|received| *received > 0)
            .or_else(|| intent["amount"].as_i64());
        Some(purchase)
    }

    fn from_metadata(object: &Value, livemode: bool) -> Option<Self> {
        let metadata = &object["metadata"];
        let named_product = text_of(&metadata["productId"])?;
        Some(Self {
            session_id: None,
            payment_intent_id: None,
            order_id: text_of(&metadata["orderId"]).and_then(|text| text.parse().ok()),
            product_id: read("productId", &named_product, |text| text.parse().ok()),
            named_product,
            quantity: optional(metadata, "quantity", quantity).map(|q| q.unwrap_or(1)),
            plan_id: optional(metadata, "planId", |text| text.parse().ok()),
            plan_days: optional(metadata, "planDays", days),
            email: None,
            amount_minor: None,
            currency: currency(&object["currency"]),
            livemode,
        })
    }

    /// True where nothing of Stripe's identifies it, so that it could never be told from another.
    pub(crate) const fn is_nameless(&self) -> bool {
        self.session_id.is_none() && self.payment_intent_id.is_none()
    }
}

// Written by hand: the buyer's address does not belong into a log.
impl fmt::Debug for Purchase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purchase")
            .field("session_id", &self.session_id)
            .field("payment_intent_id", &self.payment_intent_id)
            .field("order_id", &self.order_id)
            .field("named_product", &self.named_product)
            .field("quantity", &self.quantity)
            .field("has_email", &self.email.is_some())
            .field("amount_minor", &self.amount_minor)
            .field("livemode", &self.livemode)
            .finish_non_exhaustive()
    }
}

/// What a succeeded payment intent tells that names no product. It holds an address: no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct BarePayment {
    /// `pi_…`
    pub payment_intent_id: String,
    /// A plausible address of the buyer.
    pub email: Option<String>,
    /// Test or live.
    pub livemode: bool,
}

impl BarePayment {
    pub(crate) fn from_payment_intent(intent: &Value, livemode: bool) -> Option<Self> {
        Some(Self {
            payment_intent_id: stripe_id(&intent["id"])?,
            email: first_email(&[&intent["receipt_email"]]),
            livemode,
        })
    }

    /// The purchase that a session told of, now that this payment for it has arrived.
    #[must_use]
    pub fn complete(self, mut told: Purchase) -> Purchase {
        told.payment_intent_id = Some(self.payment_intent_id);
        told.email = told.email.or(self.email);
        told
    }
}

/// An id that may stand for one of Stripe's: letters, digits and underscores, at most 255.
pub fn is_stripe_id(text: &str) -> bool {
    (1..=ID_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The id of a reference, which Stripe writes as text, or as the whole object where expanded.
fn stripe_id(reference: &Value) -> Option<String> {
    let id = reference.as_str().or_else(|| reference["id"].as_str())?;
    is_stripe_id(id).then(|| id.to_owned())
}

/// Metadata is text; numbers are taken too. Blank counts as absent. Control characters become blanks:
/// PostgreSQL keeps no U+0000.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => {
            let printable = |c: char| if c.is_control() { ' ' } else { c };
            let text: String = text.chars().map(printable).collect();
            text.trim().chars().take(METADATA_MAX).collect()
        }
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn optional<T>(
    metadata: &Value,
    name: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Metadata<Option<T>> {
    text_of(&metadata[name])
        .map(|text| read(name, &text, parse))
        .transpose()
}

fn read<T>(name: &'static str, text: &str, parse: impl Fn(&str) -> Option<T>) -> Metadata<T> {
    parse(text).ok_or_else(|| UnreadableMetadata {
        name,
        text: text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(40)
            .collect(),
    })
}

fn quantity(text: &str) -> Option<u16> {
    let quantity = digits(text)?;
    u16::try_from(quantity)
        .ok()
        .filter(|quantity| (1..=QUANTITY_MAX).contains(quantity))
}

fn days(text: &str) -> Option<i32> {
    digits(text).filter(|days| *days <= crate::license_term::DAYS_MAX)
}

fn digits(text: &str) -> Option<i32> {
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn currency(value: &Value) -> Option<String> {
    let code = value.as_str()?;
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_alphabetic());
    is_code.then(|| code.to_ascii_uppercase())
}

fn first_email(candidates: &[&Value]) -> Option<String> {
    candidates
        .iter()
        .filter_map(|candidate| candidate.as_str())
        .find_map(email_address::parse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn purchase(metadata: &Value) -> Purchase {
        let session = json!({ "id": "cs_test_1", "metadata": metadata });
        Purchase::from_session(&session, false).expect("it names a product")
    }

    #[rstest]
    #[case(json!({}), Ok(1))]
    #[case(json!({"quantity": ""}), Ok(1))]
    #[case(json!({"quantity": "1"}), Ok(1))]
    #[case(json!({"quantity": " 3 "}), Ok(3))]
    #[case(json!({"quantity": 3}), Ok(3))]
    #[case(json!({"quantity": "100"}), Ok(100))]
    #[case(json!({"quantity": "0"}), Err("0"))]
    #[case(json!({"quantity": "101"}), Err("101"))]
    #[case(json!({"quantity": "x"}), Err("x"))]
    #[case(json!({"quantity": "-1"}), Err("-1"))]
    #[case(json!({"quantity": "1.5"}), Err("1.5"))]
    #[case(json!({"quantity": "99999999999999999999"}), Err("99999999999999999999"))]
    #[case(json!({"quantity": "1\u{0}3"}), Err("1 3"))]
    #[case(json!({"quantity": "\u{0}"}), Ok(1))]
    fn a_quantity_is_1_to_100_and_1_where_absent(
        #[case] mut metadata: Value,
        #[case] expected: Result<u16, &str>,
    ) {
        metadata["productId"] = json!("7");
        let read = purchase(&metadata).quantity;
        assert_eq!(
            read.map_err(|bad| bad.text),
            expected.map_err(str::to_owned)
        );
    }

    #[test]
    fn a_product_that_is_no_id_is_kept_for_review() {
        let read = purchase(&json!({"productId": " abc "}));
        assert_eq!(read.named_product, "abc");
        let bad = read.product_id.expect_err("no id");
        assert_eq!(bad.to_string(), "metadata productId is “abc”");
    }

    #[rstest]
    #[case(json!({"planDays": "0"}), Ok(Some(0)))]
    #[case(json!({"planDays": "36500"}), Ok(Some(36_500)))]
    #[case(json!({}), Ok(None))]
    #[case(json!({"planDays": "36501"}), Err(()))]
    #[case(json!({"planDays": "ten"}), Err(()))]
    fn plan_days_are_0_to_36500(
        #[case] mut metadata: Value,
        #[case] expected: Result<Option<i32>, ()>,
    ) {
        metadata["productId"] = json!("7");
        assert_eq!(purchase(&metadata).plan_days.map_err(|_| ()), expected);
    }

    #[rstest]
    #[case(json!(null))]
    #[case(json!({}))]
    #[case(json!({"productId": ""}))]
    #[case(json!({"productId": "  "}))]
    #[case(json!({"productId": {"a": 1}}))]
    #[case(json!("productId"))]
    fn metadata_without_a_product_is_no_purchase_of_ours(#[case] metadata: Value) {
        let session = json!({ "id": "cs_test_1", "metadata": metadata });
        assert_eq!(Purchase::from_session(&session, true), None);
    }

    #[rstest]
    #[case(json!("pi_1"), Some("pi_1"))]
    #[case(json!({"id": "pi_1", "object": "payment_intent"}), Some("pi_1"))]
    #[case(json!(null), None)]
    #[case(json!("pi 1"), None)]
    #[case(json!("p".repeat(256)), None)]
    fn a_payment_intent_is_read_bare_or_expanded(
        #[case] reference: Value,
        #[case] id: Option<&str>,
    ) {
        assert_eq!(stripe_id(&reference).as_deref(), id);
    }

    #[rstest]
    #[case(json!({"customer_details": {"email": " a@example.com "}, "customer_email": "b@example.com"}), Some("a@example.com"))]
    #[case(json!({"customer_details": {"email": null}, "customer_email": "b@example.com"}), Some("b@example.com"))]
    #[case(json!({"customer_details": {"email": "nonsense"}, "customer_email": "b@example.com"}), Some("b@example.com"))]
    #[case(json!({"customer_details": null}), None)]
    fn the_first_plausible_address_counts(#[case] mut session: Value, #[case] email: Option<&str>) {
        session["metadata"] = json!({"productId": "7"});
        let read = Purchase::from_session(&session, false).expect("a purchase");
        assert_eq!(read.email.as_deref(), email);
    }

    #[test]
    fn debug_does_not_tell_the_address() {
        let mut read = purchase(&json!({"productId": "7"}));
        read.email = Some("ann@example.com".into());
        assert!(!format!("{read:?}").contains("ann"));
    }
}
