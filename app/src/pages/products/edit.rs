//! One product, or a new one: what is sold, for how long, and the mail beside its template.

use leptos::prelude::*;

use super::facts::product_facts;
use super::mail::{MailTemplate, TestMail};
use crate::api::products::{
    ArchiveProduct, ProductPage as Page, RestoreProduct, SaveProduct, load_product,
};
use crate::format::text;
use crate::pages::history::History;
use crate::pages::load::{Data, loaded, path_part};
use crate::pages::shelf::Shelf;
use crate::pages::snippets::snippets;
use crate::ui::{
    AreaField, CheckField, Copyable, Field, Form, FormAction, FormEnd, InputKind, PageHead, Panel,
    SelectField,
};

/// A new product.
#[component]
pub fn NewProductPage() -> impl IntoView {
    let save = FormAction::of::<SaveProduct>();
    let data = Data::new(|| (), |()| load_product(String::new()));
    view! {
        <div class="page">
            <PageHead title="New product" purpose="Only the name is required; the rest can follow."/>
            {loaded(data, move |data| view! { <Editor data save/> }.into_any())}
        </div>
    }
}

/// One product.
#[component]
pub fn ProductPage() -> impl IntoView {
    let save = FormAction::of::<SaveProduct>();
    let shelf = Shelf {
        thing: "product",
        archive: FormAction::of::<ArchiveProduct>(),
        restore: FormAction::of::<RestoreProduct>(),
    };
    let id = path_part("id");
    let (saved, moved) = (save.successes(), shelf.successes());
    let key = move || (id.get(), saved.get(), moved());
    let data = Data::new(key, |(id, ..)| load_product(id));
    view! {
        <div class="page">
            {loaded(data, move |data| view! { <Body data save shelf/> }.into_any())}
        </div>
    }
}

#[component]
fn Body(data: Page, save: FormAction, shelf: Shelf) -> impl IntoView {
    let title = text(data.form.name.as_ref());
    let id = text(data.id);
    let (shelf_id, is_archived) = (id.clone(), data.is_archived);
    let about = ("product", id.clone());
    let (email, shown_id) = (data.email.clone(), id.clone());
    let [checkout, activation] = data.snippets.clone();
    let (history, now) = (data.history.clone(), data.now);
    if is_archived {
        return view! {
            <PageHead title=title.clone() purpose="What was sold under this name stays as it is."/>
            {shelf.archived(shelf_id, &title)}
            <History changes=history now about/>
        }
        .into_any();
    }
    let away = shelf.current(shelf_id, &title);
    let test_mail = data.may_manage.then(|| view! { <TestMail id email/> });
    let product = if data.may_manage {
        view! { <Editor data save/> }.into_any()
    } else {
        product_facts(data)
    };
    view! {
        <PageHead title purpose="What a purchase of it gives, and the mail that delivers it."/>
        <p class="line tight small">
            <span class="muted">"productId in Stripe’s metadata:"</span>
            <Copyable text=shown_id what="productId"/>
        </p>
        {product}
        <div class="two">
            <div class="stack">
                {test_mail}
                <Panel title="Sell it from your own site">
                    <div class="inner">{snippets(checkout)}</div>
                </Panel>
                <Panel title="Ask for its licence">
                    <div class="inner">{snippets(activation)}</div>
                </Panel>
            </div>
            <div class="stack loose">
                <History changes=history now about/>
                {away}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Editor(data: Page, save: FormAction) -> impl IntoView {
    let id = text(data.id);
    let (basic, term) = (data.clone(), data.clone());
    // Fields are made inside of their form: that is where they find its refusals.
    view! {
        <Form action=save>
            <input type="hidden" name="id" value=id/>
            <div class="two">
                <Panel title="Product">
                    <div class="inner stack loose">{basics(&basic)}</div>
                </Panel>
                <Panel title="Licence">
                    <div class="inner stack loose">{terms(&term)}</div>
                </Panel>
            </div>
            <MailTemplate data/>
            <FormEnd save="Save product" back="/products"/>
        </Form>
    }
}

fn is_yes(value: Option<&String>) -> bool {
    value.is_some_and(|value| value == "true")
}

fn basics(data: &Page) -> impl IntoView + use<> {
    let form = &data.form;
    let currencies = data
        .currencies
        .iter()
        .map(|code| (code.clone(), code.clone()))
        .collect();
    view! {
        <Field
            name="name"
            label="Name"
            hint="As programs and mails name it. Former names go on working."
            value=text(form.name.as_ref())
        />
        <div class="pair">
            <Field
                name="price"
                label="Price"
                hint="Of one, for example 49.00. 0 is free."
                value=text(form.price.as_ref())
            />
            <SelectField
                name="currency"
                label="Currency"
                value=text(form.currency.as_ref())
                options=currencies
            />
        </div>
        <Field
            name="version"
            label="Newest version"
            hint="Told to programs when they validate."
            value=text(form.version.as_ref())
        />
        <AreaField
            name="description"
            label="Description"
            hint="For you alone."
            rows=3
            value=text(form.description.as_ref())
        />
        <CheckField
            name="isActive"
            label="On sale"
            hint="Off: no sale, key, activation or trial; what is activated goes on."
            is_ticked=is_yes(form.is_active.as_ref())
        />
    }
}

fn terms(data: &Page) -> impl IntoView + use<> {
    let form = &data.form;
    view! {
        <Field
            name="defaultLicenseDays"
            label="Default License Days"
            hint="0 for Perpetual, or 1 to 36500. 0 beats everything that a purchase brings."
            kind=InputKind::Number
            value=text(form.default_license_days.as_ref())
        />
        <Field
            name="trialDays"
            label="Trial Days"
            hint="From a device’s first contact without a key; 0 for none."
            kind=InputKind::Number
            value=text(form.trial_days.as_ref())
        />
        <Field
            name="maxSeats"
            label="Seats per key"
            hint="Empty: a key for one device."
            kind=InputKind::Number
            value=text(form.max_seats.as_ref())
        />
        <CheckField
            name="seatsFromQuantity"
            label="Quantity is seats"
            hint="A purchase of 3 gives one key of 3 seats instead of 3 keys."
            is_ticked=is_yes(form.seats_from_quantity.as_ref())
        />
        <Field
            name="features"
            label="Features"
            hint="Words that your program reads, comma between."
            value=text(form.features.as_ref())
        />
        <Field
            name="minimumRequiredVersion"
            label="Oldest version served"
            hint="Empty: any."
            value=text(form.minimum_required_version.as_ref())
        />
        <CheckField
            name="enforceVersionCheck"
            label="Refuse older versions"
            is_ticked=is_yes(form.enforce_version_check.as_ref())
        />
        <Field
            name="deactivationCooldownHours"
            label="Hours between deactivations"
            hint="Empty: no wait."
            kind=InputKind::Number
            value=text(form.deactivation_cooldown_hours.as_ref())
        />
        <SelectField
            name="refundPolicy"
            label="A full refund"
            hint="Noted for later: refunds in Stripe are not read yet. Until they are, hold a refunded key back on its own page."
            value=text(form.refund_policy.as_ref())
            options=vec![
                ("revoke".to_owned(), "revokes the licences".to_owned()),
                ("suspend".to_owned(), "suspends them, for you to decide".to_owned()),
                ("keep".to_owned(), "leaves them, with a flag".to_owned()),
            ]
        />
    }
}
