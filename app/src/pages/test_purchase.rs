//! A purchase that goes the whole way: checkout, event, keys, mail.

use domain::permission::Permission;
use leptos::prelude::*;

use super::load::{Data, loaded, where_permitted};
use crate::api::purchases::{PurchaseChoices, StartTestPurchase, load_purchase_choices};
use crate::ui::{
    Empty, Field, Form, FormAction, InputKind, Notice, PageHead, Panel, SelectField, Step, Steps,
    SubmitButton, Tone,
};

/// Test Purchase.
#[component]
pub fn TestPurchasePage() -> impl IntoView {
    let data = Data::new(|| (), |()| load_purchase_choices());
    view! {
        <div class="page">
            <PageHead
                title="Test Purchase"
                purpose="Buy from yourself, and see the whole way: Stripe’s checkout page, the event, the keys, the mail."
            />
            {loaded(data, |choices| view! { <Body choices/> }.into_any())}
        </div>
    }
}

#[component]
fn Body(choices: PurchaseChoices) -> impl IntoView {
    if let Some(missing) = what_is_missing(&choices) {
        return missing;
    }
    let purchase = if choices.may_buy {
        view! { <Purchase choices/> }.into_any()
    } else {
        view! {
            <Panel>
                <Empty
                    title="Your role here may look but not buy"
                    text="Somebody with the role support, admin or owner makes the purchase. What comes of it stands under License Keys, for you too."
                >
                    <a class="btn" href="/licenses">
                        "License Keys"
                    </a>
                </Empty>
            </Panel>
        }
        .into_any()
    };
    view! {
        <div class="two">
            {purchase}
            <Panel title="What happens">
                <Steps>
                    <Step tone=Tone::Info>
                        "A Checkout Session is made in Stripe, with productId and quantity in its metadata."
                    </Step>
                    <Step tone=Tone::Info>"You pay on its page, with a test card like 4242 4242 4242 4242."</Step>
                    <Step tone=Tone::Info>"Stripe sends the event; its signature is checked."</Step>
                    <Step tone=Tone::Info>"The keys stand on the page you come back to, on the Dashboard, and in a mail."</Step>
                </Steps>
            </Panel>
        </div>
    }
    .into_any()
}

fn what_is_missing(choices: &PurchaseChoices) -> Option<AnyView> {
    let (title, text, href, label) = if choices.products.is_empty() {
        (
            "No product can be bought yet",
            "Make a product with a price, and mark it as on sale.",
            "/products/new",
            "Make a product",
        )
    } else if choices.apps.is_empty() {
        (
            "No Stripe app is ready on this side of the switch",
            "An app needs a secret key and a webhook signing secret, and must be active.",
            "/stripe/apps/new",
            "Add a Stripe app",
        )
    } else {
        return None;
    };
    let missing = view! {
        <Panel>
            <Empty title text>
                {where_permitted(
                    Permission::Manage,
                    move || {
                        view! {
                            <a class="btn" href=href>
                                {label}
                            </a>
                        }
                            .into_any()
                    },
                )}
            </Empty>
        </Panel>
    };
    Some(missing.into_any())
}

#[component]
fn Purchase(choices: PurchaseChoices) -> impl IntoView {
    let action = FormAction::of::<StartTestPurchase>();
    let live = choices.livemode.then(|| {
        view! {
            <Notice tone=Tone::Bad title="This is the Live side: real money will be taken">
                <p>"Switch to Test in the top bar to try without."</p>
            </Notice>
        }
    });
    let first =
        |list: &[(String, String)]| list.first().map(|(id, _)| id.clone()).unwrap_or_default();
    view! {
        <Panel>
            <div class="inner stack loose">
                {live} <Form action>
                    <SelectField
                        name="productId"
                        label="Product"
                        value=first(&choices.products)
                        options=choices.products
                    />
                    <Field
                        name="quantity"
                        label="Quantity"
                        hint="1 to 100."
                        kind=InputKind::Number
                        value="1"
                    />
                    <SelectField
                        name="appId"
                        label="Stripe app"
                        value=first(&choices.apps)
                        options=choices.apps
                    />
                    <Field
                        name="customerEmail"
                        label="Buyer’s e-mail"
                        hint="Where the keys are sent."
                        kind=InputKind::Email
                        value=choices.email
                    />
                    <div class="form-end">
                        <SubmitButton label="Go to checkout"/>
                    </div>
                </Form>
            </div>
        </Panel>
    }
}
