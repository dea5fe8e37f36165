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
mod tests {
    use super::*;
    use crate::license_term::TermRefusal;
    use rstest::rstest;

    const PERPETUAL: &str = "2049-12-31T23:59:59Z";

    fn at() -> Timestamp {
        Timestamp::parse_rfc3339("2026-11-23T11:05:00Z").expect("a time")
    }

    fn unreadable(name: &'static str) -> UnreadableMetadata {
        UnreadableMetadata {
            name,
            text: "x".into(),
        }
    }

    fn bought() -> Bought {
        Bought {
            product_id: Ok(ProductId::from(7)),
            quantity: Ok(3),
            plan_id: Ok(None),
            plan_days: Ok(None),
            amount_minor: Some(14_700),
            currency: Some("USD".into()),
        }
    }

    fn product() -> ProductTerms {
        ProductTerms {
            id: ProductId::from(7),
            is_active: true,
            is_archived: false,
            default_license_days: 0,
            max_seats: None,
            seats_from_quantity: false,
        }
    }

    fn plan() -> PlanTerms {
        PlanTerms {
            id: PlanId::from(2),
            is_active: true,
            duration_days: 30,
        }
    }

    fn quote() -> Quote {
        Quote {
            product_id: ProductId::from(7),
            quantity: 3,
            amount_minor: 14_700,
            currency: "usd".into(),
        }
    }

    fn of(bought: &Bought, product: &ProductTerms) -> Result<Issuance, ReviewReason> {
        let known = Known {
            product: Some(product),
            ..Known::default()
        };
        decide(bought, known, at())
    }

    #[rstest]
    #[case(1)]
    #[case(3)]
    #[case(100)]
    fn a_quantity_of_n_is_n_keys(#[case] quantity: u16) {
        let bought = Bought {
            quantity: Ok(quantity),
            ..bought()
        };
        let issuance = of(&bought, &product()).expect("keys");
        assert_eq!((issuance.licenses, issuance.seats_each), (quantity, None));
        assert_eq!(issuance.ends_at.to_rfc3339(), PERPETUAL);
    }

    #[test]
    fn or_one_key_of_n_seats_where_the_product_says_so() {
        let product = ProductTerms {
            seats_from_quantity: true,
            max_seats: Some(50),
            ..product()
        };
        let issuance = of(&bought(), &product).expect("a key");
        assert_eq!((issuance.licenses, issuance.seats_each), (1, Some(3)));
    }

    #[test]
    fn every_key_has_the_seats_of_its_product() {
        let product = ProductTerms {
            max_seats: Some(5),
            ..product()
        };
        let issuance = of(&bought(), &product).expect("keys");
        assert_eq!((issuance.licenses, issuance.seats_each), (3, Some(5)));
    }

    #[rstest]
    #[case(Ok(0))]
    #[case(Ok(101))]
    #[case(Err(unreadable("quantity")))]
    fn a_bad_quantity_is_for_review(#[case] quantity: Metadata<u16>) {
        let bought = Bought {
            quantity,
            ..bought()
        };
        let reason = of(&bought, &product()).expect_err("review");
        assert!(reason.to_string().contains("metadata quantity"), "{reason}");
    }

    #[test]
    fn a_product_that_is_no_id_is_for_review() {
        let bought = Bought {
            product_id: Err(unreadable("productId")),
            ..bought()
        };
        let reason = decide(&bought, Known::default(), at()).expect_err("review");
        assert!(
            reason.to_string().contains("metadata productId is “x”"),
            "{reason}"
        );
    }

    #[test]
    fn a_product_that_is_not_the_tenants_is_as_good_as_none() {
        let unknown = ReviewReason::UnknownProduct(ProductId::from(7));
        assert_eq!(
            decide(&bought(), Known::default(), at()),
            Err(unknown.clone())
        );
        let other = ProductTerms {
            id: ProductId::from(8),
            ..product()
        };
        assert_eq!(of(&bought(), &other), Err(unknown));
    }

    #[test]
    fn archived_and_inactive_products_are_for_review() {
        let archived = ProductTerms {
            is_archived: true,
            ..product()
        };
        let inactive = ProductTerms {
            is_active: false,
            ..product()
        };
        let id = ProductId::from(7);
        assert_eq!(
            of(&bought(), &archived),
            Err(ReviewReason::ArchivedProduct(id))
        );
        assert_eq!(
            of(&bought(), &inactive),
            Err(ReviewReason::InactiveProduct(id))
        );
    }

    fn with_plan(
        default_license_days: i32,
        plan_days: Metadata<Option<i32>>,
        plan: Option<&PlanTerms>,
    ) -> Result<String, ReviewReason> {
        let product = ProductTerms {
            default_license_days,
            ..product()
        };
        let bought = Bought {
            plan_id: Ok(plan.map(|plan| plan.id)),
            plan_days,
            ..bought()
        };
        let known = Known {
            product: Some(&product),
            plan,
            quote: None,
        };
        decide(&bought, known, at()).map(|issuance| issuance.ends_at.to_rfc3339())
    }

    #[test]
    fn the_length_follows_from_product_plan_and_days() {
        let plan = plan();
        let ends = |text: &str| Ok(text.to_owned());
        assert_eq!(with_plan(0, Ok(Some(10)), Some(&plan)), ends(PERPETUAL));
        assert_eq!(
            with_plan(365, Ok(Some(10)), Some(&plan)),
            ends("2026-12-23T23:59:59Z")
        );
        assert_eq!(
            with_plan(365, Ok(Some(10)), None),
            ends("2026-12-03T23:59:59Z")
        );
        assert_eq!(with_plan(365, Ok(None), None), ends("2027-11-23T23:59:59Z"));
    }

    #[test]
    fn unreadable_days_matter_only_where_days_count() {
        let bad = || Err(unreadable("planDays"));
        assert_eq!(with_plan(0, bad(), None), Ok(PERPETUAL.to_owned()));
        assert!(with_plan(365, bad(), Some(&plan())).is_ok());
        assert!(matches!(
            with_plan(365, bad(), None),
            Err(ReviewReason::Unreadable(_))
        ));
    }

    #[test]
    fn a_length_beyond_2049_is_for_review() {
        let reason = with_plan(36_500, Ok(None), None).expect_err("review");
        assert_eq!(reason, ReviewReason::Term(TermRefusal::TooLate));
        assert!(reason.to_string().contains("Default License Days"));
    }

    #[test]
    fn a_plan_must_be_the_tenants_and_active() {
        let product = product();
        let bought = Bought {
            plan_id: Ok(Some(PlanId::from(2))),
            ..bought()
        };
        let inactive = PlanTerms {
            is_active: false,
            ..plan()
        };
        let with = |plan| {
            let known = Known {
                product: Some(&product),
                plan,
                quote: None,
            };
            decide(&bought, known, at())
        };
        let id = PlanId::from(2);
        assert_eq!(with(None), Err(ReviewReason::UnknownPlan(id)));
        assert_eq!(with(Some(&inactive)), Err(ReviewReason::InactivePlan(id)));
        assert!(with(Some(&plan())).is_ok());
    }

    #[rstest]
    #[case::alike(quote(), None)]
    #[case::amount(Quote { amount_minor: 14_699, ..quote() }, Some("The amount paid is 14700, but the checkout asked for 14699"))]
    #[case::currency(Quote { currency: "EUR".into(), ..quote() }, Some("was made in USD, but its checkout was made in EUR"))]
    #[case::quantity(Quote { quantity: 2, ..quote() }, Some("quantity of 3, but its checkout was made for 2"))]
    #[case::product(Quote { product_id: ProductId::from(9), ..quote() }, Some("product 7, but its checkout was made for product 9"))]
    fn what_is_unlike_our_quote_is_for_review(#[case] quote: Quote, #[case] words: Option<&str>) {
        let known = Known {
            product: Some(&product()),
            plan: None,
            quote: Some(&quote),
        };
        let reason = decide(&bought(), known, at())
            .err()
            .map(|reason| reason.to_string());
        match (&reason, words) {
            (None, None) => {}
            (Some(reason), Some(words)) => assert!(reason.contains(words), "{reason}"),
            _ => panic!("expected {words:?}, found {reason:?}"),
        }
    }

    #[test]
    fn an_amount_that_nobody_told_is_unlike_any_quote() {
        let product = product();
        let quote = quote();
        let known = Known {
            product: Some(&product),
            plan: None,
            quote: Some(&quote),
        };
        let no_amount = Bought {
            amount_minor: None,
            ..bought()
        };
        let no_currency = Bought {
            currency: None,
            ..bought()
        };
        assert!(decide(&no_amount, known, at()).is_err());
        assert!(decide(&no_currency, known, at()).is_err());
    }
}
