//! The words that a text may be, as the description lists them: from the rules, never by hand.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! listed {
    ($($(#[$doc:meta])* $name:ident of $words:ty,)+) => {
        $(
            $(#[$doc])*
            pub(super) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    one_of(<$words>::ALL.iter().map(|word| word.as_str()))
                }
            }

            impl ToSchema for $name {
                fn name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
            }
        )+
    };
}

listed! {
    /// What a licence is now.
    LicenseState of domain::license_state::LicenseState,
    /// In which order licences are listed.
    LicenseOrder of domain::license_order::LicenseOrder,
    /// How a device stands to its product.
    DeviceState of domain::device_state::DeviceState,
    /// In which order devices are listed.
    DeviceOrder of domain::device_state::DeviceOrder,
    /// How far a mail has come.
    MailState of domain::mail_state::MailState,
    /// What became of a purchase.
    OrderState of domain::order::OrderState,
    /// Which of Stripe's objects a purchase is known by.
    FactKind of domain::order::FactKind,
    /// Whether anybody vouches for an event of Stripe.
    EventStatus of domain::event_log::EventStatus,
    /// How far an event of Stripe has come.
    Processing of domain::event_log::Processing,
    /// Whether a Stripe app can work.
    StripeAppStatus of domain::stripe_app_status::StripeAppStatus,
    /// Whether a ticket still wants an answer.
    TicketState of domain::ticket_state::TicketState,
    /// What a token may do.
    Permission of domain::permission::Permission,
    /// What a refund does to licences.
    RefundPolicy of domain::product::RefundPolicy,
    /// What a validation says.
    ValidationStatus of domain::validation::Status,
    /// Why it says so.
    ValidationCode of domain::validation::Code,
}

fn one_of(words: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(Type::String);
    text.enum_values(Some(words)).build().into()
}
