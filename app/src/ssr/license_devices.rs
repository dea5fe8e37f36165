//! The devices of a license key, as its history tells of them.

use domain::hardware_id::HardwareId;
use engine::audit::ChangeView;
use serde_json::Value;

use crate::api::licenses::DeviceRow;

/// A device while the history is read from its newest line back.
struct Told {
    row: DeviceRow,
    has_seat: Option<bool>,
}

/// Devices that took a seat, the one that did something last first. `changes` are newest first; what
/// is older than the history that is kept in sight is not told.
pub fn devices(changes: &[ChangeView]) -> Vec<DeviceRow> {
    let mut told: Vec<Told> = Vec::new();
    for change in changes {
        let Some(id) = text(&change.data, "hardwareId").and_then(folded) else {
            continue;
        };
        let known = told.iter().position(|told| told.row.hardware_id == id);
        let place = known.unwrap_or_else(|| {
            told.push(first_told(id, change));
            told.len() - 1
        });
        tell(&mut told[place], change);
    }
    let with_seat = told.into_iter().filter_map(|told| {
        let has_seat = told.has_seat?;
        Some(DeviceRow {
            has_seat,
            ..told.row
        })
    });
    with_seat.collect()
}

fn first_told(hardware_id: String, change: &ChangeView) -> Told {
    Told {
        row: DeviceRow {
            hardware_id,
            version: String::new(),
            address: String::new(),
            has_seat: false,
            at: change.at,
        },
        has_seat: None,
    }
}

/// Takes from an older line what the newer ones did not say.
fn tell(told: &mut Told, change: &ChangeView) {
    let has_seat = match change.verb.as_str() {
        "activated" => Some(true),
        "deactivated" => Some(false),
        _ => None,
    };
    told.has_seat = told.has_seat.or(has_seat);
    for (known, name) in [
        (&mut told.row.version, "version"),
        (&mut told.row.address, "ipAddress"),
    ] {
        if known.is_empty() {
            let said = text(&change.data, name).unwrap_or_default();
            said.clone_into(known);
        }
    }
}

fn text<'a>(data: &'a Value, name: &str) -> Option<&'a str> {
    data.get(name).and_then(Value::as_str)
}

fn folded(text: &str) -> Option<String> {
    let id = HardwareId::parse(text).ok()?;
    Some(id.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ChangeId;
    use domain::timestamp::Timestamp;
    use serde_json::json;

    fn change(at: i64, verb: &str, data: Value) -> ChangeView {
        ChangeView {
            id: ChangeId::from(at),
            livemode: false,
            actor_kind: "token".into(),
            actor_name: "program".into(),
            subject_kind: "license".into(),
            subject_id: "1".into(),
            verb: verb.into(),
            data,
            at: Timestamp::from_millis(at),
        }
    }

    #[test]
    fn a_device_has_the_state_of_its_newest_line_and_the_last_version_that_it_said() {
        let history = [
            change(
                5,
                "deactivated",
                json!({"hardwareId": "pc-1", "ipAddress": "192.0.2.9"}),
            ),
            change(4, "extended", json!({"to": "2027-01-31T23:59:59Z"})),
            change(
                3,
                "activated",
                json!({"hardwareId": "PC-2", "version": "2.0", "ipAddress": null}),
            ),
            change(
                2,
                "activated",
                json!({"hardwareId": "PC-1", "version": "1.0", "ipAddress": "192.0.2.1"}),
            ),
            change(1, "validated", json!({"hardwareId": "TRIAL"})),
        ];
        let found = devices(&history);
        let told: Vec<_> = found
            .iter()
            .map(|d| {
                (
                    d.hardware_id.as_str(),
                    d.has_seat,
                    d.version.as_str(),
                    d.address.as_str(),
                    d.at.millis(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("PC-1", false, "1.0", "192.0.2.9", 5),
                ("PC-2", true, "2.0", "", 3),
            ]
        );
    }
}
