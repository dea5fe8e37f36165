//! What the year brings, drawn before it is told: who buys what, how many, and how it goes.

use domain::timestamp::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::calendar;
use super::people::{self, Buyer};
use super::shop::Shop;

/// How a payment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Paid at once.
    Smooth,
    /// Paid two days later, by bank.
    Late,
    /// Refused by the bank: no keys.
    Refused,
    /// It names a product that there is not: a person decides.
    Mistaken,
    /// Stripe knows no address of the buyer.
    Nameless,
    /// Nothing that was sold by us.
    Foreign,
}

impl Course {
    /// True where keys follow by themselves.
    const fn issues(self) -> bool {
        matches!(self, Self::Smooth | Self::Late | Self::Nameless)
    }
}

/// One purchase.
#[derive(Debug, Clone)]
pub struct Sale {
    /// Tells purchases apart.
    pub number: usize,
    /// When.
    pub at: Timestamp,
    /// For whom.
    pub buyer: Buyer,
    /// Place of the product among the shop's.
    pub product: usize,
    /// Place of the plan, where one is bought.
    pub plan: Option<usize>,
    /// How many.
    pub quantity: u16,
    /// ISO code, lower case as Stripe has it.
    pub currency: &'static str,
    /// Test or live.
    pub livemode: bool,
    /// How it goes.
    pub course: Course,
}

/// Sales of so many licences in all, in the order of time.
pub fn draw(shop: &Shop, licenses: usize, (seed, end): (u64, Timestamp)) -> Vec<Sale> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut sales: Vec<Sale> = Vec::new();
    let mut left = licenses;
    while left > 0 {
        let mut sale = one(shop, sales.len(), &mut chance);
        if sale.course.issues() {
            let count = usize::from(sale.quantity).min(left);
            sale.quantity = u16::try_from(count).unwrap_or(1);
            left -= count;
        }
        sales.push(sale);
    }
    let moments = calendar::moments(sales.len(), end, &mut chance);
    for (sale, at) in sales.iter_mut().zip(moments) {
        sale.at = at;
    }
    sales
}

fn one(shop: &Shop, number: usize, chance: &mut StdRng) -> Sale {
    let product = product(shop, chance.random_range(0..100));
    Sale {
        number,
        at: Timestamp::from_millis(0),
        buyer: people::buyer(number, chance),
        product,
        plan: match chance.random_range(0..100) {
            0..24 => Some(0),
            24..32 => Some(1),
            32..36 => Some(2),
            _ => None,
        },
        quantity: quantity(chance.random_range(0..1_000)),
        currency: match chance.random_range(0..100) {
            0..55 => "eur",
            55..90 => "usd",
            _ => "jpy",
        },
        livemode: chance.random_range(0..100) >= 7,
        course: match chance.random_range(0..10_000) {
            0..200 => Course::Late,
            200..350 => Course::Refused,
            350..390 => Course::Mistaken,
            390..393 => Course::Nameless,
            393..900 => Course::Foreign,
            _ => Course::Smooth,
        },
    }
}

fn product(shop: &Shop, mut point: i64) -> usize {
    let place = shop.products.iter().position(|sold| {
        point -= sold.share;
        point < 0
    });
    place.unwrap_or_default()
}

/// Most buy one; a few equip a department.
const fn quantity(point: i32) -> u16 {
    match point {
        0..780 => 1,
        780..840 => 2,
        840..870 => 3,
        870..930 => 5,
        930..970 => 10,
        970..990 => 25,
        990..998 => 50,
        _ => 100,
    }
}

impl Sale {
    /// Chance of its own, whatever happens beside it.
    pub fn chance(&self, seed: u64) -> StdRng {
        let number = u64::try_from(self.number).unwrap_or_default();
        StdRng::seed_from_u64(seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The checkout session's id.
    pub fn session(&self, seed: u64) -> String {
        let side = if self.livemode { "live" } else { "test" };
        format!("cs_{side}_{seed}x{:08}", self.number)
    }

    /// The event that Stripe sends when the checkout is done.
    pub fn completed(&self, shop: &Shop, seed: u64) -> Value {
        let (event_type, status) = match self.course {
            Course::Late => ("checkout.session.completed", "unpaid"),
            Course::Refused => ("checkout.session.async_payment_failed", "unpaid"),
            Course::Foreign => ("charge.succeeded", "paid"),
            _ => ("checkout.session.completed", "paid"),
        };
        self.event(shop, seed, (event_type, status))
    }

    /// The event that Stripe sends when the bank has paid.
    pub fn paid_late(&self, shop: &Shop, seed: u64) -> Value {
        let what = ("checkout.session.async_payment_succeeded", "paid");
        self.event(shop, seed, what)
    }

    fn event(&self, shop: &Shop, seed: u64, (event_type, status): (&str, &str)) -> Value {
        let (sold, number) = (&shop.products[self.product], self.number);
        let unit = if self.currency == "jpy" {
            sold.yen
        } else {
            sold.cents
        };
        let kind = &event_type[event_type.len() - 9..];
        let product = if self.course == Course::Mistaken {
            9_999
        } else {
            sold.id
        };
        let mut metadata = json!({
            "productId": product.to_string(), "quantity": self.quantity.to_string(),
        });
        if let Some(plan) = self.plan {
            metadata["planId"] = shop.plans[plan].to_string().into();
        }
        let email = (self.course != Course::Nameless).then_some(&self.buyer.email);
        let customer = json!({ "email": email, "name": self.buyer.company });
        json!({
            "id": format!("evt_{seed}x{number:08}{kind}"), "object": "event", "type": event_type,
            "livemode": self.livemode, "api_version": "2024-04-10",
            "created": self.at.unix_seconds(),
            "data": { "object": {
                "id": self.session(seed), "object": "checkout.session", "mode": "payment",
                "payment_status": status, "payment_intent": format!("pi_{seed}x{number:08}"),
                "amount_total": unit * i64::from(self.quantity), "currency": self.currency,
                "livemode": self.livemode, "customer_details": customer, "metadata": metadata,
            } },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_buy_one_and_none_more_than_a_purchase_may_have() {
        let all: Vec<_> = (0..1_000).map(quantity).collect();
        assert!(all.iter().filter(|quantity| **quantity == 1).count() > 700);
        assert!(all.iter().all(|quantity| (1..=100).contains(quantity)));
    }
}
