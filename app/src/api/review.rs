//! Payments that name a product but could not be fulfilled: a person decides.

use domain::ids::OrderId;
use domain::money::Money;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// One purchase that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRow {
    /// The order.
    pub order_id: OrderId,
    /// Why it could not be fulfilled, and what to do.
    pub reason: String,
    /// The buyer; empty where nobody said.
    pub email: String,
    /// What was paid.
    pub paid: Option<Money>,
    /// How many keys the purchase asked for, as far as it can be read.
    pub quantity: Option<i32>,
    /// The product it named, where it is one of ours.
    pub product_id: Option<i32>,
    /// When it was paid.
    pub since: Timestamp,
}

/// What a person decides from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// A page of them.
    pub rows: Vec<ReviewRow>,
    /// What the address of the next page says as `after`, if there is one.
    pub next: Option<String>,
    /// Ids and names of the products that keys may be issued of.
    pub products: Vec<(String, String)>,
    /// Whether whoever looks may decide.
    pub may_decide: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// What to look for; empty texts do not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReviewSearch {
    /// How the buyer's address begins, or an id of Stripe's.
    pub find: String,
    /// Id of a product.
    pub product: String,
    /// Word of an order; none for the oldest first.
    pub sort: String,
    /// Where the page begins.
    pub after: Option<String>,
}

/// A page of purchases that wait for a decision.
#[server]
pub async fn load_review(#[server(flatten)] search: ReviewSearch) -> Result<Sent<Review>, UiError> {
    use crate::ssr::{pack, refuse, review_page, signed_in};
    let who = signed_in().await?;
    pack(&review_page(&who, search).await.map_err(refuse)?)
}

/// The decision to issue.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IssueForm {
    /// The order.
    pub order_id: String,
    /// Of which product.
    pub product_id: String,
    /// How many keys.
    pub quantity: String,
}

/// Issues the keys of a purchase that waits.
#[server]
pub async fn issue_keys(#[server(flatten)] form: IssueForm) -> Result<Done, UiError> {
    use crate::ssr::{issue_reviewed, reply, signed_in};
    let who = signed_in().await?;
    let issued = issue_reviewed(&who, &form).await;
    reply::<IssueKeys>(issued, &form).await
}

/// The decision not to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DismissForm {
    /// The order.
    pub order_id: String,
}

/// Puts a purchase aside without keys.
#[server]
pub async fn dismiss_review(#[server(flatten)] form: DismissForm) -> Result<Done, UiError> {
    use crate::ssr::{dismiss_reviewed, reply, signed_in};
    let who = signed_in().await?;
    let dismissed = dismiss_reviewed(&who, &form.order_id).await;
    reply::<DismissReview>(dismissed, &form).await
}
