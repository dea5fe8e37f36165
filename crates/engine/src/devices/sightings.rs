//! When and where devices were seen: written behind, at most once a minute for each. That a licence is used
//! from a new address, or by a new version, stands in its history within a second, whenever that was.
//!
//! A crash loses what was not written yet: times, places and counts, never an activation or a first contact.

use std::collections::HashMap;
use std::mem;
use std::net::IpAddr;
use std::sync::Mutex;

use domain::ids::{LicenseId, ProductId, TenantId};
use domain::license_facts::Standing;
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
/// News of one device in a minute at most; more are not told.
const NEWS_MAX: usize = 16;
/// Devices that are written in one transaction, so that others get their turn.
const TOGETHER: usize = 500;

type Key = (TenantId, ProductId, String);

/// A device that has just been seen.
pub(crate) struct Seen<'a> {
    key: (TenantId, ProductId, &'a str),
    last_seen_at: i64,
    version: &'a str,
    address: IpAddr,
    /// The licence that it is activated for, and who asked.
    license: Option<(&'a LicenseLookup, &'a Actor)>,
}

/// What is written of it.
#[derive(Default)]
struct Waiting {
    sighting: Option<Place>,
    news: Vec<News>,
    /// News that were told, so that none is told again before the device is written down.
    told: Vec<(IpAddr, String)>,
    /// When the device may be written down, and `told` is of no more use.
    until: Option<Timestamp>,
}

/// When and where it was seen.
struct Place {
    at: Timestamp,
    address: IpAddr,
    version: String,
    contacts: i64,
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
    /// A device that asks for a licence, unless nothing is known of it.
    pub(crate) fn with_license(
        (row, standing): (&'a LicenseLookup, Standing),
        request: &'a ValidationRequest,
        (actor, address): (&'a Actor, IpAddr),
    ) -> Option<Self> {
        let is_activated = standing == Standing::Activated;
        let seen = Self {
            key: (actor.tenant(), row.product_id, request.hardware_id.as_str()),
            last_seen_at: row.last_seen_at.unwrap_or_default(),
            version: request.version.as_deref().unwrap_or_default(),
            address,
            license: is_activated.then_some((row, actor)),
        };
        (is_activated || row.last_seen_at.is_some()).then_some(seen)
    }

    /// A device that is known and has no licence.
    pub(crate) fn on_trial(
        device: &'a Device,
        request: &'a ValidationRequest,
        (actor, address): (&'a Actor, IpAddr),
    ) -> Self {
        Self {
            key: (actor.tenant(), device.product_id, &device.hardware_key),
            last_seen_at: device.last_seen_at,
            version: request.version.as_deref().unwrap_or_default(),
            address,
            license: None,
        }
    }

    fn news(&self, at: Timestamp) -> Option<News> {
        let (row, actor) = self.license?;
        let known = row.last_address.as_deref();
        let is_elsewhere = known.and_then(|known| known.parse().ok()) != Some(self.address);
        let is_other_version =
            !self.version.is_empty() && row.last_version.as_deref() != Some(self.version);
        (is_elsewhere || is_other_version).then(|| News {
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
    fn see(&mut self, seen: &Seen<'_>, at: Timestamp) {
        let known = self.sighting.get_or_insert_with(|| Place {
            at,
            address: seen.address,
            version: String::new(),
            contacts: 1,
        });
        (known.at, known.address) = (at, seen.address);
        if !seen.version.is_empty() {
            seen.version.clone_into(&mut known.version);
        }
    }

    fn hear(&mut self, news: News) {
        let waits = self.news.iter().any(|known| known.is_of(&news));
        let is_told = self.told.iter().any(|told| news.is_from(told));
        if !waits && !is_told && self.news.len() + self.told.len() < NEWS_MAX {
            self.news.push(news);
        }
    }

    /// What there is to write, if anything; it counts as told from here on.
    fn take(&mut self) -> Option<Self> {
        let (sighting, news) = (self.sighting.take(), mem::take(&mut self.news));
        if sighting.is_none() && news.is_empty() {
            return None;
        }
        let places = news.iter().map(|news| (news.address, news.version.clone()));
        self.told.extend(places);
        Some(Self {
            sighting,
            news,
            ..Self::default()
        })
    }

    /// Adds what was seen of the device before.
    fn follow(&mut self, earlier: Self) {
        match (&mut self.sighting, earlier.sighting) {
            (Some(newer), Some(earlier)) => {
                newer.contacts += earlier.contacts;
                if newer.version.is_empty() {
                    newer.version = earlier.version;
                }
            }
            (newer @ None, earlier) => *newer = earlier,
            (Some(_), None) => {}
        }
        self.told
            .retain(|told| !earlier.news.iter().any(|news| news.is_from(told)));
        let newer = mem::replace(&mut self.news, earlier.news);
        for news in newer {
            self.hear(news);
        }
    }
}

impl News {
    fn is_of(&self, other: &Self) -> bool {
        self.address == other.address && self.version == other.version
    }

    fn is_from(&self, (address, version): &(IpAddr, String)) -> bool {
        self.address == *address && self.version == *version
    }
}

impl Sightings {
    /// Notes a device that was not written down within the last minute, and news at once.
    pub(crate) fn note(&self, seen: &Seen<'_>, now: Timestamp) {
        let due = Timestamp::from_millis(seen.last_seen_at).plus_millis(WRITE_EVERY_MILLIS);
        let news = seen.news(now);
        if due > now && news.is_none() {
            return;
        }
        let (tenant, product, hardware_key) = seen.key;
        let key = (tenant, product, hardware_key.to_owned());
        let mut waiting = self.lock();
        if waiting.len() >= WAITING_MAX && !waiting.contains_key(&key) {
            return;
        }
        let device = waiting.entry(key).or_default();
        if due <= now {
            device.see(seen, now);
        }
        if let Some(news) = news {
            device.until = Some(due);
            device.hear(news);
        }
    }

    /// In one order: two nodes that write the same devices down never wait crosswise.
    fn take(&self, now: Timestamp) -> Vec<(Key, Waiting)> {
        let mut taken = Vec::new();
        self.lock().retain(|key, device| {
            taken.extend(device.take().map(|device| (key.clone(), device)));
            device.until.is_some_and(|until| until > now)
        });
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

/// Writes down which devices were seen; what could not be written waits for the next time. The worker calls it
/// every second, and the server at its end.
pub async fn flush(engine: &Engine) -> Result<()> {
    let mut taken = engine.sightings().take(engine.now());
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
        if let Some(place) = &device.sighting {
            keep(&mut tx, key, place);
        }
        for news in &device.news {
            tell(&mut tx, key, news);
        }
    }
    Ok(tx.commit().await?)
}

fn keep(tx: &mut Tx, (tenant, product_id, hardware_key): &Key, place: &Place) {
    let address = place.address.to_string();
    let sighting = Sighting {
        product_id: *product_id,
        hardware_key,
        at: place.at.millis(),
        address: &address,
        version: &place.version,
        contacts: place.contacts,
    };
    devices::note_seen(tx, *tenant, &sighting);
}

fn tell(tx: &mut Tx, (_, _, hardware_key): &Key, news: &News) {
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
