//! Identities as types, so that one thing's id can never stand for another's.

use std::fmt;
use std::num::IntErrorKind;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidId {
    /// Neither digits alone nor a UUID, whichever was wanted.
    #[error("not an id")]
    Malformed,
    /// A number outside 1..=2147483647 (or the 64-bit range).
    #[error("ids are positive numbers within their range")]
    OutOfRange,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty), $parse:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            /// The bare value, as the database and the JSON have it.
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                $parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

macro_rules! ids {
    ($parse:expr; $($(#[$doc:meta])* $name:ident($inner:ty);)+) => {
        $(id!($(#[$doc])* $name($inner), $parse);)+
    };
}

ids! { number::<i32>;
    /// A vendor with products, people and Stripe apps of its own. Positive.
    TenantId(i32);
    /// A product; also stands in Stripe's metadata as `productId`. Positive.
    ProductId(i32);
    /// A plan; also stands in Stripe's metadata as `planId`. Positive.
    PlanId(i32);
}

ids! { number::<i64>;
    /// A row of the change log; grows with time, so it is also a cursor.
    ChangeId(i64);
}

ids! { uuid;
    /// A licence.
    LicenseId(Uuid);
    /// One purchase; also stands in Stripe's metadata as `orderId`.
    OrderId(Uuid);
    /// One payment of an order.
    PaymentId(Uuid);
    /// A Stripe app as an admin saved it.
    StripeAppId(Uuid);
    /// A vouched-for event in the inbox; not Stripe's `evt_…`.
    StripeEventId(Uuid);
    /// An attempt at the webhook that nobody vouches for.
    StripeDeliveryId(Uuid);
    /// A job of the worker.
    JobId(Uuid);
    /// A mail in the outbox.
    MailId(Uuid);
    /// A person; global, not of one tenant.
    PersonId(Uuid);
    /// A signed-in browser.
    SessionId(Uuid);
    /// An access token's row; not the token itself.
    AccessTokenId(Uuid);
    /// A version of a tenant's key.
    TenantKeyId(Uuid);
    /// A key that seals one purpose's values.
    DataKeyId(Uuid);
    /// Somebody who was asked to join a tenant.
    InvitationId(Uuid);
    /// A hold on a licence.
    HoldId(Uuid);
}

/// Digits alone: no sign, no spaces, and never zero.
fn number<N>(text: &str) -> Result<N, InvalidId>
where
    N: FromStr<Err = std::num::ParseIntError> + PartialEq + From<u8>,
{
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidId::Malformed);
    }
    match text.parse::<N>() {
        Ok(number) if number != N::from(0) => Ok(number),
        Ok(_) => Err(InvalidId::OutOfRange),
        Err(error) if *error.kind() == IntErrorKind::PosOverflow => Err(InvalidId::OutOfRange),
        Err(_) => Err(InvalidId::Malformed),
    }
}

/// The hyphenated form alone, in either case.
fn uuid(text: &str) -> Result<Uuid, InvalidId> {
    if text.len() != 36 {
        return Err(InvalidId::Malformed);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1", Ok(1))]
    #[case("2147483647", Ok(i32::MAX))]
    #[case("007", Ok(7))]
    #[case("0", Err(InvalidId::OutOfRange))]
    #[case("2147483648", Err(InvalidId::OutOfRange))]
    #[case("99999999999999999999999", Err(InvalidId::OutOfRange))]
    #[case("-1", Err(InvalidId::Malformed))]
    #[case("+1", Err(InvalidId::Malformed))]
    #[case(" 1", Err(InvalidId::Malformed))]
    #[case("", Err(InvalidId::Malformed))]
    #[case("abc", Err(InvalidId::Malformed))]
    #[case("１", Err(InvalidId::Malformed))]
    fn a_number_is_an_id_only_when_positive_and_32_bits(
        #[case] text: &str,
        #[case] expected: Result<i32, InvalidId>,
    ) {
        assert_eq!(text.parse::<ProductId>().map(ProductId::get), expected);
    }

    #[test]
    fn a_uuid_is_read_in_its_hyphenated_form_alone() {
        let text = "0193f1a0-7c5e-7000-8000-000000000001";
        let id: OrderId = text.parse().expect("a uuid");
        assert_eq!(id.to_string(), text);
        assert_eq!(text.to_uppercase().parse::<OrderId>(), Ok(id));
        assert!(
            "0193f1a07c5e70008000000000000001"
                .parse::<OrderId>()
                .is_err()
        );
        assert!(format!("{{{text}}}").parse::<OrderId>().is_err());
    }

    #[test]
    fn json_has_the_bare_value() {
        let id = TenantId::from(7);
        assert_eq!(serde_json::to_string(&id).expect("json"), "7");
        assert_eq!(format!("{id:?}"), "TenantId(7)");
    }
}
