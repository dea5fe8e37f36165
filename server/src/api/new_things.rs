//! Bodies of new things: those of their changes, with a name that must be there.

use std::borrow::Cow;

use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::product::ProductBody;
use crate::api::stripe_app::StripeAppBody;

macro_rules! named {
    ($($(#[$doc:meta])* $new:ident of $changes:ident,)+) => {
        $(
            $(#[$doc])*
            pub(super) enum $new {}

            impl PartialSchema for $new {
                fn schema() -> RefOr<Schema> {
                    with_name($changes::schema())
                }
            }

            impl ToSchema for $new {
                fn name() -> Cow<'static, str> {
                    stringify!($new).into()
                }

                fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                    $changes::schemas(schemas);
                }
            }
        )+
    };
}

named! {
    /// The body of a new product.
    NewProduct of ProductBody,
    /// The body of a new Stripe app.
    NewStripeApp of StripeAppBody,
}

fn with_name(changes: RefOr<Schema>) -> RefOr<Schema> {
    let name = ObjectBuilder::new().schema_type(Type::String);
    let mut named = changes;
    if let RefOr::T(Schema::Object(body)) = &mut named {
        let name = name.min_length(Some(1)).build();
        body.properties.insert("name".into(), name.into());
        body.required.push("name".into());
    }
    named
}
