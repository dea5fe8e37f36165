//! Products between the engine and their pages.

use domain::ids::ProductId;
use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use domain::money::Currency;
use domain::permission::Permission;
use domain::product::{ProductChanges, ProductForm};
use engine::Error;
use engine::named::NameQuery;
use engine::page::{PAGE_SIZE, PAGE_SIZE_MAX};
use engine::products::{
    ProductView, archive, create, find, list, preview_template, send_test_mail, update,
};

use super::changes::history_of;
use super::refusal::beside_name;
use super::reply::Next;
use super::session::SignedIn;
use super::snippets::{self, Sold};
use crate::api::products::{MailPreview, ProductPage, ProductRow};
use crate::api::{Listed, NamedSearch};
use crate::form_texts::FormTexts;

/// All products that are not archived.
pub(super) async fn product_list(who: &SignedIn) -> Result<Vec<ProductRow>, Error> {
    let products = list::execute(&who.engine, &who.actor).await?;
    Ok(products.into_iter().map(product_row).collect())
}

/// A page of products, in use or archived.
pub async fn products_on_shelf(
    who: &SignedIn,
    search: NamedSearch,
) -> Result<Listed<ProductRow>, Error> {
    let page = list::page(&who.engine, &who.actor, &name_query(search)?).await?;
    Ok(Listed {
        items: page.items.into_iter().map(product_row).collect(),
        next: page.after.map(|id| id.to_string()),
        now: who.engine.now(),
    })
}

/// What the address of a list of named things asks for.
pub(super) fn name_query(search: NamedSearch) -> Result<NameQuery, Error> {
    let after = search.after.map(|id| id.parse::<i32>()).transpose();
    Ok(NameQuery {
        // A word that is no state shows what is in use: the address was typed by hand.
        shelf: search.state.parse().unwrap_or(Shelf::Current),
        search: search.find,
        // A word that is no order changes nothing.
        order: search.sort.parse().unwrap_or_default(),
        after: after.map_err(|_| Error::field("after", "Take it from the page before."))?,
        limit: PAGE_SIZE,
    })
}

/// Ids and names of products, archived ones last, for lists that can be narrowed to one.
pub async fn product_choices(who: &SignedIn) -> Result<Vec<(String, String)>, Error> {
    let archived = NameQuery {
        shelf: Shelf::Archived,
        search: String::new(),
        order: NameOrder::Newest,
        after: None,
        limit: PAGE_SIZE_MAX,
    };
    let current = list::execute(&who.engine, &who.actor).await?;
    let archived = list::page(&who.engine, &who.actor, &archived).await?.items;
    let choice = |product: ProductView| {
        let name = product.fields.name;
        let label = match product.archived_at {
            Some(_) => format!("{name} (archived)"),
            None => name,
        };
        (product.id.to_string(), label)
    };
    Ok(current.into_iter().chain(archived).map(choice).collect())
}

fn product_row(product: ProductView) -> ProductRow {
    let fields = product.fields;
    ProductRow {
        id: product.id,
        name: fields.name,
        price: fields.price,
        default_license_days: fields.default_license_days,
        trial_days: fields.trial_days,
        is_active: fields.is_active,
        send_purchase_email: fields.send_purchase_email,
    }
}

/// One product's page; with an empty id a new one's, for who may make it.
pub async fn product_page(who: &SignedIn, id: &str) -> Result<ProductPage, Error> {
    let product = match id {
        "" => {
            who.actor.may(Permission::Manage)?;
            None
        }
        id => Some(find::execute(&who.engine, &who.actor, parse(id)?).await?),
    };
    let id = product.as_ref().map(|product| product.id);
    let is_archived = product.as_ref().is_some_and(|p| p.archived_at.is_some());
    let code = |product| {
        let sold = Sold::of(product, who.engine.public_url());
        [snippets::checkout(&sold), snippets::activation(&sold)]
    };
    let snippets = product.as_ref().map(code).unwrap_or_default();
    let history = match id {
        Some(id) => history_of(who, ("product", &id.to_string())).await?,
        None => Vec::new(),
    };
    let fields = match product {
        Some(product) => product.fields,
        None => create::blank(&who.engine, &who.actor).await?,
    };
    Ok(ProductPage {
        id,
        is_archived,
        preview: mail_preview(
            who,
            (&fields.name, &fields.email_subject, &fields.email_template),
        ),
        form: texts_of(&form(fields)),
        email: who.session.email.clone(),
        currencies: Currency::all()
            .map(|currency| currency.code().to_owned())
            .collect(),
        snippets,
        history,
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        now: who.engine.now(),
    })
}

/// What a form holds, by the names of its inputs; what it has no text for is left out.
fn texts_of(form: &ProductForm) -> FormTexts {
    let fields = serde_json::to_value(form).unwrap_or_default();
    let fields = fields.as_object().into_iter().flatten();
    let texts = fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
    texts.collect::<Vec<_>>().into()
}

/// Every field as text.
fn form(fields: ProductChanges) -> ProductForm {
    let number = |number: Option<i32>| Some(number.map(|n| n.to_string()).unwrap_or_default());
    ProductForm {
        name: Some(fields.name),
        version: Some(fields.version),
        description: Some(fields.description),
        is_active: Some(fields.is_active.to_string()),
        price: Some(fields.price.major()),
        currency: Some(fields.price.currency.code().to_owned()),
        trial_days: Some(fields.trial_days.to_string()),
        default_license_days: Some(fields.default_license_days.to_string()),
        features: Some(fields.features.join(", ")),
        max_seats: number(fields.max_seats),
        seats_from_quantity: Some(fields.seats_from_quantity.to_string()),
        minimum_required_version: Some(fields.minimum_required_version.unwrap_or_default()),
        enforce_version_check: Some(fields.enforce_version_check.to_string()),
        send_purchase_email: Some(fields.send_purchase_email.to_string()),
        send_renewal_reminders: Some(fields.send_renewal_reminders.to_string()),
        renewal_reminder_days: number(fields.renewal_reminder_days),
        deactivation_cooldown_hours: number(fields.deactivation_cooldown_hours),
        email_subject: Some(fields.email_subject),
        email_template: Some(fields.email_template),
        refund_policy: Some(fields.refund_policy.to_string()),
    }
}

/// Saves a product; boxes that are not ticked send nothing and mean no.
pub async fn keep_product(who: &SignedIn, id: &str, form: &ProductForm) -> Result<Next, Error> {
    let mut form = form.clone();
    for ticked in [
        &mut form.is_active,
        &mut form.seats_from_quantity,
        &mut form.enforce_version_check,
        &mut form.send_purchase_email,
    ] {
        ticked.get_or_insert_with(|| "false".to_owned());
    }
    if id.is_empty() {
        let made = create::execute(&who.engine, &who.actor, &form).await;
        let made = made.map_err(beside_name)?;
        return Ok(Next::Go(format!("/products/{}", made.id)));
    }
    let saved = update::execute(&who.engine, &who.actor, parse(id)?, &form).await;
    saved.map_err(beside_name)?;
    Ok(Next::stay("Saved."))
}

/// Archives a product.
pub async fn put_product_away(who: &SignedIn, id: &str) -> Result<Next, Error> {
    archive::execute(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay(
        "The product is archived. Its licences stay as they are.",
    ))
}

/// Brings an archived product back.
pub async fn bring_product_back(who: &SignedIn, id: &str) -> Result<Next, Error> {
    archive::restore(&who.engine, &who.actor, parse(id)?).await?;
    Ok(Next::stay(
        "The product is back. Put it on sale to sell it again.",
    ))
}

/// The mail that name, subject and template make; or why they make none.
pub fn mail_preview(who: &SignedIn, (name, subject, body): (&str, &str, &str)) -> MailPreview {
    let draft = preview_template::Draft {
        product_name: name,
        subject,
        body,
    };
    match preview_template::execute(&who.actor, &draft) {
        Ok(mail) => MailPreview {
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            problem: None,
        },
        Err(Error::Invalid(fields)) => MailPreview {
            problem: fields.first().map(|field| field.message.clone()),
            ..MailPreview::default()
        },
        Err(error) => MailPreview {
            problem: Some(error.to_string()),
            ..MailPreview::default()
        },
    }
}

/// Queues the saved mail with an example key.
pub async fn try_mail(who: &SignedIn, id: &str, recipient: &str) -> Result<Next, Error> {
    let mail = send_test_mail::execute(&who.engine, &who.actor, parse(id)?, recipient).await?;
    Ok(Next::Go(format!("/outbox/{mail}")))
}

fn parse(id: &str) -> Result<ProductId, Error> {
    id.parse().map_err(|_| Error::NotFound("product"))
}
