//! Whether a paid purchase becomes keys, how many, and until when; or why a person must look.

use crate::ids::{PlanId, ProductId};
use crate::license_term::{self, Terms};
use crate::purchase::{Metadata, Purchase, QUANTITY_MAX, UnreadableMetadata};
use crate::timestamp::Timestamp;

pub use crate::review_reason::ReviewReason;

/// What an order knows of what was bought, after its events completed each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bought {
    /// The product that the metadata names.
    pub product_id: Metadata<ProductId>,
    /// How many.
    pub quantity: Metadata<u16>,
    /// The plan that the metadata names.
    pub plan_id: Metadata<Option<PlanId>>,
    /// The days that the metadata names.
    pub plan_days: Metadata<Option<i32>>,
    /// What was paid, minor units; `None` while no event has told.
    pub amount_minor: Option<i64>,
    /// ISO code in either case; `None` while no event has told.
    pub currency: Option<String>,
}

impl Bought {
    /// What one event tells; the caller fills in what other events of the order told.
    pub fn of(purchase: &Purchase) -> Self {
        Self {
            product_id: purchase.product_id.clone(),
            quantity: purchase.quantity.clone(),
            plan_id: purchase.plan_id.clone(),
            plan_days: purchase.plan_days.clone(),
            amount_minor: purchase.amount_minor,
            currency: purchase.currency.clone(),
        }
    }
}

/// What the product says of keys that are sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductTerms {
    /// Id.
    pub id: ProductId,
    /// Inactive products are not sold.
    pub is_active: bool,
    /// Archived products are not sold.
    pub is_archived: bool,
    /// 0 is perpetual.
    pub default_license_days: i32,
    /// Seats of each key; `None` is a key for one device.
    pub max_seats: Option<i32>,
    /// True where a quantity of N means one key of N seats.
    pub seats_from_quantity: bool,
}

/// What the plan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanTerms {
    /// Id.
    pub id: PlanId,
    /// Inactive plans are not sold.
    pub is_active: bool,
    /// 0 is perpetual.
    pub duration_days: i32,
}

/// What we asked for when we made the checkout session ourselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The product.
    pub product_id: ProductId,
    /// How many.
    pub quantity: u16,
    /// For all of them, minor units.
    pub amount_minor: i64,
    /// ISO code.
    pub currency: String,
}

/// Product, plan and quote of the app's own tenant; another tenant's are as good as none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The product that the purchase names.
    pub product: Option<&'a ProductTerms>,
    /// The plan that the purchase names.
    pub plan: Option<&'a PlanTerms>,
    /// The quote, where we made the session.
    pub quote: Option<&'a Quote>,
}

/// The keys that a purchase becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issuance {
    /// How many keys.
    pub licenses: u16,
    /// Seats of each; `None` is a key for one device.
    pub seats_each: Option<i32>,
    /// When they end.
    pub ends_at: Timestamp,
}

/// What a paid purchase becomes. Everything that is unlike what we know is for a person to decide.
pub fn decide(
    bought: &Bought,
    known: Known<'_>,
    issued_at: Timestamp,
) -> Result<Issuance, ReviewReason> {
    let product = sellable_product(bought, known.product)?;
    let quantity = quantity(bought)?;
    let plan = sellable_plan(bought, known.plan)?;
    if let Some(quote) = known.quote {
        agree(bought, (product.id, quantity), quote)?;
    }
    let ends_at = end(bought, (product, plan), issued_at)?;
    Ok(if product.seats_from_quantity {
        Issuance {
            licenses: 1,
            seats_each: Some(i32::from(quantity)),
            ends_at,
        }
    } else {
        Issuance {
            licenses: quantity,
            seats_each: product.max_seats,
            ends_at,
        }
    })
}

fn sellable_product<'a>(
    bought: &Bought,
    product: Option<&'a ProductTerms>,
) -> Result<&'a ProductTerms, ReviewReason> {
    let named = bought.product_id.clone()?;
    let product = product
        .filter(|product| product.id == named)
        .ok_or(ReviewReason::UnknownProduct(named))?;
    if product.is_archived {
        return Err(ReviewReason::ArchivedProduct(named));
    }
    if !product.is_active {
        return Err(ReviewReason::InactiveProduct(named));
    }
    Ok(product)
}

fn sellable_plan<'a>(
    bought: &Bought,
    plan: Option<&'a PlanTerms>,
) -> Result<Option<&'a PlanTerms>, ReviewReason> {
    let Some(named) = bought.plan_id.clone()? else {
        return Ok(None);
    };
    let plan = plan
        .filter(|plan| plan.id == named)
        .ok_or(ReviewReason::UnknownPlan(named))?;
    if !plan.is_active {
        return Err(ReviewReason::InactivePlan(named));
    }
    Ok(Some(plan))
}

fn quantity(bought: &Bought) -> Result<u16, ReviewReason> {
    let quantity = bought.quantity.clone()?;
    if (1..=QUANTITY_MAX).contains(&quantity) {
        return Ok(quantity);
    }
    Err(ReviewReason::Unreadable(UnreadableMetadata {
        name: "quantity",
        text: quantity.to_string(),
    }))
}

/// The days that the metadata names are looked at only where they count.
fn end(
    bought: &Bought,
    (product, plan): (&ProductTerms, Option<&PlanTerms>),
    issued_at: Timestamp,
) -> Result<Timestamp, ReviewReason> {
    let do_named_days_count = product.default_license_days != 0 && plan.is_none();
    let named_days = if do_named_days_count {
        bought.plan_days.clone()?
    } else {
        None
    };
    let terms = Terms {
        default_days: product.default_license_days,
        plan_days: plan.map(|plan| plan.duration_days),
        named_days,
    };
    Ok(license_term::end_of_purchase(terms, issued_at)?)
}

fn agree(
    bought: &Bought,
    (product, quantity): (ProductId, u16),
    quote: &Quote,
) -> Result<(), ReviewReason> {
    if product != quote.product_id {
        return Err(ReviewReason::OtherProduct {
            paid: product,
            quoted: quote.product_id,
        });
    }
    if quantity != quote.quantity {
        return Err(ReviewReason::OtherQuantity {
            paid: quantity,
            quoted: quote.quantity,
        });
    }
    let quoted = quote.currency.to_ascii_uppercase();
    let paid = bought.currency.as_deref().map(str::to_ascii_uppercase);
    if paid.as_ref() != Some(&quoted) {
        let paid = paid.unwrap_or_else(|| "an unknown currency".to_owned());
        return Err(ReviewReason::OtherCurrency { paid, quoted });
    }
    if bought.amount_minor != Some(quote.amount_minor) {
        let paid = bought.amount_minor;
        return Err(ReviewReason::OtherAmount {
            paid: paid.map_or_else(|| "unknown".to_owned(), |minor| minor.to_string()),
            quoted: quote.amount_minor,
            currency: quoted,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
