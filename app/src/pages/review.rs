//! Payments that name a product but could not be fulfilled: a person decides.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::load::{Data, loaded};
use crate::api::review::{DismissReview, IssueKeys, Review, ReviewRow, load_review};
use crate::format;
use crate::ui::{
    ButtonLook, Confirm, Empty, Fact, Facts, Field, Form, FormAction, InputKind, Notice, Outcome,
    PageHead, Panel, SelectField, SubmitButton, Tone,
};

/// Review.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let issue = FormAction::of::<IssueKeys>();
    let dismiss = FormAction::of::<DismissReview>();
    let (issued, dismissed) = (issue.successes(), dismiss.successes());
    let data = Data::new(move || (issued.get(), dismissed.get()), |_| load_review());
    view! {
        <div class="page">
            <PageHead
                title="Review"
                purpose="Payments that name a product but could not be fulfilled by themselves. The money is there; you decide about the keys."
            />
            {loaded(data, move |review| view! { <List review issue dismiss/> }.into_any())}
        </div>
    }
}

#[component]
fn List(review: Review, issue: FormAction, dismiss: FormAction) -> impl IntoView {
    let (products, now) = (review.products, review.now);
    let acts = review.may_decide.then_some((issue, dismiss));
    let orders = review.rows.iter().map(|row| row.order_id.to_string());
    let orders: Vec<_> = orders.collect();
    let cases = review
        .rows
        .into_iter()
        .map(|row| {
            let products = products.clone();
            view! { <Case row products now acts/> }
        })
        .collect_view();
    let nothing = orders.is_empty().then(nothing_to_decide);
    view! {
        <Outcome action=issue about="orderId" present=orders.clone()/>
        <Outcome action=dismiss about="orderId" present=orders/>
        {nothing}
        {cases}
    }
}

fn nothing_to_decide() -> impl IntoView {
    view! {
        <Panel>
            <Empty title="Nothing to decide" text="Every payment was fulfilled, or waits for its money.">
                <a class="btn" href="/">
                    "Go to the dashboard"
                </a>
            </Empty>
        </Panel>
    }
}

#[component]
fn Case(
    row: ReviewRow,
    products: Vec<(String, String)>,
    now: Timestamp,
    /// Issuing and dismissing, for whoever may decide.
    acts: Option<(FormAction, FormAction)>,
) -> impl IntoView {
    let paid = row
        .paid
        .map_or_else(|| "An unknown amount".to_owned(), |paid| paid.to_string());
    let buyer = if row.email.is_empty() {
        "somebody".to_owned()
    } else {
        row.email.clone()
    };
    let title = format!("{paid} from {buyer}, {}", format::relative(row.since, now));
    let purchase = format!("/orders/{}", row.order_id);
    let payment = format!("{paid} from {buyer}");
    let reason = row.reason.clone();
    let wish = acts.is_none().then(|| wish(&row, &products));
    let decision = acts.map(|(issue, dismiss)| {
        view! { {issuing(&row, products, issue)} {dismissing(&row, &payment, dismiss)} }
    });
    view! {
        <Panel
            title
            end=move || view! { <a class="btn quiet" href=purchase.clone()>"See the purchase"</a> }
        >
            <div class="inner stack loose">
                <Notice tone=Tone::Warn title=reason/>
                {decision}
            </div>
            {wish}
        </Panel>
    }
}

fn issuing(row: &ReviewRow, products: Vec<(String, String)>, issue: FormAction) -> AnyView {
    let id = row.order_id.to_string();
    let quantity = row.quantity.unwrap_or(1).to_string();
    let product = row.product_id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Form action=issue about=("orderId", id)>
            <div class="pair">
                <SelectField name="productId" label="Product" value=product options=products/>
                <Field name="quantity" label="Keys" kind=InputKind::Number value=quantity/>
            </div>
            <div class="form-end">
                <SubmitButton label="Issue these keys"/>
            </div>
        </Form>
    }
    .into_any()
}

fn dismissing(row: &ReviewRow, payment: &str, dismiss: FormAction) -> AnyView {
    let id = row.order_id.to_string();
    let label = format!("Dismiss {payment}");
    let question = format!(
        "No keys are issued for the payment of {payment}, and it leaves this list. The money stays where it is: refund it in Stripe where that is right."
    );
    view! {
        <Confirm label="Dismiss…" question>
            <Form action=dismiss about=("orderId", id)>
                <SubmitButton label look=ButtonLook::Danger/>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// What the payment asks for, for whoever may look but not decide.
fn wish(row: &ReviewRow, products: &[(String, String)]) -> AnyView {
    let id = row.product_id.map(|id| id.to_string());
    let product = products
        .iter()
        .find(|(known, _)| Some(known) == id.as_ref());
    let product = product.map_or_else(|| "none of yours".to_owned(), |(_, name)| name.clone());
    let quantity = row
        .quantity
        .map_or_else(|| "unknown".to_owned(), |count| count.to_string());
    view! {
        <Facts>
            <Fact name="Product">{product}</Fact>
            <Fact name="Keys">{quantity}</Fact>
            <Fact name="Decided by">"an admin or an owner"</Fact>
        </Facts>
    }
    .into_any()
}
