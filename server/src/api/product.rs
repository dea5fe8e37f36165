//! `/api/product`: what is sold.

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use domain::ids::ProductId;
use domain::product::ProductForm;
use domain::timestamp::Timestamp;
use engine::products::{self, ProductView};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::body::{JsonBody, PRODUCT_BODY_MAX};
use crate::api::caller::Caller;
use crate::api::creating::{Creating, Made};
use crate::api::error::ApiResult;
use crate::api::input::Id;
use crate::api::new_things::NewProduct;
use crate::api::routes::{Routes, both};
use crate::api::words;

pub(super) fn routes() -> Routes {
    let router = both(Routes::default(), "/api/product", get(list).post(create));
    let one = get(find).put(update).delete(archive);
    let router = both(router, "/api/product/{id}/restore", post(restore));
    both(router, "/api/product/{id}", one).with_body_max(PRODUCT_BODY_MAX)
}

/// A product.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own on the product's page"
)]
pub struct Product {
    /// Id; also stands in Stripe's metadata.
    id: i32,
    /// Name; programs ask by it, and by every name that it ever had.
    name: String,
    /// Newest version of the program.
    version: String,
    /// For admins.
    description: String,
    /// Inactive: no sale, key, activation or trial.
    is_active: bool,
    /// Decimal in major units.
    price: f64,
    /// ISO code.
    #[schema(example = "EUR")]
    currency: String,
    /// Days of trial on a device's first contact; 0 = none.
    trial_days: i32,
    /// Days that a bought licence lasts; 0 = perpetual.
    default_license_days: i32,
    /// Words that programs ask for.
    features: Vec<String>,
    /// Seats of each licence, where they are multi-seat.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_seats: Option<i32>,
    /// A purchase of N makes one licence of N seats.
    seats_from_quantity: bool,
    /// Programs older than this are refused, where enforced.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_required_version: Option<String>,
    /// Whether the minimum is enforced.
    enforce_version_check: bool,
    /// Auto Email: a purchase is followed by a mail with the keys.
    send_purchase_email: bool,
    /// Whether an expiring licence is reminded of.
    send_renewal_reminders: bool,
    /// Days before the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    renewal_reminder_days: Option<i32>,
    /// Hours between two deactivations.
    #[serde(skip_serializing_if = "Option::is_none")]
    deactivation_cooldown_hours: Option<i32>,
    /// Template of the subject; blank is the default.
    email_subject: String,
    /// Template of the body; blank is the default.
    email_template: String,
    /// `revoke`, `suspend` or `keep`.
    #[schema(value_type = words::RefundPolicy)]
    refund_policy: String,
    /// RFC 3339, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// RFC 3339, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

/// The body of a product: `name` of a new one is required; what is absent keeps its value, or has
/// that of a new product. Null and blank take an optional value away.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes what `ProductForm` reads")]
pub struct ProductBody {
    #[schema(max_length = 200)]
    name: Option<String>,
    /// Newest version of the program.
    #[schema(max_length = 64)]
    version: Option<String>,
    #[schema(max_length = 4000)]
    description: Option<String>,
    is_active: Option<bool>,
    /// Decimal in major units.
    #[schema(minimum = 0)]
    price: Option<f64>,
    /// ISO code; on a new product the default Stripe app's where it is absent, else USD.
    #[schema(example = "EUR")]
    currency: Option<String>,
    /// 0 = none.
    #[schema(minimum = 0, maximum = 3650)]
    trial_days: Option<i32>,
    /// 0 = perpetual.
    #[schema(minimum = 0, maximum = 36500)]
    default_license_days: Option<i32>,
    /// Words that programs ask for; one text with commas is taken too.
    #[schema(max_items = 100)]
    features: Option<Vec<String>>,
    /// Null: each licence is for one device.
    #[schema(minimum = 1, maximum = 1_000_000)]
    max_seats: Option<i32>,
    seats_from_quantity: Option<bool>,
    #[schema(max_length = 64)]
    minimum_required_version: Option<String>,
    enforce_version_check: Option<bool>,
    send_purchase_email: Option<bool>,
    send_renewal_reminders: Option<bool>,
    #[schema(minimum = 1, maximum = 365)]
    renewal_reminder_days: Option<i32>,
    #[schema(minimum = 0, maximum = 8760)]
    deactivation_cooldown_hours: Option<i32>,
    #[schema(max_length = 300)]
    email_subject: Option<String>,
    #[schema(max_length = 100_000)]
    email_template: Option<String>,
    #[schema(value_type = Option<words::RefundPolicy>)]
    refund_policy: Option<String>,
}

impl From<ProductView> for Product {
    fn from(view: ProductView) -> Self {
        let fields = view.fields;
        Self {
            id: view.id.get(),
            name: fields.name,
            version: fields.version,
            description: fields.description,
            is_active: fields.is_active,
            // A decimal text of at most twelve digits always reads as a number.
            price: fields.price.major().parse().unwrap_or_default(),
            currency: fields.price.currency.code().to_owned(),
            trial_days: fields.trial_days,
            default_license_days: fields.default_license_days,
            features: fields.features,
            max_seats: fields.max_seats,
            seats_from_quantity: fields.seats_from_quantity,
            minimum_required_version: fields.minimum_required_version,
            enforce_version_check: fields.enforce_version_check,
            send_purchase_email: fields.send_purchase_email,
            send_renewal_reminders: fields.send_renewal_reminders,
            renewal_reminder_days: fields.renewal_reminder_days,
            deactivation_cooldown_hours: fields.deactivation_cooldown_hours,
            email_subject: fields.email_subject,
            email_template: fields.email_template,
            refund_policy: fields.refund_policy.as_str().to_owned(),
            created_at: view.created_at.to_rfc3339(),
            updated_at: view.updated_at.map(Timestamp::to_rfc3339),
        }
    }
}

/// All products that are not archived, the newest 1,000 at most.
#[utoipa::path(get, path = "/api/product/", tag = "Products",
    responses((status = 200, body = [Product])))]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Vec<Product>>> {
    let (engine, actor) = caller.parts();
    let views = products::list::execute(engine, actor).await?;
    Ok(Json(views.into_iter().map(Product::from).collect()))
}

/// A new product. A name in use, also as a former name of another product: 409.
#[utoipa::path(post, path = "/api/product/", tag = "Products", request_body = NewProduct,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Product), (status = 409, description = "`name_in_use`.")))]
pub(super) async fn create(caller: Caller, call: Creating<ProductForm>) -> ApiResult<Made> {
    call.once(caller, async move |caller, form| {
        let (engine, actor) = caller.parts();
        let view = products::create::execute(engine, actor, &form).await?;
        Made::created(&Product::from(view))
    })
    .await
}

/// One product.
#[utoipa::path(get, path = "/api/product/{id}", tag = "Products", params(("id" = i32, Path)),
    responses((status = 200, body = Product)))]
pub(super) async fn find(caller: Caller, Id(id): Id<ProductId>) -> ApiResult<Json<Product>> {
    let (engine, actor) = caller.parts();
    let view = products::find::execute(engine, actor, id).await?;
    Ok(Json(view.into()))
}

/// Changes a product; what is absent keeps its value.
#[utoipa::path(put, path = "/api/product/{id}", tag = "Products", params(("id" = i32, Path)),
    request_body = ProductBody,
    responses((status = 200, body = Product),
        (status = 409, description = "`name_in_use`, `archived`.")))]
pub(super) async fn update(
    caller: Caller,
    Id(id): Id<ProductId>,
    JsonBody(form): JsonBody<ProductForm>,
) -> ApiResult<Json<Product>> {
    let (engine, actor) = caller.parts();
    let view = products::update::execute(engine, actor, id, &form).await?;
    Ok(Json(view.into()))
}

/// Archives a product: it is not sold any more, its licences stay.
#[utoipa::path(delete, path = "/api/product/{id}", tag = "Products", params(("id" = i32, Path)),
    responses((status = 204)))]
pub(super) async fn archive(caller: Caller, Id(id): Id<ProductId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    products::archive::execute(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings an archived product back, not on sale; again, nothing happens.
#[utoipa::path(post, path = "/api/product/{id}/restore", tag = "Products",
    params(("id" = i32, Path)), responses((status = 204)))]
pub(super) async fn restore(caller: Caller, Id(id): Id<ProductId>) -> ApiResult<StatusCode> {
    let (engine, actor) = caller.parts();
    products::archive::restore(engine, actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
