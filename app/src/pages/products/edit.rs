//! One product, or a new one: what is sold, for how long, and the mail beside its template.

use leptos::prelude::*;

use super::facts::product_facts;
use super::mail::{MailTemplate, TestMail};
use crate::api::products::{
    ArchiveProduct, ProductPage as Page, RestoreProduct, SaveProduct, load_product,
};
use crate::form_texts::FormTexts;
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
    let title = data.form.get("name").to_owned();
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
    let (form, currencies) = (data.form.clone(), data.currencies.clone());
    let term = form.clone();
    // Fields are made inside of their form: that is where they find its refusals.
    view! {
        <Form action=save>
            <input type="hidden" name="id" value=id/>
            <Panel title="Product">
                <div class="inner stack loose">{basics(&form, currencies)}</div>
            </Panel>
            <Panel title="Licence">
                <div class="inner thirds">{terms(&term)}</div>
            </Panel>
            <MailTemplate data/>
            <FormEnd save="Save product" back="/products"/>
        </Form>
    }
}

/// What an input takes, its name in the form, label and hint.
type Input = (Takes, &'static str, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Takes {
    Line,
    Number,
    Tick,
}
use Takes::{Line, Number, Tick};

#[rustfmt::skip]
const BASICS: [Input; 4] = [
    (Line, "name", "Name", "As programs and mails name it. Former names go on working."),
    (Line, "price", "Price", "Of one, for example 49.00. 0 is free."),
    (Line, "version", "Newest version", "Told to programs when they validate."),
    (Tick, "isActive", "On sale", "Off: no sale, key, activation or trial; what is activated goes on."),
];

#[rustfmt::skip]
const TERMS: [Input; 8] = [
    (Number, "defaultLicenseDays", "Default License Days", "0 for Perpetual, or 1 to 36500. 0 beats everything that a purchase brings."),
    (Number, "trialDays", "Trial Days", "From a device’s first contact without a key; 0 for none."),
    (Number, "maxSeats", "Seats per key", "Empty: a key for one device."),
    (Tick, "seatsFromQuantity", "Quantity is seats", "A purchase of 3 gives one key of 3 seats instead of 3 keys."),
    (Line, "features", "Features", "Words that your program reads, comma between."),
    (Line, "minimumRequiredVersion", "Oldest version served", "Empty: any."),
    (Tick, "enforceVersionCheck", "Refuse older versions", ""),
    (Number, "deactivationCooldownHours", "Hours between deactivations", "Empty: no wait."),
];

/// What a full refund does, as the form and the facts say it.
pub(super) const REFUND_POLICIES: [(&str, &str); 3] = [
    ("revoke", "revokes the licences"),
    ("suspend", "suspends them, for you to decide"),
    ("keep", "leaves them, with a flag"),
];

fn input(form: &FormTexts, (takes, name, label, hint): Input) -> AnyView {
    let kind = match takes {
        Line => InputKind::Text,
        Number => InputKind::Number,
        Tick => {
            let is_ticked = form.is_ticked(name);
            return view! { <CheckField name label hint is_ticked/> }.into_any();
        }
    };
    view! { <Field name label hint kind value=form.get(name)/> }.into_any()
}

fn basics(form: &FormTexts, currencies: Vec<String>) -> AnyView {
    let currencies = currencies.into_iter().map(|code| (code.clone(), code));
    let [name, price, version, on_sale] = BASICS.map(|each| input(form, each));
    view! {
        {name}
        <div class="thirds">
            {price}
            <SelectField
                name="currency"
                label="Currency"
                value=form.get("currency")
                options=currencies.collect()
            />
            {version}
        </div>
        <AreaField
            name="description"
            label="Description"
            hint="For you alone."
            rows=3
            value=form.get("description")
        />
        {on_sale}
    }
    .into_any()
}

fn terms(form: &FormTexts) -> AnyView {
    let policies = REFUND_POLICIES.map(|(word, label)| (word.to_owned(), label.to_owned()));
    view! {
        {TERMS.map(|each| input(form, each)).collect_view()}
        <SelectField
            name="refundPolicy"
            label="A full refund"
            hint="Noted for later: refunds in Stripe are not read yet. Until they are, hold a refunded key back on its own page."
            value=form.get("refundPolicy")
            options=policies.into()
        />
    }
    .into_any()
}
