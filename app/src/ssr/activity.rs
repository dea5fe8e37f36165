//! License Activity between the engine and its pages.

use domain::device_state::{DeviceOrder, DeviceState};
use domain::hardware_id::HardwareId;
use domain::ids::{ChangeId, ProductId};
use domain::permission::Permission;
use domain::timestamp::Timestamp;
use domain::trial_form::TrialForm;
use engine::Error;
use engine::devices::list::{self, DevicePlace, DeviceQuery};
use engine::devices::{DeviceView, change_trial, find, history};
use engine::page::PAGE_SIZE;
use leptos_router::location::Url;

use super::changes::change_row;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::activity::{DeviceDetail, DeviceLine, DeviceSearch};
use crate::format;

/// A page of devices.
pub async fn device_list(
    who: &SignedIn,
    search: &DeviceSearch,
) -> Result<Listed<DeviceLine>, Error> {
    let after = search.after.as_deref().map(str::parse::<DevicePlace>);
    let after = after.transpose();
    let (order, is_backwards) = order(search);
    let query = DeviceQuery {
        // A word that is no product or state narrows nothing: the address was typed by hand.
        product_id: search.product.parse().ok(),
        state: search.state.parse().ok(),
        beginning: search.find.clone(),
        order,
        is_backwards,
        after: after.map_err(|error| Error::field("after", error.to_string()))?,
        limit: PAGE_SIZE,
    };
    let page = list::execute(&who.engine, &who.actor, &query).await?;
    Ok(Listed {
        items: page.items.into_iter().map(line).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// The order that the address names, and whether it is read from its end: on the page a word without a hyphen rises,
/// moments too. What is found by its beginning is listed by hardware ids alone.
fn order(search: &DeviceSearch) -> (DeviceOrder, bool) {
    let falling = search.sort.strip_prefix('-');
    let word = falling.unwrap_or(&search.sort);
    match word.parse::<DeviceOrder>() {
        Ok(DeviceOrder::HardwareId) => (DeviceOrder::HardwareId, falling.is_some()),
        _ if search.is_by_beginning() => (DeviceOrder::HardwareId, false),
        Ok(moment) => (moment, falling.is_none()),
        // A word that is no order is the list's own.
        Err(_) => (DeviceOrder::LastSeen, false),
    }
}

fn line(device: DeviceView) -> DeviceLine {
    let (remark, trial_ends_at) = remark(&device);
    DeviceLine {
        href: device_address(device.product_id, &device.hardware_id),
        remark,
        trial_ends_at,
        hardware_id: device.hardware_id,
        product_name: device.product_name,
        state: device.state.as_str().replace('_', " "),
        version: device.version,
        address: device.address,
        first_seen_at: device.first_seen_at,
        last_seen_at: device.last_seen_at,
    }
}

/// Where a device's page is, whatever the device is called.
pub(super) fn device_address(product: ProductId, hardware_id: &str) -> String {
    format!("/activity/{product}/{}", Url::escape(hardware_id))
}

/// The same for a device as the change log names it: `7/AB12`.
pub(super) fn device_path(named: &str) -> Option<String> {
    let (product, hardware_id) = named.split_once('/')?;
    Some(device_address(product.parse().ok()?, hardware_id))
}

fn remark(device: &DeviceView) -> (String, Option<Timestamp>) {
    let end = Some(device.trial_ends_at);
    match (device.state, &device.license) {
        (DeviceState::Activated, Some((_, last_four))) => (format!("key …{last_four}"), None),
        (DeviceState::OnTrial, _) => ("until".to_owned(), end),
        (DeviceState::TrialOver, _) => ("since".to_owned(), end),
        _ => ("never again".to_owned(), None),
    }
}

/// One device of one product, with what it was part of before a place in its history.
pub async fn device_detail(
    who: &SignedIn,
    (product, hardware): (&str, &str),
    before: Option<&str>,
) -> Result<DeviceDetail, Error> {
    let (product, device) = named(product, hardware)?;
    let view = find::execute(&who.engine, &who.actor, (product, &device)).await?;
    let before = before.map(str::parse::<ChangeId>).transpose();
    let before = before.map_err(|_| Error::field("before", "Take it from the page before."))?;
    let part = (before, PAGE_SIZE);
    let changes = history::before(&who.engine, &who.actor, &device, part).await?;
    let license = view.license.clone();
    Ok(DeviceDetail {
        product_id: product.to_string(),
        license: license.map(|(id, last_four)| (format!("/licenses/{id}"), last_four)),
        first_activated_at: view.first_activated_at,
        trial_ends_at: view.trial_ends_at,
        contacts: view.contacts,
        may_move: view.first_activated_at.is_none() && who.actor.may(Permission::Manage).is_ok(),
        history: changes.items.into_iter().map(change_row).collect(),
        older: changes.after.map(|id| id.to_string()),
        now: who.engine.now(),
        row: line(view),
    })
}

/// Gives a device's trial another end.
pub async fn move_trial(
    who: &SignedIn,
    (product, hardware): (&str, &str),
    form: &TrialForm,
) -> Result<Next, Error> {
    let (product, device) = named(product, hardware)?;
    let of = (product, &device);
    let view = change_trial::execute(&who.engine, &who.actor, of, form).await?;
    let end = format::date_time(view.trial_ends_at);
    let word = match view.state {
        DeviceState::OnTrial => "ends",
        _ => "ended",
    };
    Ok(Next::stay(format!("The trial {word} on {end} UTC.")))
}

fn named(product: &str, hardware: &str) -> Result<(ProductId, HardwareId), Error> {
    let missing = Error::NotFound("device");
    match (product.parse(), HardwareId::parse(hardware)) {
        (Ok(product), Ok(device)) => Ok((product, device)),
        _ => Err(missing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_a_hyphen_falls_and_what_is_found_is_listed_by_its_id() {
        let of = |find: &str, sort: &str| {
            order(&DeviceSearch {
                find: find.to_owned(),
                sort: sort.to_owned(),
                ..DeviceSearch::default()
            })
        };
        for (sort, expected) in [
            ("-last_seen", (DeviceOrder::LastSeen, false)),
            ("last_seen", (DeviceOrder::LastSeen, true)),
            ("-first_seen", (DeviceOrder::FirstSeen, false)),
            ("first_seen", (DeviceOrder::FirstSeen, true)),
            ("hardware_id", (DeviceOrder::HardwareId, false)),
            ("-hardware_id", (DeviceOrder::HardwareId, true)),
            ("", (DeviceOrder::LastSeen, false)),
            ("--last_seen", (DeviceOrder::LastSeen, false)),
        ] {
            assert_eq!(of(" ", sort), expected, "{sort}");
        }
        for (sort, falls) in [("last_seen", false), ("", false), ("-hardware_id", true)] {
            assert_eq!(of("a7", sort), (DeviceOrder::HardwareId, falls), "{sort}");
        }
    }
}
