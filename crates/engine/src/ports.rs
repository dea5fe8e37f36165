//! What the engine needs from outside: time, chance, a mail server, Stripe.

use std::sync::Arc;

use async_trait::async_trait;
use domain::ids::OrderId;
use domain::timestamp::Timestamp;
use secrecy::SecretString;

/// The time.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// Chance, good enough for keys.
pub trait Entropy: Send + Sync {
    /// Fills the whole buffer with random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// A mail on its way out.
#[derive(Clone)]
pub struct OutgoingMail {
    /// RFC 5322 Message-ID with its angle brackets.
    pub message_id: String,
    /// Address of the recipient.
    pub to: String,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// One line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML, where the template is HTML.
    pub html: Option<String>,
}

/// Why a mail was not taken.
#[derive(Debug, Clone)]
pub struct MailRefusal {
    /// True where the server said that trying again will not help (5xx).
    pub is_permanent: bool,
    /// What the server said, or why it could not be asked. Never the mail's content.
    pub answer: String,
}

/// Where mails go, for people to look at. Never a user or a password.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailServer {
    /// `mail.example.com:587`; empty where nobody knows.
    pub host: String,
    /// Who mails come from, as their From says it.
    pub sender: String,
}

/// A mail server.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands one mail over; answers what the server said.
    async fn send(&self, mail: &OutgoingMail) -> Result<String, MailRefusal>;

    /// Which server it is.
    fn server(&self) -> MailServer {
        MailServer::default()
    }
}

/// Why a mail server cannot be used as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailServerProblem {
    /// The URL is not one of a mail server.
    Url,
    /// The sender is not an address.
    Sender,
}

/// Opens mail servers that tenants name.
pub trait MailServers: Send + Sync {
    /// A server by its URL, which may hold a password, and who mails come from. Asks nobody yet.
    fn open(&self, url: &SecretString, sender: &str) -> Result<Arc<dyn Mailer>, MailServerProblem>;
}

/// What a hosted checkout page is made from. Amounts in minor units.
#[derive(Clone)]
pub struct CheckoutRequest {
    /// The order that will be; goes into the metadata and makes the call idempotent.
    pub order_id: OrderId,
    /// Shown on the page.
    pub product_name: String,
    /// Price of one, minor units.
    pub unit_minor: i64,
    /// ISO code, lower case as Stripe has it.
    pub currency: String,
    /// How many.
    pub quantity: u16,
    /// Prefilled address of the buyer.
    pub customer_email: Option<String>,
    /// Where to after payment; `{CHECKOUT_SESSION_ID}` is replaced by Stripe.
    pub success_url: String,
    /// Where to after giving up.
    pub cancel_url: String,
    /// Set on the session AND the payment intent.
    pub metadata: Vec<(String, String)>,
}

/// A checkout session that Stripe made.
#[derive(Debug, Clone)]
pub struct CheckoutSession {
    /// `cs_…`.
    pub id: String,
    /// The hosted page.
    pub url: String,
    /// What will be charged, minor units.
    pub amount_minor: i64,
    /// ISO code, upper case.
    pub currency: String,
}

/// Why Stripe did not do what it was asked for.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StripeProblem {
    /// 401: the key is wrong or was revoked.
    #[error(
        "Stripe does not know this secret key. Copy it again from the Stripe Dashboard, Developers › API keys."
    )]
    WrongKey,
    /// 403: the key is right but lacks a right; Stripe's own words.
    #[error("Stripe refused, because the key lacks a right: {0}")]
    MissingRight(String),
    /// 404.
    #[error("Stripe has no such object for this key.")]
    NotFound,
    /// 400 or 402: Stripe's own words.
    #[error("Stripe refused: {0}")]
    Refused(String),
    /// Stripe did not answer, or answered 5xx.
    #[error(
        "Stripe could not be reached. Nothing was charged and nothing was kept; try again in a minute."
    )]
    Unreachable,
}

/// Stripe's API, with the secret key of one app.
#[async_trait]
pub trait Stripe: Send + Sync {
    /// Makes a hosted checkout page (`POST /v1/checkout/sessions`).
    async fn create_checkout_session(
        &self,
        key: &SecretString,
        request: &CheckoutRequest,
    ) -> Result<CheckoutSession, StripeProblem>;

    /// One event as JSON text (`GET /v1/events/{id}`).
    async fn retrieve_event(&self, key: &SecretString, id: &str) -> Result<String, StripeProblem>;

    /// Tries the key (`GET /v1/events?limit=1`).
    async fn check_key(&self, key: &SecretString) -> Result<(), StripeProblem>;
}
