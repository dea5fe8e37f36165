//! Purchases between the engine and their pages: buying, the receipt, and the review.

use domain::ids::OrderId;
use domain::list_order::LogOrder;
use domain::money::{Currency, Money};
use domain::permission::Permission;
use domain::stripe_app_status::StripeAppStatus;
use domain::timestamp::Timestamp;
use engine::orders::success::{self, Success};
use engine::orders::{checkout, find, review, review_list};
use engine::stripe::apps;
use engine::{Engine, Error};

use super::licenses::place;
use super::products::product_list;
use super::reply::Next;
use super::session::{SignedIn, is_signed_in_at};
use crate::api::purchases::{Progress, PurchaseChoices, PurchaseForm, Receipt};
use crate::api::review::{IssueForm, Review, ReviewRow, ReviewSearch};
use crate::flash::Done;
use crate::format::counted;

/// Payments on a page of Review: each brings a form of its own.
const IN_REVIEW: i64 = 20;

/// What can be bought on the chosen side, and through which app.
pub async fn purchase_choices(who: &SignedIn) -> Result<PurchaseChoices, Error> {
    let products = product_list(who).await?;
    let mut apps = apps::list::execute(&who.engine, &who.actor).await?;
    apps.retain(|app| {
        app.is_active && app.is_live == who.session.livemode && app.status == StripeAppStatus::Ready
    });
    apps.sort_by_key(|app| !app.is_default);
    Ok(PurchaseChoices {
        products: products
            .into_iter()
            .filter(|product| product.is_active)
            .map(|product| {
                (
                    product.id.to_string(),
                    format!("{}, {}", product.name, product.price),
                )
            })
            .collect(),
        apps: apps
            .into_iter()
            .map(|app| (app.id.to_string(), app.name))
            .collect(),
        email: who.session.email.clone(),
        may_buy: who.actor.may(Permission::Generate).is_ok(),
        livemode: who.session.livemode,
    })
}

/// Makes a Checkout Session and goes to its hosted page.
pub async fn begin_purchase(who: &SignedIn, form: &PurchaseForm) -> Result<Next, Error> {
    let email = form.customer_email.trim();
    let wanted = checkout::NewCheckout {
        product_id: choice("productId", &form.product_id)?,
        quantity: quantity(&form.quantity)?,
        app_id: Some(choice("appId", &form.app_id)?),
        livemode: Some(who.session.livemode),
        currency: None,
        customer_email: (!email.is_empty()).then(|| email.to_owned()),
        plan_id: None,
        success_url: None,
        cancel_url: None,
    };
    let made = checkout::execute(&who.engine, &who.actor, &wanted).await?;
    Ok(Next::Go(made.url))
}

fn choice<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, Error> {
    let choice = text.trim().parse();
    choice.map_err(|_| Error::field(field, "Choose one of the list."))
}

fn quantity(text: &str) -> Result<u16, Error> {
    let quantity = text.trim().parse();
    quantity.map_err(|_| Error::field("quantity", "Write a whole number from 1 to 100."))
}

/// What the buyer sees who has this session's id.
pub async fn receipt(engine: &Engine, session_id: &str) -> Result<Receipt, Error> {
    let mut receipt = Receipt {
        product_name: String::new(),
        progress: Progress::Coming,
        mailed_to: None,
        is_mailed: false,
        may_listen: false,
    };
    match success::execute(engine, session_id).await? {
        // A session of the seller's own making is known as soon as its event has come.
        Success::Unknown => {}
        Success::Waiting { tenant } => receipt.may_listen = is_signed_in_at(engine, tenant).await?,
        Success::Failed => receipt.progress = Progress::Failed,
        Success::Review => receipt.progress = Progress::InReview,
        Success::Later { email_masked } => receipt.progress = Progress::Sent(email_masked),
        Success::Ready {
            product,
            keys,
            email_masked,
            mail_state,
        } => {
            let keys = keys.iter().map(ToString::to_string).collect();
            receipt.product_name = product;
            receipt.progress = Progress::Issued(keys);
            receipt.mailed_to = mail_state.and(email_masked);
            receipt.is_mailed = mail_state == Some(domain::mail_state::MailState::Sent);
        }
    }
    Ok(receipt)
}

/// A page of purchases that wait for a decision.
pub async fn review_page(who: &SignedIn, search: ReviewSearch) -> Result<Review, Error> {
    let query = review_list::ReviewQuery {
        livemode: who.session.livemode,
        // A word that is no product or order changes nothing: the address was typed by hand.
        product_id: search.product.parse().ok(),
        search: search.find,
        // Whoever works off a queue begins with the oldest.
        order: search.sort.parse().unwrap_or(LogOrder::Oldest),
        after: place(search.after.as_deref())?,
        limit: IN_REVIEW,
    };
    let page = review_list::execute(&who.engine, &who.actor, &query).await?;
    let rows = page.items.into_iter().map(|order| ReviewRow {
        order_id: order.id,
        since: Timestamp::from_millis(order.waits_since()),
        reason: order.review_reason.unwrap_or_default(),
        email: order.email,
        paid: paid(order.amount_minor, &order.currency),
        quantity: (1..=100)
            .contains(&order.quantity)
            .then_some(order.quantity),
        product_id: order.product_id,
    });
    let rows = rows.collect();
    let products = product_list(who).await?;
    Ok(Review {
        rows,
        next: page.after.map(|place| place.to_string()),
        products: products
            .into_iter()
            .map(|product| (product.id.to_string(), product.name))
            .collect(),
        may_decide: who.actor.may(Permission::Manage).is_ok(),
        now: who.engine.now(),
    })
}

fn paid(minor: Option<i64>, currency: &str) -> Option<Money> {
    Some(Money::new(minor?, currency.parse::<Currency>().ok()?))
}

/// Issues the keys of a purchase that waits.
pub async fn issue_reviewed(who: &SignedIn, form: &IssueForm) -> Result<Next, Error> {
    let wanted = (
        choice("productId", &form.product_id)?,
        quantity(&form.quantity)?,
    );
    let id = order_id(&form.order_id)?;
    let count = review::issue(&who.engine, &who.actor, id, wanted).await?;
    let keys = counted(i64::try_from(count).unwrap_or(i64::MAX), "key");
    let found = find::execute(&who.engine, &who.actor, id).await?;
    let product = found.order.product.map(|(_, name)| name);
    let product = product.unwrap_or_default();
    let told = match found.mails.last() {
        Some(mail) => format!("the mail to {} is on its way.", mail.recipient),
        None if found.order.email.is_empty() => {
            "nobody was told, because nobody knows the buyer’s address.".to_owned()
        }
        None => "the product sends no mail by itself.".to_owned(),
    };
    Ok(decided(id, format!("Issued {keys} of {product}; {told}")))
}

/// Puts a purchase aside without keys.
pub async fn dismiss_reviewed(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = order_id(id)?;
    review::dismiss(&who.engine, &who.actor, id).await?;
    let order = find::execute(&who.engine, &who.actor, id).await?.order;
    let paid = order
        .amount
        .map_or_else(String::new, |amount| format!(" of {amount}"));
    let buyer = if order.email.is_empty() {
        String::new()
    } else {
        format!(" by {}", order.email)
    };
    Ok(decided(
        id,
        format!("Dismissed the payment{paid}{buyer}; it gives no keys."),
    ))
}

fn decided(id: OrderId, notice: String) -> Next {
    let done = Done::saying(notice);
    Next::Stay(done.with_link(format!("/orders/{id}"), "See the purchase"))
}

fn order_id(text: &str) -> Result<OrderId, Error> {
    text.parse().map_err(|_| Error::NotFound("order"))
}
