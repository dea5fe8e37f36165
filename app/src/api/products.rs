//! Products: what is sold, for how long, and the mail that delivers it.

use domain::ids::ProductId;
use domain::money::Money;
use domain::product::ProductForm;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use super::guide::Snippet;
use super::{Listed, NamedSearch};
use crate::error::UiError;
use crate::flash::Done;
use crate::form_texts::FormTexts;
use crate::sent::Sent;

/// One product in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRow {
    /// Id; also what stands in Stripe's metadata as `productId`.
    pub id: ProductId,
    /// Name.
    pub name: String,
    /// Price of one.
    pub price: Money,
    /// 0 is perpetual.
    pub default_license_days: i32,
    /// 0 is no trial.
    pub trial_days: i32,
    /// Inactive products are not sold.
    pub is_active: bool,
    /// Whether a purchase is followed by a mail with the keys.
    pub send_purchase_email: bool,
}

/// A product's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductPage {
    /// Id; `None` on the page of a new one.
    pub id: Option<ProductId>,
    /// It is kept for its licences, and nothing else.
    pub is_archived: bool,
    /// Every field as text, as the form shows it.
    pub form: FormTexts,
    /// The mail as it would be with what is saved.
    pub preview: MailPreview,
    /// The signed-in person's address, for a test mail.
    pub email: String,
    /// Codes that Stripe charges in.
    pub currencies: Vec<String>,
    /// Code of one's own checkout, and of a program that asks for its licence.
    pub snippets: [Vec<Snippet>; 2],
    /// What happened to it, newest first.
    pub history: Vec<ChangeRow>,
    /// Whether whoever looks may change it.
    pub may_manage: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// A mail with example values, or why the template cannot be rendered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML, where the template is HTML.
    pub html: Option<String>,
    /// Why it cannot be rendered, and what to do.
    pub problem: Option<String>,
}

/// A page of products, in use or archived.
#[server]
pub async fn load_products(
    #[server(flatten)] search: NamedSearch,
) -> Result<Sent<Listed<ProductRow>>, UiError> {
    use crate::ssr::{pack, products_on_shelf, refuse, signed_in};
    let who = signed_in().await?;
    pack(&products_on_shelf(&who, search).await.map_err(refuse)?)
}

/// Ids and names of the tenant's products, for lists that can be narrowed to one.
#[server]
pub async fn load_product_choices() -> Result<Sent<Vec<(String, String)>>, UiError> {
    use crate::ssr::{pack, product_choices, refuse, signed_in};
    let who = signed_in().await?;
    pack(&product_choices(&who).await.map_err(refuse)?)
}

/// One product, or with an empty id the page of a new one, for who may make it.
#[server]
pub async fn load_product(id: String) -> Result<Sent<ProductPage>, UiError> {
    use crate::ssr::{pack, product_page, refuse, signed_in};
    let who = signed_in().await?;
    pack(&product_page(&who, &id).await.map_err(refuse)?)
}

/// Saves a product; with an empty id a new one.
#[server]
pub async fn save_product(
    id: String,
    #[server(flatten)] form: ProductForm,
) -> Result<Done, UiError> {
    use crate::ssr::{keep_product, reply, signed_in};
    let who = signed_in().await?;
    let saved = keep_product(&who, &id, &form).await;
    reply::<SaveProduct>(saved, &form).await
}

/// Archives a product.
#[server]
pub async fn archive_product(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, put_product_away, reply, signed_in};
    let who = signed_in().await?;
    let archived = put_product_away(&who, &id).await;
    reply::<ArchiveProduct>(archived, NOTHING).await
}

/// Brings an archived product back.
#[server]
pub async fn restore_product(id: String) -> Result<Done, UiError> {
    use crate::ssr::{NOTHING, bring_product_back, reply, signed_in};
    let who = signed_in().await?;
    let restored = bring_product_back(&who, &id).await;
    reply::<RestoreProduct>(restored, NOTHING).await
}

/// The mail that a template makes, with example values.
#[server]
pub async fn preview_mail(
    product_name: String,
    subject: String,
    template: String,
) -> Result<Sent<MailPreview>, UiError> {
    use crate::ssr::{mail_preview, pack, signed_in};
    let who = signed_in().await?;
    pack(&mail_preview(&who, (&product_name, &subject, &template)))
}

/// Sends the saved mail with example values to this address.
#[server]
pub async fn send_test_mail(id: String, recipient: String) -> Result<Done, UiError> {
    use crate::ssr::{reply, signed_in, try_mail};
    let who = signed_in().await?;
    let sent = try_mail(&who, &id, &recipient).await;
    reply::<SendTestMail>(sent, &[("recipient", recipient)]).await
}
