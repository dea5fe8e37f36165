//! Keys between the engine and their pages.

use domain::ids::LicenseId;
use domain::permission::Permission;
use engine::Error;
use engine::licenses::{LicenseView, find, list};
use engine::page::PAGE_SIZE;
use engine::plans;

use super::changes::history_of;
use super::license_devices::devices;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::licenses::{LicenseDetail, LicenseRow, LicenseSearch};

/// A page of keys.
pub async fn license_list(
    who: &SignedIn,
    search: LicenseSearch,
) -> Result<Listed<LicenseRow>, Error> {
    let query = license_query(who.session.livemode, search)?;
    let page = list::execute(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(license_row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// What the page's address asks for on one side.
pub(super) fn license_query(
    livemode: bool,
    search: LicenseSearch,
) -> Result<list::LicenseQuery, Error> {
    Ok(list::LicenseQuery {
        livemode: Some(livemode),
        // A word that is no product, state or order changes nothing: the address was typed by hand.
        product_id: search.product.parse().ok(),
        state: search.state.parse().ok(),
        search: list::Search::Typed(search.find),
        order: search.sort.parse().ok(),
        after: place(search.after.as_deref())?,
        limit: PAGE_SIZE,
    })
}

/// Where a page begins, as the page before said it.
pub(super) fn place(after: Option<&str>) -> Result<Option<engine::page::Place>, Error> {
    let place = after.map(str::parse).transpose();
    place.map_err(|error: engine::page::UnknownPlace| Error::field("after", error.to_string()))
}

/// One key in a list.
pub(super) fn license_row(view: LicenseView) -> LicenseRow {
    LicenseRow {
        id: view.id,
        activation_key: view.activation_key.to_string(),
        product_name: view.product_name,
        email: view.email,
        state: view.state.to_string(),
        expires_at: view.expires_at,
        created_at: view.created_at,
    }
}

/// One key, whole, with the devices that come after a place.
pub async fn license_detail(
    who: &SignedIn,
    id: &str,
    after: Option<&str>,
) -> Result<LicenseDetail, Error> {
    let id: LicenseId = id.parse().map_err(|_| Error::NoSuchLicense)?;
    let view = find::execute(&who.engine, &who.actor, id).await?;
    let (devices, next_devices) = devices(who, (id, view.product_id), after).await?;
    let plan = match view.plan_id {
        Some(id) => {
            let plan = plans::list::find(&who.engine, &who.actor, id).await?;
            Some((id, plan.fields.name))
        }
        None => None,
    };
    Ok(LicenseDetail {
        product_id: view.product_id,
        plan,
        max_seats: view.max_seats,
        seats_used: view.seats_used,
        livemode: view.livemode,
        features: view.features.join(", "),
        note: view.note.clone().unwrap_or_default(),
        order_id: view.order_id,
        corporate_name: view.corporate_name.clone().unwrap_or_default(),
        offline_code: view.offline_code.clone(),
        devices,
        next_devices,
        may_generate: who.actor.may(Permission::Generate).is_ok(),
        may_send: who.actor.may_send_keys().is_ok(),
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        history: history_of(who, ("license", &id.to_string())).await?,
        now: who.engine.now(),
        row: license_row(view),
    })
}
