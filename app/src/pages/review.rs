//! Payments that name a product but could not be fulfilled: a person decides.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::load::{Data, loaded};
use crate::api::review::{DismissReview, IssueKeys, Review, ReviewRow, load_review};
use crate::format;
use crate::ui::{
    ButtonLook, Confirm, Empty, Field, Form, FormAction, InputKind, Notice, Outcome, PageHead,
    Panel, SelectField, SubmitButton, Tone,
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
    let orders = review.rows.iter().map(|row| row.order_id.to_string());
    let orders: Vec<_> = orders.collect();
    let cases = review
        .rows
        .into_iter()
        .map(|row| {
            let products = products.clone();
            view! { <Case row products now issue dismiss/> }
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
    issue: FormAction,
    dismiss: FormAction,
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
    let id = row.order_id.to_string();
    let (dismissed, purchase) = (id.clone(), format!("/orders/{id}"));
    let quantity = row.quantity.unwrap_or(1).to_string();
    let product = row.product_id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Panel
            title
            end=move || view! { <a class="btn quiet" href=purchase.clone()>"See the purchase"</a> }
        >
            <div class="inner stack loose">
                <Notice tone=Tone::Warn title=row.reason/>
                <Form action=issue about=("orderId", id)>
                    <div class="pair">
                        <SelectField name="productId" label="Product" value=product options=products/>
                        <Field name="quantity" label="Keys" kind=InputKind::Number value=quantity/>
                    </div>
                    <div class="form-end">
                        <SubmitButton label="Issue these keys"/>
                    </div>
                </Form>
                <Confirm
                    label="Dismiss…"
                    question="No keys are issued for this payment, and it leaves this list. The money stays where it is: refund it in Stripe where that is right."
                >
                    <Form action=dismiss about=("orderId", dismissed)>
                        <SubmitButton label="Dismiss this payment" look=ButtonLook::Danger/>
                    </Form>
                </Confirm>
            </div>
        </Panel>
    }
}
