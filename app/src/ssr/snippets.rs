//! Code that people copy into their own programs, with their own addresses and ids in it.

use domain::money::Money;
use engine::products::ProductView;

use crate::api::guide::Snippet;

/// What is sold, as code names it.
pub(super) struct Sold<'a> {
    /// Where this installation is reached, without a slash at its end.
    pub public_url: &'a str,
    /// Stands in Stripe's metadata.
    pub product_id: i32,
    /// As programs name it.
    pub name: &'a str,
    /// Of one.
    pub price: Money,
}

impl<'a> Sold<'a> {
    /// A product of this installation.
    pub fn of(product: &'a ProductView, public_url: &'a str) -> Self {
        Self {
            public_url,
            product_id: product.id.get(),
            name: &product.fields.name,
            price: product.fields.price,
        }
    }
}

/// One's own checkout: by our API, and by Stripe's SDKs.
pub(super) fn checkout(sold: &Sold<'_>) -> Vec<Snippet> {
    let Sold {
        public_url,
        product_id,
        name,
        price,
    } = sold;
    let name = quoted(name);
    let (minor, currency) = (price.minor, price.currency.code().to_lowercase());
    let curl = format!(
        r#"# Answers {{"id":…,"url":…}}: send the buyer to the url. Without livemode it is a live one.
curl -sS {public_url}/api/stripe/checkout/session \
  -H "Authorization: ExisOneApi $EXISONE_TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{{"productId":{product_id},"quantity":1,"customerEmail":"ann@example.com","livemode":false}}'"#
    );
    let node = format!(
        r"const metadata = {{ productId: '{product_id}', quantity: '1' }};
const session = await stripe.checkout.sessions.create({{
  mode: 'payment',
  line_items: [{{
    quantity: 1,
    price_data: {{
      currency: '{currency}',
      unit_amount: {minor},
      product_data: {{ name: {name} }},
    }},
  }}],
  success_url: '{public_url}/purchase/success?session_id={{CHECKOUT_SESSION_ID}}',
  metadata,
  payment_intent_data: {{ metadata }},
}});
// Send the buyer to session.url."
    );
    let python = format!(
        r#"metadata = {{"productId": "{product_id}", "quantity": "1"}}
session = stripe.checkout.Session.create(
    mode="payment",
    line_items=[{{
        "quantity": 1,
        "price_data": {{
            "currency": "{currency}",
            "unit_amount": {minor},
            "product_data": {{"name": {name}}},
        }},
    }}],
    success_url="{public_url}/purchase/success?session_id={{CHECKOUT_SESSION_ID}}",
    metadata=metadata,
    payment_intent_data={{"metadata": metadata}},
)
# Send the buyer to session.url."#
    );
    vec![
        snippet("curl", curl),
        snippet("Node", node),
        snippet("Python", python),
    ]
}

/// A program that asks for its licence: by curl, and by the Python SDK.
pub(super) fn activation(sold: &Sold<'_>) -> Vec<Snippet> {
    let (public_url, name) = (sold.public_url, quoted(sold.name));
    // Within single quotes of a shell.
    let in_shell = name.replace('\'', r"'\''");
    let curl = format!(
        r#"ask() {{ curl -sS {public_url}/api/license/$1 \
  -H "Authorization: ExisOneApi $PROGRAM_TOKEN" -H 'Content-Type: application/json' -d "$2"; echo; }}

DEVICE='"hardwareId":"MY-PC","productName":{in_shell},"version":"1.0"'
ask activate "{{\"activationKey\":\"$KEY\",\"email\":\"ann@example.com\",$DEVICE}}"
ask validate "{{\"activationKey\":\"$KEY\",$DEVICE}}"
ask validate "{{$DEVICE}}"   # without a key: the trial"#
    );
    let python = format!(
        r#"# pip install exisone-client
from exisone import ExisOneClient, ExisOneClientOptions

exisone = ExisOneClient(ExisOneClientOptions(
    base_url="{public_url}", access_token=PROGRAM_TOKEN))
device = exisone.generate_hardware_id()
if key:
    done = exisone.activate(key, "ann@example.com", device, {name}, "1.0")
    if not done.success:
        print(done.error_code, done.error_message)
found = exisone.validate(key, device, {name}, "1.0")   # a blank key asks for a trial
print(found.is_valid, found.status, found.expiration_date)"#
    );
    vec![snippet("curl", curl), snippet("Python", python)]
}

fn snippet(name: &str, code: String) -> Snippet {
    Snippet {
        name: name.to_owned(),
        code,
    }
}

/// A text as JSON, JavaScript and Python all read it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::Currency;

    const SOLD: Sold<'_> = Sold {
        public_url: "https://licences.example",
        product_id: 7,
        name: r#"Ann's "Atlas""#,
        price: Money::new(4_900, Currency::EUR),
    };

    #[test]
    fn code_names_the_product_and_this_installation() {
        for snippet in checkout(&SOLD).iter().chain(&activation(&SOLD)) {
            assert!(
                snippet.code.contains("https://licences.example"),
                "{}",
                snippet.code
            );
        }
        let all = checkout(&SOLD);
        assert!(all[0].code.contains(r#""productId":7"#), "{}", all[0].code);
        for shop in &all[1..] {
            assert!(
                shop.code.contains("4900")
                    && shop.code.contains(r#""7""#) | shop.code.contains("'7'")
            );
            assert!(
                shop.code.contains("session_id={CHECKOUT_SESSION_ID}"),
                "{}",
                shop.code
            );
            assert!(shop.code.contains(r#""Ann's \"Atlas\"""#), "{}", shop.code);
        }
    }

    #[test]
    fn a_name_ends_no_quotes_of_a_shell() {
        let curl = &activation(&SOLD)[0].code;
        assert!(
            curl.contains(r#""productName":"Ann'\''s \"Atlas\"","#),
            "{curl}"
        );
    }
}
