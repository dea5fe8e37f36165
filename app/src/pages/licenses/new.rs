//! Generating keys by hand: one or many, for one holder.

use leptos::prelude::*;

use crate::api::license_acts::{GenerateLicenses, LicenseChoices, load_license_choices};
use crate::pages::load::{Data, loaded};
use crate::ui::{
    AreaField, Empty, Field, Form, FormAction, FormEnd, InputKind, Notice, PageHead, Panel,
    SelectField, Tone,
};

/// Generate keys.
#[component]
pub fn NewLicensePage() -> impl IntoView {
    let action = FormAction::of::<GenerateLicenses>();
    let data = Data::new(|| (), |()| load_license_choices());
    view! {
        <div class="page">
            <PageHead
                title="Generate keys"
                purpose="Keys without a purchase. No mail is sent: send a key from its own page."
            />
            {loaded(data, move |choices| body(choices, action))}
        </div>
    }
}

fn body(choices: LicenseChoices, action: FormAction) -> AnyView {
    if choices.products.is_empty() {
        return view! {
            <Panel>
                <Empty
                    title="No product is active"
                    text="A key is for a product. Make one, or activate one that you have."
                >
                    <a class="btn" href="/products">
                        "Products"
                    </a>
                </Empty>
            </Panel>
        }
        .into_any();
    }
    let live = choices.livemode.then(|| {
        view! {
            <Notice tone=Tone::Info title="This is the Live side: these keys are for customers">
                <p>"Switch to Test in the top bar to try something out."</p>
            </Notice>
        }
    });
    view! {
        <Panel>
            <div class="inner stack loose">
                {live}
                <Form action>
                    {whose(&choices)} {how_long(choices.plans)} {how_many()} {more()}
                    <FormEnd save="Generate" back="/licenses"/>
                </Form>
            </div>
        </Panel>
    }
    .into_any()
}

fn whose(choices: &LicenseChoices) -> AnyView {
    let products = choices.products.clone();
    let first = products.first().map(|(id, _)| id.clone());
    view! {
        <div class="pair">
            <SelectField
                name="productId"
                label="Product"
                value=first.unwrap_or_default()
                options=products
            />
            <Field name="email" label="Holder’s e-mail" kind=InputKind::Email/>
        </div>
        <div class="pair">
            <Field name="corporateName" label="Company" hint="May stay empty."/>
            <Field
                name="hardwareId"
                label="Hardware id"
                hint="For a device without internet: the key is activated there and gets its offline code. One key at a time."
                kind=InputKind::Code
            />
        </div>
    }
    .into_any()
}

fn how_long(plans: Vec<(String, String)>) -> AnyView {
    let none = (String::new(), "No plan".to_owned());
    let options = [none].into_iter().chain(plans).collect();
    view! {
        <div class="pair">
            <SelectField name="planId" label="Plan" hint="It says how long." options/>
            <Field
                name="validityDays"
                label="Days"
                hint="Where no plan is chosen: 1 to 36500; 0 is perpetual; empty is what the product says."
                kind=InputKind::Number
            />
        </div>
    }
    .into_any()
}

fn how_many() -> AnyView {
    view! {
        <div class="pair">
            <Field
                name="quantity"
                label="Keys"
                hint="1 to 100."
                kind=InputKind::Number
                value="1"
            />
            <Field
                name="maxSeats"
                label="Seats of each"
                hint="Empty is what the product says."
                kind=InputKind::Number
            />
        </div>
    }
    .into_any()
}

fn more() -> AnyView {
    view! {
        <div class="pair">
            <Field
                name="features"
                label="Own features"
                hint="Beside its product’s and its plan’s, comma between."
            />
            <AreaField
                name="note"
                label="Note"
                hint="Programs and customers never see it."
                rows=3
            />
        </div>
    }
    .into_any()
}
