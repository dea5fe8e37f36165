//! When and where devices were seen: written behind, at most once a minute for each, and within a second
//! where a device comes from another address or by another version.
//!
//! A crash loses what was not written yet: times and counts, never an activation or a first contact.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use domain::ids::{LicenseId, ProductId, TenantId};
use domain::program_form::ValidationRequest;
use domain::timestamp::Timestamp;
use serde_json::json;
use store::Tx;
use store::devices::{self, Device, Sighting};
use store::license_lookups::LicenseLookup;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;

const WRITE_EVERY_MILLIS: i64 = 60_000;
/// Devices that wait for being written at most; more are not noted.
const WAITING_MAX: usize = 100_000;
/// Devices that are written in one transaction, so that others get their turn.
const TOGETHER: usize = 500;

type Key = (TenantId, ProductId, String);

/// A device that has just been seen.
pub(crate) struct Seen<'a> {
    key: (TenantId, ProductId, &'a str),
    last_seen_at: i64,
    is_elsewhere: bool,
    is_other_version: bool,
    version: &'a str,
    address: IpAddr,
    license: Option<(&'a LicenseLookup, &'a Actor)>,
}

/// What is written of it.
struct Waiting {
    at: Timestamp,
    address: IpAddr,
    version: String,
    contacts: i64,
    news: Option<News>,
}

/// A licence was used from an address, or by a version, that is perhaps new.
struct News {
    license: LicenseId,
    livemode: bool,
    actor: Actor,
    at: Timestamp,
    address: IpAddr,
    version: String,
}

/// Devices that were seen since they were last written.
#[derive(Default)]
pub(crate) struct Sightings(Mutex<HashMap<Key, Waiting>>);

impl<'a> Seen<'a> {
    /// A device that is activated for a licence.
    pub(crate) fn with_license(
        row: &'a LicenseLookup,
        request: &'a ValidationRequest,
        (actor, address): (&'a Actor, IpAddr),
    ) -> Self {
        let version = request.version.as_deref().unwrap_or_default();
        Self {
            key: (actor.tenant(), row.product_id, request.hardware_id.as_str()),
            last_seen_at: row.last_seen_at.unwrap_or_default(),
            is_elsewhere: is_other(row.last_address.as_deref(), address),
            is_other_version: !version.is_empty() && row.last_version.as_deref() != Some(version),
            version,
            address,
            license: Some((row, actor)),
        }
    }

    /// A device that is known and has no licence.
    pub(crate) fn on_trial(
        device: &'a Device,
        request: &'a ValidationRequest,
        (actor, address): (&'a Actor, IpAddr),
    ) -> Self {
        let version = request.version.as_deref().unwrap_or_default();
        Self {
            key: (actor.tenant(), device.product_id, &device.hardware_key),
            last_seen_at: device.last_seen_at,
            is_elsewhere: is_other(Some(&device.address), address),
            is_other_version: !version.is_empty() && device.version != version,
            version,
            address,
            license: None,
        }
    }

    fn news(&self, at: Timestamp) -> Option<News> {
        let (row, actor) = self.license?;
        (self.is_elsewhere || self.is_other_version).then(|| News {
            license: row.id,
            livemode: row.livemode,
            actor: actor.clone(),
            at,
            address: self.address,
            version: self.version.to_owned(),
        })
    }
}

impl Waiting {
    /// Adds what was seen of the device before.
    fn follow(&mut self, earlier: Self) {
        self.contacts += earlier.contacts;
        if self.version.is_empty() {
            self.version = earlier.version;
        }
        self.news = self.news.take().or(earlier.news);
    }
}

fn is_other(known: Option<&str>, address: IpAddr) -> bool {
    known.and_then(|known| known.parse().ok()) != Some(address)
}

impl Sightings {
    /// Notes a sighting, unless the device was written down as it is within the last minute.
    pub(crate) fn note(&self, seen: &Seen<'_>, now: Timestamp) {
        let is_as_it_was = !seen.is_elsewhere && !seen.is_other_version;
        let minute_is_over =
            Timestamp::from_millis(seen.last_seen_at).plus_millis(WRITE_EVERY_MILLIS);
        if is_as_it_was && minute_is_over > now {
            return;
        }
        let news = seen.news(now);
        let (tenant, product, hardware_key) = seen.key;
        let mut waiting = self.lock();
        let is_full = waiting.len() >= WAITING_MAX;
        let key = (tenant, product, hardware_key.to_owned());
        if let Some(known) = waiting.get_mut(&key) {
            known.at = now;
            known.address = seen.address;
            known.contacts += 1;
            if !seen.version.is_empty() {
                seen.version.clone_into(&mut known.version);
            }
            known.news = news.or(known.news.take());
        } else if !is_full {
            let first = Waiting {
                at: now,
                address: seen.address,
                version: seen.version.to_owned(),
                contacts: 1,
                news,
            };
            waiting.insert(key, first);
        }
    }

    /// In one order: two nodes that write the same devices down never wait crosswise.
    fn take(&self) -> Vec<(Key, Waiting)> {
        let mut taken: Vec<_> = self.lock().drain().collect();
        taken.sort_by(|(one, _), (other, _)| one.cmp(other));
        taken
    }

    /// What could not be written, together with what was seen since.
    fn put_back(&self, taken: impl IntoIterator<Item = (Key, Waiting)>) {
        let mut waiting = self.lock();
        for (key, device) in taken {
            if let Some(newer) = waiting.get_mut(&key) {
                newer.follow(device);
            } else if waiting.len() < WAITING_MAX {
                waiting.insert(key, device);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Waiting>> {
        self.0
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

/// Writes down which devices were seen; what could not be written waits for the next time. The worker
/// calls it every second, and at shutdown.
pub async fn flush(engine: &Engine) -> Result<()> {
    let mut taken = engine.sightings().take();
    let mut written = 0;
    let mut outcome = Ok(());
    for together in taken.chunks(TOGETHER) {
        outcome = write_together(engine, together).await;
        if outcome.is_err() {
            break;
        }
        written += together.len();
    }
    engine.sightings().put_back(taken.drain(written..));
    outcome
}

async fn write_together(engine: &Engine, devices: &[(Key, Waiting)]) -> Result<()> {
    let mut tx = engine.begin();
    for (key, device) in devices {
        keep(&mut tx, key, device);
    }
    Ok(tx.commit().await?)
}

fn keep(tx: &mut Tx, (tenant, product_id, hardware_key): &Key, device: &Waiting) {
    let address = device.address.to_string();
    let sighting = Sighting {
        product_id: *product_id,
        hardware_key,
        at: device.at.millis(),
        address: &address,
        version: &device.version,
        contacts: device.contacts,
    };
    devices::note_seen(tx, *tenant, &sighting);
    let Some(news) = &device.news else {
        return;
    };
    let what = Change {
        subject: ("license", news.license.to_string()),
        verb: "validated",
        data: json!({ "hardwareId": hardware_key, "ipAddress": news.address,
            "version": news.version }),
        livemode: news.livemode,
    };
    change::write_first_on_device(tx, &news.actor, news.at, (what, hardware_key));
}

#[cfg(test)]
mod tests;
