//! Making a hosted checkout page at Stripe, and remembering what was quoted.
//!
//! Stripe is asked first and the order is written after: should we be killed in between, a page
//! exists that nobody has the address of. Should Stripe not answer, nothing was written at all.

use domain::email_address;
use domain::field_error::FieldErrors;
use domain::ids::{OrderId, PlanId, ProductId, StripeAppId};
use domain::money::{Currency, Money};
use domain::permission::Permission;
use domain::purchase::QUANTITY_MAX;
use serde_json::json;
use store::orders::{self, Order};
use store::plans::Plan;
use store::products::Product;
use store::stripe_apps::StripeApp;
use store::{Conn, plans, products, stripe_apps};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::{Error, Result};
use crate::ports::{CheckoutRequest, CheckoutSession};
use crate::stripe::apps::check_key::secret_key;

/// What is to be bought. Optional parts have defaults.
#[derive(Debug, Clone)]
pub struct NewCheckout {
    /// The product.
    pub product_id: ProductId,
    /// How many, 1..=100.
    pub quantity: u16,
    /// The Stripe app; else the default one of `livemode`.
    pub app_id: Option<StripeAppId>,
    /// Which side, where no app is named; absent, the live one comes first.
    pub livemode: Option<bool>,
    /// ISO code; else the product's.
    pub currency: Option<String>,
    /// Prefilled address of the buyer.
    pub customer_email: Option<String>,
    /// The plan that decides how long.
    pub plan_id: Option<PlanId>,
    /// Where to after payment; else our own success page.
    pub success_url: Option<String>,
    /// Where to after giving up; else our Test Purchase page.
    pub cancel_url: Option<String>,
}

/// A page to pay on.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// The order that will be fulfilled.
    pub order_id: OrderId,
    /// `cs_…`
    pub session_id: String,
    /// Where to send the buyer.
    pub url: String,
}

/// Makes a checkout session with `productId` and `quantity` in the metadata of session and payment
/// intent.
pub async fn execute(engine: &Engine, actor: &Actor, new: &NewCheckout) -> Result<Checkout> {
    actor.may(Permission::Generate)?;
    let mut conn = engine.read().await?;
    let product = sellable(&mut conn, actor, new).await?;
    let plan = sellable_plan(&mut conn, actor, new).await?;
    let app = choose_app(&mut conn, actor, new).await?;
    let quote = quote(&product, new)?;
    let key = secret_key(engine, &mut conn, &app).await?;
    drop(conn);
    let order_id: OrderId = engine.new_id();
    let request = request(engine, order_id, (new, &product), quote);
    let session = engine
        .stripe()
        .create_checkout_session(&key, &request)
        .await
        .map_err(|problem| Error::Upstream(problem.to_string()))?;
    let order = open_order(
        engine,
        (actor, &app),
        (new, &product, plan.as_ref()),
        (order_id, &session),
    );
    write(engine, actor, &order, &session).await?;
    Ok(Checkout {
        order_id,
        session_id: session.id,
        url: session.url,
    })
}

async fn sellable(conn: &mut Conn, actor: &Actor, new: &NewCheckout) -> Result<Product> {
    let product = products::find(conn, actor.tenant(), new.product_id)
        .await?
        .filter(|product| product.archived_at.is_none())
        .ok_or_else(|| {
            Error::field(
                "productId",
                "There is no such product. Choose one of the list.",
            )
        })?;
    if !product.is_active {
        let message = "This product is not active, so it is not for sale. Activate it first.";
        return Err(Error::field("productId", message));
    }
    Ok(product)
}

async fn sellable_plan(conn: &mut Conn, actor: &Actor, new: &NewCheckout) -> Result<Option<Plan>> {
    let Some(id) = new.plan_id else {
        return Ok(None);
    };
    let plan = plans::find(conn, actor.tenant(), id).await?;
    plan.filter(|plan| plan.is_active).map(Some).ok_or_else(|| {
        Error::field(
            "planId",
            "There is no such active plan. Choose one of the list.",
        )
    })
}

/// The named app, else the default one of the mode, else the only active one of the mode.
async fn choose_app(conn: &mut Conn, actor: &Actor, new: &NewCheckout) -> Result<StripeApp> {
    let mut apps = stripe_apps::list(conn, actor.tenant()).await?;
    apps.retain(|app| match new.app_id {
        Some(id) => app.id == id,
        None => app.is_active && new.livemode.is_none_or(|livemode| app.is_live == livemode),
    });
    apps.sort_by_key(|app| !app.is_live);
    let place = apps.iter().position(|app| app.is_default);
    let app = match (place, apps.len()) {
        (Some(place), _) => Some(apps.swap_remove(place)),
        (None, 1) => apps.pop(),
        (None, _) => None,
    };
    app.filter(|app| app.is_active).ok_or_else(|| {
        let message = "Name an active Stripe app, or make one the default under Apps and Events.";
        Error::field("appId", message)
    })
}

fn quote(product: &Product, new: &NewCheckout) -> Result<Money> {
    let mut errors = FieldErrors::none();
    if !(1..=QUANTITY_MAX).contains(&new.quantity) {
        errors.push("quantity", "Buy at least 1 and at most 100 at once.");
    }
    if let Some(email) = &new.customer_email
        && email_address::parse(email).is_none()
    {
        errors.push(
            "customerEmail",
            "This is not an e-mail address. Correct it or leave it empty.",
        );
    }
    let code = new.currency.as_deref().unwrap_or(&product.currency);
    let currency = code.parse::<Currency>();
    if let Err(unknown) = &currency {
        errors.push("currency", unknown.to_string());
    } else if !code.eq_ignore_ascii_case(&product.currency) {
        let message = format!(
            "This product is priced in {}. Buy it in that currency.",
            product.currency
        );
        errors.push("currency", message);
    }
    for (field, url) in [
        ("successUrl", &new.success_url),
        ("cancelUrl", &new.cancel_url),
    ] {
        if url.as_deref().is_some_and(|url| !is_web_address(url)) {
            errors.push(
                field,
                "Give a whole address that begins with https:// or http://.",
            );
        }
    }
    let currency = errors.into_result(currency)?.unwrap_or(Currency::USD);
    Ok(Money {
        minor: product.price_minor,
        currency,
    })
}

fn is_web_address(url: &str) -> bool {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        && url.len() <= 2_000
        && !url.chars().any(|c| c.is_control() || c.is_whitespace())
}

fn request(
    engine: &Engine,
    order_id: OrderId,
    (new, product): (&NewCheckout, &Product),
    price: Money,
) -> CheckoutRequest {
    let own_page = format!(
        "{}/purchase/success?session_id={{CHECKOUT_SESSION_ID}}",
        engine.public_url()
    );
    let mut metadata = vec![
        ("productId".to_owned(), product.id.to_string()),
        ("quantity".to_owned(), new.quantity.to_string()),
        ("orderId".to_owned(), order_id.to_string()),
    ];
    if let Some(plan) = new.plan_id {
        metadata.push(("planId".to_owned(), plan.to_string()));
    }
    CheckoutRequest {
        order_id,
        product_name: product.name.clone(),
        unit_minor: price.minor,
        currency: price.currency.stripe_code(),
        quantity: new.quantity,
        customer_email: new.customer_email.clone(),
        success_url: new.success_url.clone().unwrap_or(own_page),
        cancel_url: new
            .cancel_url
            .clone()
            .unwrap_or_else(|| format!("{}/stripe/test-purchase", engine.public_url())),
        metadata,
    }
}

fn open_order(
    engine: &Engine,
    (actor, app): (&Actor, &StripeApp),
    (new, product, plan): (&NewCheckout, &Product, Option<&Plan>),
    (id, session): (OrderId, &CheckoutSession),
) -> Order {
    let now = engine.now().millis();
    Order {
        id,
        tenant_id: actor.tenant(),
        app_id: Some(app.id.get()),
        livemode: app.is_live,
        state: "open".into(),
        named_product: product.id.to_string(),
        product_id: Some(product.id.get()),
        plan_id: plan.map(|plan| plan.id.get()),
        plan_days: None,
        quantity: i32::from(new.quantity),
        // The address counts once Stripe says that it was paid with it.
        email: String::new(),
        email_key: String::new(),
        amount_minor: None,
        currency: String::new(),
        quote_minor: Some(session.amount_minor),
        quote_currency: session.currency.clone(),
        review_reason: None,
        paid_at: None,
        issued_at: None,
        created_at: now,
        updated_at: now,
    }
}

async fn write(
    engine: &Engine,
    actor: &Actor,
    order: &Order,
    session: &CheckoutSession,
) -> Result<()> {
    let mut tx = engine.begin();
    orders::insert(&mut tx, order);
    let fact = ("session", session.id.as_str());
    orders::insert_fact(&mut tx, order.tenant_id, fact, (order.id, order.created_at)).await?;
    let what = Change {
        subject: ("order", order.id.to_string()),
        verb: "checkout_opened",
        data: json!({ "productId": order.product_id, "quantity": order.quantity }),
        livemode: order.livemode,
    };
    change::write(&mut tx, actor, engine.now(), what);
    Ok(tx.commit().await?)
}
