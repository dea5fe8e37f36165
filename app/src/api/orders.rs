//! One purchase: what was bought, what Stripe told of it, what came of it, and who bought it.

use domain::ids::{OrderId, StripeAppId};
use domain::money::Money;
use domain::timestamp::Timestamp;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::changes::ChangeRow;
use super::licenses::LicenseRow;
use super::mails::MailRow;
use crate::error::UiError;
use crate::flash::Done;
use crate::sent::Sent;

/// Money that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// How much; `None` in a currency that is not known here.
    pub amount: Option<Money>,
    /// When.
    pub at: Timestamp,
}

/// An event that told of the purchase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEvent {
    /// Id of ours.
    pub id: String,
    /// For example `checkout.session.completed`.
    pub event_type: String,
    /// Word of the processing state.
    pub processing: String,
    /// What came of it.
    pub outcome: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// A purchase's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    /// Id.
    pub id: OrderId,
    /// Word of its state.
    pub state: String,
    /// Live, or made by a test.
    pub livemode: bool,
    /// Id and name of the product; `None` while it is not known to be one of ours.
    pub product: Option<(i32, String)>,
    /// The product as the payment names it.
    pub named_product: String,
    /// The plan, where one was bought.
    pub plan: Option<(i32, String)>,
    /// The Stripe app that it came by, and its name.
    pub app: Option<(StripeAppId, String)>,
    /// How many; `None` while nobody knows.
    pub quantity: Option<i32>,
    /// The buyer; empty where nobody said.
    pub email: String,
    /// What Stripe says was paid.
    pub amount: Option<Money>,
    /// What we asked for, where we made the checkout page.
    pub quote: Option<Money>,
    /// Why a person must look, or had to look, at it; empty where nobody must.
    pub reason: String,
    /// When its keys were made.
    pub issued_at: Option<Timestamp>,
    /// When it was first heard of.
    pub created_at: Timestamp,
    /// What it is known by at Stripe: `payment_intent` or `session`, and Stripe's id.
    pub facts: Vec<(String, String)>,
    /// What was paid, oldest first.
    pub payments: Vec<Payment>,
    /// Its keys in their places.
    pub licenses: Vec<LicenseRow>,
    /// Its mails, newest first.
    pub mails: Vec<MailRow>,
    /// The events that told of it, the first come first.
    pub events: Vec<OrderEvent>,
    /// What people and programs did with it, newest first.
    pub history: Vec<ChangeRow>,
    /// True where whoever looks can say who the buyer is.
    pub can_be_given_address: bool,
    /// The server's clock.
    pub now: Timestamp,
}

/// One purchase.
#[server]
pub async fn load_order(id: String) -> Result<Sent<OrderPage>, UiError> {
    use crate::ssr::{order_page, pack, refuse, signed_in};
    let who = signed_in().await?;
    pack(&order_page(&who, &id).await.map_err(refuse)?)
}

/// Says who bought it; the keys are mailed there.
#[server]
pub async fn give_order_address(id: String, email: String) -> Result<Done, UiError> {
    use crate::ssr::{give_address, reply, signed_in};
    let who = signed_in().await?;
    let given = give_address(&who, &id, &email).await;
    reply::<GiveOrderAddress>(given, &[("id", id), ("email", email)]).await
}
