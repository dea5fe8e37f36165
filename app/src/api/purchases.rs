//! Test purchases, and what the buyer sees afterwards.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::UiError;
use crate::flash::Done;

/// What can be bought, and through which app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurchaseChoices {
    /// Ids and labels (name and price) of products on sale.
    pub products: Vec<(String, String)>,
    /// Ids and names of ready apps on this side of the switch, the default first.
    pub apps: Vec<(String, String)>,
    /// The signed-in person's address, as the buyer's.
    pub email: String,
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
pub async fn load_purchase_choices() -> Result<PurchaseChoices, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    missing("engine::stripe::purchase_choices")
}

/// Makes a Checkout Session and goes to its hosted page.
#[server]
pub async fn start_test_purchase(#[server(flatten)] form: PurchaseForm) -> Result<Done, UiError> {
    use crate::ssr::*;
    let _who = signed_in().await?;
    let _ = form;
    missing("engine::stripe::create_checkout_session")
}

/// How far a purchase has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    /// Paid, or about to be; the keys come in a moment.
    Coming,
    /// The bank takes its time (for example a debit).
    AwaitingPayment,
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
    /// Until when the keys stand here.
    pub shown_until: Option<Timestamp>,
    /// The server's clock.
    pub now: Timestamp,
}

/// What the buyer sees who has this session id. Public: the id is the proof.
#[server]
pub async fn load_receipt(session_id: String) -> Result<Receipt, UiError> {
    use crate::ssr::*;
    let _engine = engine()?;
    never_store();
    let _ = session_id;
    missing("engine::orders::receipt")
}
