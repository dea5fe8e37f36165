//! One purchase: what was bought, what Stripe told of it, what came of it, and who bought it.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::address;
use super::history::History;
use super::license_table::LicenseTable;
use super::load::{Data, loaded, path_part};
use super::mail_table::MailTable;
use super::words;
use crate::api::licenses::LicenseRow;
use crate::api::mails::MailRow;
use crate::api::orders::{GiveOrderAddress, OrderEvent, OrderPage as Page, Payment, load_order};
use crate::ui::{
    Breakable, Copyable, Empty, Fact, Facts, Field, Form, FormAction, InputKind, Notice, Outcome,
    PageHead, Panel, Step, Steps, SubmitButton, Tag, Tone, When,
};

/// A purchase.
#[component]
pub fn OrderPage() -> impl IntoView {
    let give = FormAction::of::<GiveOrderAddress>();
    let id = path_part("id");
    let given = give.successes();
    let data = Data::new(move || (id.get(), given.get()), |(id, _)| load_order(id));
    data.follow(&[".order.", ".license.", ".stripe_event.", ".mail."]);
    view! {
        <div class="page">
            {loaded(data, move |order| view! { <Body order give/> }.into_any())}
        </div>
    }
}

#[component]
fn Body(order: Page, give: FormAction) -> impl IntoView {
    let now = order.now;
    let id = order.id.to_string();
    let asks = order.can_be_given_address;
    let present = asks.then(|| id.clone()).into_iter().collect();
    let review = (order.state == "review").then(|| {
        let known_by = order.facts.first().map(|(_, id)| id.as_str());
        let href = address("/review", &[("find", known_by.unwrap_or_default())]);
        view! {
            <Notice tone=Tone::Warn title=order.reason.clone()>
                <a href=href>"Decide in Review"</a>
            </Notice>
        }
    });
    let order_id = id.clone();
    let (title, purpose, facts) = (title(&order), purpose(&order), facts(&order));
    let keys = keys(order.licenses, &order.state, now);
    let (mails, events) = (mails(order.mails, now), events(order.events, now));
    view! {
        <PageHead title purpose/>
        <Outcome action=give about="id" present/>
        {review}
        {asks.then(|| view! { <WhoBought id give/> })}
        {keys}
        {mails}
        <div class="two">
            <Panel title="Facts">{facts}</Panel>
            <div class="stack">
                <Panel title="What Stripe told">{events}</Panel>
                <History changes=order.history now about=("order", order_id)/>
            </div>
        </div>
    }
}

fn title(order: &Page) -> String {
    let product = match &order.product {
        Some((_, name)) => name.clone(),
        None if order.named_product.is_empty() => return "A purchase".to_owned(),
        None => format!("product {}", order.named_product),
    };
    match order.quantity {
        Some(quantity) => format!("{quantity} × {product}"),
        None => format!("A purchase of {product}"),
    }
}

fn purpose(order: &Page) -> String {
    let buyer = if order.email.is_empty() {
        "somebody whose address Stripe did not tell"
    } else {
        &order.email
    };
    match order.amount.or(order.quote) {
        Some(amount) => format!("A purchase of {amount} by {buyer}."),
        None => format!("A purchase by {buyer}."),
    }
}

/// Nobody could be told: somebody says who is to be.
#[component]
fn WhoBought(id: String, give: FormAction) -> impl IntoView {
    view! {
        <Panel title="Who bought this?">
            <div class="inner">
                <Form action=give about=("id", id)>
                    <Field
                        name="email"
                        label="Buyer’s e-mail"
                        hint="Stripe told none with this payment; its dashboard may know the customer. The keys are mailed to this address."
                        kind=InputKind::Email
                    />
                    <div class="form-end">
                        <SubmitButton label="Give this address"/>
                    </div>
                </Form>
            </div>
        </Panel>
    }
}

fn keys(keys: Vec<LicenseRow>, state: &str, now: Timestamp) -> AnyView {
    if keys.is_empty() {
        let text = match state {
            "open" | "waiting" => "They are made as soon as the money has arrived.",
            "review" => "A person decides about them in Review.",
            "dismissed" => "A person decided that this payment gives none.",
            _ => "The payment failed, so none were made.",
        };
        return view! {
            <Panel title="Keys">
                <Empty title="No keys" text/>
            </Panel>
        }
        .into_any();
    }
    view! {
        <Panel title="Keys">
            <LicenseTable rows=keys now/>
        </Panel>
    }
    .into_any()
}

fn mails(mails: Vec<MailRow>, now: Timestamp) -> AnyView {
    if mails.is_empty() {
        return ().into_any();
    }
    view! {
        <Panel title="Mails">
            <MailTable rows=mails now/>
        </Panel>
    }
    .into_any()
}

fn events(events: Vec<OrderEvent>, now: Timestamp) -> AnyView {
    if events.is_empty() {
        return view! {
            <Empty
                title="Nothing yet"
                text="The buyer was sent to Stripe’s page. What Stripe tells afterwards stands here."
            />
        }
        .into_any();
    }
    let steps = events
        .into_iter()
        .map(|event| {
            let remark = view! { <When at=event.received_at now/> }.into_any();
            view! {
                <Step tone=words::processing(&event.processing) remark>
                    <a href=format!("/stripe/events/{}", event.id)>
                        <code>
                            <Breakable text=event.event_type/>
                        </code>
                    </a>
                    <span class="under">{event.outcome}</span>
                </Step>
            }
        })
        .collect_view();
    view! { <Steps>{steps}</Steps> }.into_any()
}

fn facts(order: &Page) -> impl IntoView + use<> {
    let now = order.now;
    let (tone, mode) = words::mode(order.livemode);
    let product = order.product.clone().map(|(id, name)| {
        view! {
            <Fact name="Product">
                <a href=format!("/products/{id}")>{name}</a>
            </Fact>
        }
    });
    let plan = order.plan.clone().map(|(id, name)| {
        view! {
            <Fact name="Plan">
                <a href=format!("/plans/{id}")>{name}</a>
            </Fact>
        }
    });
    let buyer = if order.email.is_empty() {
        view! { <span class="muted">"not told"</span> }.into_any()
    } else {
        order.email.clone().into_any()
    };
    let app = order.app.clone().map(|(id, name)| {
        view! {
            <Fact name="Stripe app">
                <a href=format!("/stripe/apps/{id}")>{name}</a>
            </Fact>
        }
    });
    let issued = order.issued_at.map(|at| moment("Keys made (UTC)", at, now));
    let heard = moment("First heard of (UTC)", order.created_at, now);
    let (money, known_by) = (money(order), known_by(&order.facts));
    let state = order.state.clone();
    let quantity = order.quantity.map(|quantity| {
        view! { <Fact name="Quantity">{quantity.to_string()}</Fact> }
    });
    view! {
        <Facts>
            <Fact name="State">
                <Tag tone=words::order(&state) word=state/>
            </Fact>
            <Fact name="Mode">
                <Tag tone word=mode/>
            </Fact>
            {product}
            {plan}
            {quantity}
            <Fact name="Buyer">{buyer}</Fact>
            {money}
            {app}
            {known_by}
            {heard}
            {issued}
        </Facts>
    }
}

/// What was asked for, what Stripe says of it, and what came.
fn money(order: &Page) -> impl IntoView + use<> {
    let now = order.now;
    let asked = order.quote.map(|quote| {
        view! { <Fact name="Asked for">{quote.to_string()}</Fact> }
    });
    let unpaid = order.amount.filter(|_| order.payments.is_empty());
    let unpaid = unpaid.map(|amount| {
        view! { <Fact name="To be paid">{amount.to_string()}</Fact> }
    });
    let paid = |payment: Payment| {
        let amount = payment.amount;
        let amount = amount.map_or_else(|| "an unknown amount".to_owned(), |m| m.to_string());
        view! {
            <Fact name="Paid (UTC)">
                {amount} ", " <When at=payment.at now/>
            </Fact>
        }
    };
    let paid = order.payments.iter().cloned().map(paid).collect_view();
    (asked, unpaid, paid)
}

fn known_by(facts: &[(String, String)]) -> impl IntoView + use<> {
    facts
        .iter()
        .cloned()
        .map(|(kind, stripe_id)| {
            let (name, what) = match kind.as_str() {
                "session" => ("Checkout session", "checkout session"),
                _ => ("Payment intent", "payment intent"),
            };
            view! {
                <Fact name>
                    <Copyable text=stripe_id what/>
                </Fact>
            }
        })
        .collect_view()
}

fn moment(name: &'static str, at: Timestamp, now: Timestamp) -> impl IntoView {
    view! {
        <Fact name>
            <When at now/>
        </Fact>
    }
}
