//! The rules of fulfilment as tables.

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
