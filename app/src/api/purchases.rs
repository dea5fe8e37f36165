//! Test purchases, and what the buyer sees afterwards.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// What can be bought, and through which app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseChoices {
    /// Ids and labels (name and price) of products on sale.
    pub products: Vec<(String, String)>,
    /// Ids and names of ready apps on this side of the switch, the default first.
    pub apps: Vec<(String, String)>,
    /// The signed-in person's address, as the buyer's.
    pub email: String,
    /// Whether whoever looks may buy.
    pub may_buy: bool,
    /// True where real money would be taken.
    pub livemode: bool,
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PurchaseForm {
    /// Product.
    pub product_id: String,
    /// How many, 1..=100.
    pub quantity: String,
    /// Stripe app.
    pub app_id: String,
    /// The buyer's address.
    pub customer_email: String,
}

/// What can be bought.
#[server]
pub async fn load_purchase_choices() -> Result<Sent<PurchaseChoices>, UiError> {
    use crate::ssr::{pack, purchase_choices, refuse, signed_in};
    let who = signed_in().await?;
    pack(&purchase_choices(&who).await.map_err(refuse)?)
}

/// Makes a Checkout Session and goes to its hosted page.
#[server]
pub async fn start_test_purchase(#[server(flatten)] form: PurchaseForm) -> Result<Done, UiError> {
    use crate::ssr::{begin_purchase, reply, signed_in};
    let who = signed_in().await?;
    let begun = begin_purchase(&who, &form).await;
    reply::<StartTestPurchase>(begun, &form).await
}

/// How far a purchase has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// The payment's event has not come yet, or the bank takes its time.
    Coming,
    /// Here they are.
    Issued(Vec<String>),
    /// They were shown for an hour; now they are in a mail to this shortened address.
    Sent(Option<String>),
    /// The payment failed.
    Failed,
    /// A person looks at it.
    InReview,
}

/// What the buyer sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What was bought; empty until the payment's event has come.
    pub product_name: String,
    /// How far it is.
    pub progress: Progress,
    /// The shortened address that the keys are mailed to.
    pub mailed_to: Option<String>,
    /// True once the mail server took that mail.
    pub is_mailed: bool,
    /// True while it waits and whoever looks is signed in with the seller: the live stream tells more.
    pub may_listen: bool,
}

/// What the buyer sees who has this session id. Public: the id is the proof.
#[server]
pub async fn load_receipt(session_id: String) -> Result<Sent<Receipt>, UiError> {
    use crate::ssr::{engine, never_store, pack, receipt, refuse};
    never_store();
    pack(&receipt(&engine()?, &session_id).await.map_err(refuse)?)
}
