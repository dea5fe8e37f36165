//! `/api/openapi.json`: the API's description, generated from the handlers.

use axum::Json;
use axum::routing::get;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::api::error::ErrorAnswer;
use crate::api::refusals::Refusals;
use crate::api::routes::{Routes, both};
use crate::api::{
    checkout, crypto, dashboard, device, device_list, generate, license, license_activation,
    license_devices, license_export, license_history, license_state, license_update,
    license_validation, mail, order, plan, product, product_mail, review, settings, stripe_app,
    stripe_event, tenant_key, ticket, token, words,
};

pub(super) fn routes() -> Routes {
    both(Routes::default(), "/api/openapi.json", get(show))
}

/// The whole description.
#[derive(OpenApi)]
#[openapi(
    info(title = "ExisOne", description = "Licenses that come from payments. Every path also works \
        with, or without, a trailing slash."),
    paths(
        product::list, product::create, product::find, product::update, product::archive,
        product::restore,
        product_mail::send_test_mail, product_mail::preview,
        plan::list, plan::save, plan::archive, plan::restore,
        license_activation::activate, license_activation::deactivate,
        license_validation::validate, license_validation::features, license_validation::seats,
        license::list, license::show, license_update::update, license_history::history, license_devices::list, license_export::export,
        device::show, device_list::list, device_list::show, device_list::change,
        license_state::revoke, license_state::suspend, license_state::reinstate,
        license_state::extend, license_state::resend, license_state::make_offline_code,
        crypto::current, crypto::list, crypto::rotate, ticket::create, ticket::list,
        ticket::find, ticket::close, ticket::reopen, generate::create,
        stripe_app::list, stripe_app::create, stripe_app::find, stripe_app::update,
        stripe_app::archive, stripe_app::check, stripe_app::diagnostics,
        stripe_event::list, stripe_event::find, stripe_event::replay,
        checkout::create,
        review::list, review::issue, review::dismiss,
        order::find, order::give_address,
        mail::list, mail::find, mail::change_address, mail::resend,
        token::list, token::create, token::revoke,
        tenant_key::list, tenant_key::activate,
        dashboard::show, dashboard::changes,
        settings::show, settings::change, settings::send_test_mail,
    ),
    components(schemas(ErrorAnswer, words::DeviceOrder, words::LicenseOrder)),
    modifiers(&Tokens, &Repeats, &Refusals),
    security(("accessToken" = []), ("bearer" = []))
)]
pub struct Description;

/// The two ways to send a token.
struct Tokens;

impl Modify for Tokens {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let header = ApiKeyValue::with_description("Authorization", "`ExisOneApi <token>`");
        let own = SecurityScheme::ApiKey(ApiKey::Header(header));
        components.add_security_scheme("accessToken", own);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// What an `Idempotency-Key` may be, wherever one is taken.
struct Repeats;

impl Modify for Repeats {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let items = openapi.paths.paths.values_mut();
        let operations = items.filter_map(|item| item.post.as_mut());
        let parameters = operations.flat_map(|operation| operation.parameters.iter_mut().flatten());
        for parameter in parameters {
            if let RefOr::T(parameter) = parameter
                && parameter.name == "Idempotency-Key"
            {
                let text = ObjectBuilder::new().schema_type(Type::String);
                let text = text.min_length(Some(1)).max_length(Some(255));
                parameter.schema = Some(text.pattern(Some("^[!-~]+$")).build().into());
                parameter.description = Some(
                    "Anything unique. For 24 hours the same call with the same key has the same \
                     answer and no second effect."
                        .into(),
                );
            }
        }
    }
}

async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
