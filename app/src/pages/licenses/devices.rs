//! The devices of a key, and taking its seat from one that cannot give it back itself.

use leptos::prelude::*;

use super::acts::Acts;
use crate::api::licenses::{DeviceRow, LicenseDetail};
use crate::format;
use crate::ui::{
    Ago, ButtonLook, Cell, Column, Confirm, Copyable, Empty, Form, FormAction, Outcome, Place, Row,
    SubmitButton, Table, Tag, Tone,
};

/// Name of the hidden input that says which device a form is about.
const HARDWARE: &str = "hardware";

const DEVICES: &[Column] = &columns(Place::End);
/// For who may deactivate them. The button stands below the time: beside the key's forms there is no room for
/// a column more.
const DEVICES_WITH_ACTS: &[Column] = &columns(Place::Acts);

const fn columns(last: Place) -> [Column; 5] {
    [
        ("Hardware id", Place::Lead),
        ("State", Place::Mark),
        ("Version", Place::Wide),
        ("Address", Place::Detail),
        ("Last seen (UTC)", last),
    ]
}

/// What became of a deactivation: its form goes with the seat.
pub fn outcome(license: &LicenseDetail, acts: &Acts) -> AnyView {
    let has_form = |device: &&DeviceRow| license.may_manage && device.has_seat;
    let present = license.devices.iter().filter(has_form);
    let present: Vec<_> = present.map(|device| device.hardware_id.clone()).collect();
    view! { <Outcome action=acts.deactivate() about=HARDWARE present/> }.into_any()
}

/// A page of them.
pub fn list(license: &LicenseDetail, acts: &Acts) -> AnyView {
    if license.devices.is_empty() {
        return view! {
            <Empty title="No devices yet" text="A device stands here once it was activated with this key."/>
        }
        .into_any();
    }
    let columns = if license.may_manage {
        DEVICES_WITH_ACTS
    } else {
        DEVICES
    };
    let devices = license.devices.iter();
    let rows = devices
        .map(|device| line(device, license, acts))
        .collect_view();
    view! {
        <Table label="Devices" columns>
            {rows}
        </Table>
    }
    .into_any()
}

fn line(device: &DeviceRow, license: &LicenseDetail, acts: &Acts) -> AnyView {
    let (tone, word) = if device.has_seat {
        (Tone::Ok, "activated")
    } else {
        (Tone::Plain, "deactivated")
    };
    let last = if license.may_manage {
        Place::Acts
    } else {
        Place::End
    };
    let may_deactivate = license.may_manage && device.has_seat;
    let deactivate = may_deactivate.then(|| deactivation(device, license, acts.deactivate()));
    let DeviceRow {
        hardware_id,
        version,
        address,
        at,
        href,
        ..
    } = device.clone();
    let now = license.now;
    view! {
        <Row>
            <Cell place=Place::Lead>
                <Copyable text=hardware_id what="hardware id" href/>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word/>
            </Cell>
            <Cell place=Place::Wide>{version}</Cell>
            <Cell place=Place::Detail>{address}</Cell>
            <Cell place=last>
                <Ago at now/> {deactivate}
            </Cell>
        </Row>
    }
    .into_any()
}

/// Asks before a device loses its seat; names it as its row does.
fn deactivation(device: &DeviceRow, license: &LicenseDetail, action: FormAction) -> AnyView {
    let hardware_id = device.hardware_id.clone();
    let called = format::shorten(&hardware_id);
    let key = masked(&license.row.activation_key);
    let question = format!(
        "{called} loses its seat of the key {key} at once: its program is told so when it next asks, and another device can take the seat."
    );
    let (label, id) = (format!("Deactivate {called}"), license.row.id.to_string());
    view! {
        <Confirm label="Deactivate…" question>
            <Form action about=(HARDWARE, hardware_id)>
                <input type="hidden" name="id" value=id/>
                <SubmitButton label look=ButtonLook::Danger/>
            </Form>
        </Confirm>
    }
    .into_any()
}

/// `…WXYZ`, the last four of a key.
fn masked(key: &str) -> String {
    let last_four = key.rsplit('-').next().unwrap_or_default();
    format!("…{last_four}")
}
