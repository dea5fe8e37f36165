//! Payments that name a product but could not be fulfilled: a person decides.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::{NEWEST, address, any_of};
use super::load::{Data, loaded, query_part};
use crate::api::products::load_product_choices;
use crate::api::review::{DismissReview, IssueKeys, Review, ReviewRow, ReviewSearch, load_review};
use crate::ui::{
    ButtonLook, Confirm, Empty, Fact, Facts, Field, FilterForm, Form, FormAction, IN_ORDER,
    InputKind, NEWEST_FIRST, Notice, Outcome, PageHead, Pager, Panel, SelectField, SubmitButton,
    Tone, When,
};

/// Orders of the list, and what they are called; whoever works off a queue begins with the oldest.
const ORDERS: [(&str, &str); 2] = [("", "Oldest first"), (NEWEST, "Newest first")];

/// Review. It does not follow what happens meanwhile: somebody may be filling in one of its forms.
#[component]
pub fn ReviewPage() -> impl IntoView {
    let (find, product) = (query_part("find"), query_part("product"));
    let (sort, after) = (query_part("sort"), query_part("after"));
    let search = move || ReviewSearch {
        find: find.get().unwrap_or_default(),
        product: product.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    };
    let issue = FormAction::of::<IssueKeys>();
    let dismiss = FormAction::of::<DismissReview>();
    let (issued, dismissed) = (issue.successes(), dismiss.successes());
    let data = Data::new(
        move || (search(), issued.get(), dismissed.get()),
        |(search, ..)| load_review(search),
    );
    let products = Data::new(|| (), |()| load_product_choices());
    view! {
        <div class="page">
            <PageHead
                title="Review"
                purpose="Payments that name a product but could not be fulfilled by themselves. The money is there; you decide about the keys."
            />
            {loaded(
                data,
                move |review| {
                    let form = move |products| form(&untrack(search), products);
                    let search = untrack(search);
                    view! {
                        <div class="stack loose">
                            {loaded(products, form)} <List review search issue dismiss/>
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn link(search: &ReviewSearch, after: Option<&str>) -> String {
    let filters = [
        ("find", search.find.as_str()),
        ("product", &search.product),
        ("sort", &search.sort),
        ("after", after.unwrap_or_default()),
    ];
    address("/review", &filters)
}

fn form(search: &ReviewSearch, products: Vec<(String, String)>) -> AnyView {
    let orders = ORDERS.map(|(word, label)| (word.to_owned(), label.to_owned()));
    let (product, sort) = (search.product.clone(), search.sort.clone());
    let products = any_of("All products", products);
    let choices = vec![
        ("product", "Product paid for", product, products),
        ("sort", "Order of the list", sort, orders.into()),
    ];
    let find = search.find.clone();
    view! {
        <FilterForm
            label="Payments"
            action="/review"
            field="Buyer’s e-mail, cs_… or pi_…"
            find
            choices
            kept=Vec::new()
            refusal=None
        />
    }
    .into_any()
}

#[component]
fn List(
    review: Review,
    search: ReviewSearch,
    issue: FormAction,
    dismiss: FormAction,
) -> impl IntoView {
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
    let nothing = orders.is_empty().then(|| nothing(&search));
    let labels = if search.sort == NEWEST {
        NEWEST_FIRST
    } else {
        IN_ORDER
    };
    let newest = search.after.is_some().then(|| link(&search, None));
    let older = review.next.map(|next| link(&search, Some(&next)));
    view! {
        <Outcome action=issue about="orderId" present=orders.clone()/>
        <Outcome action=dismiss about="orderId" present=orders/>
        {nothing}
        {cases}
        <Pager newest older labels/>
    }
}

fn nothing(search: &ReviewSearch) -> AnyView {
    let parts = [&search.find, &search.product];
    let is_narrowed = search.after.is_some() || parts.iter().any(|part| !part.is_empty());
    let (title, text, href, label) = if is_narrowed {
        (
            "Nothing found",
            "A payment is found by how its buyer’s address begins or by a whole id of Stripe’s, and only while it waits for a decision.",
            "/review",
            "All that wait",
        )
    } else {
        (
            "Nothing to decide",
            "Every payment was fulfilled, or waits for its money.",
            "/",
            "Go to the dashboard",
        )
    };
    view! {
        <Panel>
            <Empty title text>
                <a class="btn" href=href>
                    {label}
                </a>
            </Empty>
        </Panel>
    }
    .into_any()
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
    let since = row.since;
    let purchase = format!("/orders/{}", row.order_id);
    let payment = format!("{paid} from {buyer}");
    let title = payment.clone();
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
                <p class="small">"Waiting since " <When at=since now/></p>
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
