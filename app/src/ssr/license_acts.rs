//! What people do with license keys, between the engine and their pages.

use domain::activation_key::ActivationKey;
use domain::extension::ExtendForm;
use domain::hardware_id::HardwareId;
use domain::ids::LicenseId;
use domain::license_form::LicenseForm;
use domain::license_update_form::LicenseUpdateForm;
use domain::permission::Permission;
use domain::resend_form::ResendForm;
use engine::Error;
use engine::licenses::generate::Side;
use engine::licenses::{
    deactivate_device, extend as extending, find, generate, hold, offline_code, resend, update,
};
use leptos_router::location::Url;

use super::plans::plan_list;
use super::products::product_list;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::license_acts::LicenseChoices;
use crate::api::plans::PlanRow;
use crate::flash::Done;
use crate::format;

/// What keys can be generated for, for who may.
pub async fn license_choices(who: &SignedIn) -> Result<LicenseChoices, Error> {
    who.actor.may(Permission::Generate)?;
    let products = product_list(who).await?;
    let products = products.into_iter().filter(|product| product.is_active);
    let plans = plan_list(who).await?;
    let plans = plans.into_iter().filter(|plan| plan.is_active);
    Ok(LicenseChoices {
        products: products
            .map(|product| (product.id.to_string(), product.name))
            .collect(),
        plans: plans.map(|plan| plan_choice(&plan)).collect(),
        livemode: who.session.livemode,
    })
}

fn plan_choice(plan: &PlanRow) -> (String, String) {
    let length = match plan.duration_days {
        0 => "perpetual".to_owned(),
        days => format::counted(i64::from(days), "day"),
    };
    (plan.id.to_string(), format!("{}, {length}", plan.name))
}

/// Generates keys; shows the one, or the holder's.
pub async fn make_licenses(who: &SignedIn, form: &LicenseForm) -> Result<Next, Error> {
    let side = if who.session.livemode {
        Side::Live
    } else {
        Side::Test
    };
    let made = generate::execute(&who.engine, &who.actor, form, side).await?;
    Ok(Next::Go(match made.as_slice() {
        [] => "/licenses".to_owned(),
        [one] => format!("/licenses/{}", one.id),
        [first, ..] => format!("/licenses?find={}", Url::escape(&first.email)),
    }))
}

/// Does what a button's word says with a key.
pub async fn change_hold(who: &SignedIn, id: &str, change: &str) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    let (engine, actor) = (&who.engine, &who.actor);
    let done = match change {
        "revoke" => {
            hold::revoke(engine, actor, &key).await?;
            "Revoked. Programs with this key are told so when they next ask."
        }
        "suspend" => {
            hold::suspend(engine, actor, &key).await?;
            "Suspended. Reinstate it to let programs with this key run again."
        }
        "reinstate" => {
            hold::reinstate(engine, actor, &key).await?;
            "Reinstated. The key works again until its end."
        }
        _ => return Err(Error::field("change", "Press one of the buttons.")),
    };
    Ok(Next::stay(done))
}

/// Takes a key's seat from a device, however long ago another one was deactivated.
pub async fn free_seat(who: &SignedIn, id: &str, hardware: &str) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    let device = HardwareId::parse(hardware).map_err(|_| Error::NotFound("device"))?;
    let had_seat = deactivate_device::execute(&who.engine, &who.actor, &key, &device).await?;
    Ok(Next::stay(if had_seat {
        "Deactivated. Another device can take the seat."
    } else {
        "This device had no seat any more. Nothing was changed."
    }))
}

/// Changes what people say of a key.
pub async fn save_license(
    who: &SignedIn,
    id: &str,
    form: &LicenseUpdateForm,
) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    update::execute(&who.engine, &who.actor, &key, form).await?;
    Ok(Next::stay("Saved. Programs are told when they next ask."))
}

/// Gives a key another end.
pub async fn extend(who: &SignedIn, id: &str, form: &ExtendForm) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    let license = extending::execute(&who.engine, &who.actor, &key, form).await?;
    let end = license.expires_at;
    Ok(Next::stay(if end.is_perpetual() {
        "It never ends now.".to_owned()
    } else {
        format!("It ends on {} UTC now.", format::date_time(end))
    }))
}

/// Mails a key to its holder or to another address.
pub async fn mail_license(who: &SignedIn, id: &str, email: &str) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    let form = ResendForm {
        email: Some(email.to_owned()),
    };
    resend::execute(&who.engine, &who.actor, &key, &form).await?;
    let done = Done::saying("The key is on its way.");
    Ok(Next::Stay(
        done.with_link("/outbox".to_owned(), "See the Outbox"),
    ))
}

/// Makes a key's offline code for one device.
pub async fn write_offline_code(
    who: &SignedIn,
    id: &str,
    hardware_id: &str,
) -> Result<Next, Error> {
    let key = key_of(who, id).await?.to_string();
    offline_code::execute(&who.engine, &who.actor, &key, hardware_id).await?;
    Ok(Next::stay(
        "The code stands here. It works on this one device.",
    ))
}

async fn key_of(who: &SignedIn, id: &str) -> Result<ActivationKey, Error> {
    let id: LicenseId = id.parse().map_err(|_| Error::NoSuchLicense)?;
    let license = find::execute(&who.engine, &who.actor, id).await?;
    Ok(license.activation_key)
}
