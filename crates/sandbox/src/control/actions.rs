//! The controls themselves, for the library's handle and for /_sandbox alike.

use serde_json::json;

use super::requests::{Endpoint, EventRequest, MadeEvent, NewEndpoint, Send};
use crate::account::{Account, SigningSecret};
use crate::inner::Inner;
use crate::stripe::version::ApiVersion;
use crate::webhooks::delivery::{Delivery, DeliveryState};
use crate::webhooks::event::{Event, Origin};
use crate::webhooks::{layout, signing};
use crate::world::{Settlement, World};

impl Inner {
    /// Names further keys of one account (a restricted one, a publishable one); answers its id.
    pub fn join_keys(&self, keys: &[String], version: Option<&str>) -> Result<String, String> {
        let mut world = self.lock();
        let first = keys.first().ok_or("keys: name at least one key")?;
        let account = world.account_of_key(first, &self.tools);
        if let Some(name) = version {
            account.api_version = ApiVersion::parse(name).ok_or("apiVersion: not a version")?;
        }
        let id = account.id.clone();
        for key in keys {
            world.keys.insert(key.clone(), id.clone());
        }
        drop(world);
        self.touch();
        Ok(id)
    }

    /// Registers an endpoint; the same URL with the same given secret stays one.
    pub fn register(&self, new: &NewEndpoint) -> Endpoint {
        let mut world = self.lock();
        let account = world.account_of_key(&new.api_key, &self.tools);
        if let Some(known) = registered(account, new) {
            return known;
        }
        let id = self.tools.id("we");
        let given = new.secret.clone();
        let secret = given.unwrap_or_else(|| format!("whsec_{}", self.tools.dice.letters(32)));
        let current = SigningSecret {
            secret: secret.clone(),
            until: None,
        };
        account.secrets.insert(id.clone(), vec![current]);
        account.put(json!({
            "id": id,
            "object": "webhook_endpoint",
            "api_version": new.api_version,
            "application": null,
            "created": self.tools.seconds(),
            "description": null,
            "enabled_events": new.enabled_events,
            "livemode": account.livemode,
            "metadata": {},
            "status": "enabled",
            "url": new.url,
        }));
        drop(world);
        self.touch();
        Endpoint { id, secret }
    }

    /// Gives an endpoint a new secret; the old one signs along for so many hours.
    pub fn roll(&self, endpoint: &str, secret: Option<String>, hours: i64) -> Option<Endpoint> {
        let until = self
            .tools
            .clock
            .now()
            .saturating_add(hours.saturating_mul(3_600_000));
        let mut world = self.lock();
        let account = world.account_holding("webhook_endpoint", endpoint)?;
        let secrets = account.secrets.get_mut(endpoint)?;
        for old in secrets.iter_mut() {
            old.until = Some(old.until.map_or(until, |known| known.min(until)));
        }
        let secret = secret.unwrap_or_else(|| format!("whsec_{}", self.tools.dice.letters(32)));
        secrets.push(SigningSecret {
            secret: secret.clone(),
            until: None,
        });
        Some(Endpoint {
            id: endpoint.to_owned(),
            secret,
        })
    }

    /// Makes an event by hand.
    pub fn make(&self, request: EventRequest) -> MadeEvent {
        let mut world = self.lock();
        let account = world.account_of_key(&request.api_key, &self.tools);
        let version = request.api_version.as_deref().and_then(ApiVersion::parse);
        let made = || self.tools.event_id(&request.event_type);
        let event = Event {
            id: request.id.clone().unwrap_or_else(made),
            created: request.created.unwrap_or_else(|| self.tools.seconds()),
            pending_webhooks: account.endpoints_for(&request.event_type).len(),
            kind: request.event_type,
            object: request.object,
            previous_attributes: request.previous_attributes,
            api_version: version.unwrap_or_else(|| account.api_version.clone()),
            livemode: request.livemode.unwrap_or(account.livemode),
            request: Origin::default(),
            connected: request.account,
            verbatim: true,
        };
        account.events.push(event.clone());
        let account = account.id.clone();
        if request.send == Send::ToEndpoints {
            world.queue(&account, &event, &self.tools);
        }
        drop(world);
        self.touch();
        MadeEvent {
            body: layout::print(&event.render(&event.api_version)),
            id: event.id,
        }
    }

    /// Sends an event once more to every endpoint that wants it, as Stripe's dashboard does; answers how many.
    pub fn resend(&self, event: &str) -> Option<usize> {
        let mut world = self.lock();
        let (account, event) = find_event(&world, event)?;
        let before = world.deliveries.len();
        world.queue(&account, &event, &self.tools);
        let count = world.deliveries.len() - before;
        drop(world);
        self.touch();
        Some(count)
    }

    /// Makes every waiting and held delivery due now; answers how many.
    pub fn retry(&self) -> usize {
        let count = self.lock().retry_all(self.tools.clock.now());
        self.touch();
        count
    }

    /// Makes one delivery due now, also a held, dropped or failed one; false when it is not known.
    pub fn send_delivery(&self, id: &str) -> bool {
        let sent = self.lock().send_now(id, self.tools.clock.now());
        self.touch();
        sent
    }

    /// Waits until nothing is on its way but retries of the future; false when it took too long.
    pub async fn idle(&self, limit: std::time::Duration) -> bool {
        let quiet = |world: &World| {
            let moving = |delivery: &Delivery| {
                delivery.state == DeliveryState::Sending
                    || delivery.state == DeliveryState::Pending && delivery.attempts.is_empty()
                    || delivery
                        .next_at
                        .is_some_and(|at| at <= self.tools.clock.now())
            };
            let now = self.tools.clock.now();
            let ending = |settlement: &Settlement| settlement.at.is_some_and(|at| at <= now);
            let busy = world.settlements.iter().any(ending) || world.deliveries.iter().any(moving);
            (!busy).then_some(())
        };
        self.wait_for(limit, quiet).await.is_some()
    }

    /// The header for a body under a secret, signed now or at the given UTC unix second.
    pub fn sign(&self, secret: &str, body: &str, seconds: Option<i64>) -> String {
        let seconds = seconds.unwrap_or_else(|| self.tools.seconds());
        signing::signature_header(&[secret], seconds, body.as_bytes())
    }

    /// Forgets everything but the switches' defaults.
    pub fn reset(&self) {
        let mut world = self.lock();
        let delays = world.retry_delays.take();
        *world = World::with_retry_delays(delays);
        drop(world);
        self.touch();
    }
}

fn registered(account: &Account, new: &NewEndpoint) -> Option<Endpoint> {
    let secret = new.secret.clone()?;
    let holds = |id: &str| {
        account.secrets[id]
            .iter()
            .any(|known| known.secret == secret)
    };
    let endpoints = account.all("webhook_endpoint").into_iter();
    let id = endpoints
        .filter(|endpoint| endpoint["url"] == new.url)
        .filter_map(|endpoint| endpoint["id"].as_str())
        .find(|id| account.secrets.contains_key(*id) && holds(id))?;
    Some(Endpoint {
        id: id.to_owned(),
        secret,
    })
}

fn find_event(world: &World, id: &str) -> Option<(String, Event)> {
    world.accounts.values().find_map(|account| {
        let event = account.event(id)?;
        Some((account.id.clone(), event.clone()))
    })
}
