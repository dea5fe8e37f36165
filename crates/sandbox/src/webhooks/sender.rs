//! Sends what is due: one task that wakes when a delivery's or a settlement's time has come.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use tokio::sync::Semaphore;

use super::delivery::{Attempt, DeliveryState};
use super::{layout, signing};
use crate::checkout::settle;
use crate::inner::Inner;
use crate::stripe::version::ApiVersion;
use crate::world::World;

const AT_ONCE: usize = 64;
const IDLE: i64 = 60_000;

/// Runs until its task is ended.
pub(crate) async fn run(inner: Arc<Inner>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let wait = settle_due(&inner).min(start_due(&inner, &places));
        let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
        tokio::select! {
            () = inner.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Starts all deliveries that are due; answers in how many milliseconds the next one is.
fn start_due(inner: &Arc<Inner>, places: &Arc<Semaphore>) -> i64 {
    let mut world = inner.lock();
    let now = inner.tools.clock.now();
    for index in world.take_due(now) {
        world.deliveries[index].state = DeliveryState::Sending;
        world.deliveries[index].next_at = None;
        let (inner, places) = (Arc::clone(inner), Arc::clone(places));
        let id = world.deliveries[index].id.clone();
        tokio::spawn(async move {
            let _place = places
                .acquire_owned()
                .await
                .expect("the semaphore is never closed");
            attempt(&inner, (index, &id)).await;
        });
    }
    world.next_due().map_or(IDLE, |due| (due - now).max(0))
}

fn settle_due(inner: &Arc<Inner>) -> i64 {
    let mut world = inner.lock();
    let now = inner.tools.clock.now();
    let due: Vec<String> = world
        .settlements
        .iter()
        .filter(|settlement| settlement.at.is_some_and(|at| at <= now))
        .map(|settlement| settlement.session.clone())
        .collect();
    for session in &due {
        if let Err(refusal) = settle::settle(&mut world, &inner.tools, session, None) {
            tracing::warn!(%refusal, "a delayed payment could not end");
        }
    }
    if !due.is_empty() {
        inner.touch();
    }
    let next = world.settlements.iter().filter_map(|s| s.at).min();
    next.map_or(IDLE, |at| (at - now).max(0))
}

/// One attempt of one delivery, written down.
async fn attempt(inner: &Arc<Inner>, which: (usize, &str)) {
    let at = inner.tools.clock.now();
    let letter = compose(&mut inner.lock(), which, at);
    let Some(letter) = letter else {
        inner.lock().give_up(which, at);
        inner.touch();
        return;
    };
    let outcome = post(inner, letter).await;
    let millis = (inner.tools.clock.now() - at).max(0);
    let attempt = match outcome {
        Ok((status, answer)) => Attempt {
            at,
            status: Some(status),
            error: None,
            answer,
            millis,
        },
        Err(error) => Attempt {
            at,
            status: None,
            error: Some(error),
            answer: String::new(),
            millis,
        },
    };
    inner.lock().record_attempt(which, attempt);
    inner.touch();
}

/// A signed body on its way.
struct Letter {
    url: String,
    header: String,
    body: String,
}

/// The letter of a delivery; none when its endpoint is deleted or disabled.
fn compose(world: &mut World, (index, id): (usize, &str), now: i64) -> Option<Letter> {
    let delivery = world.deliveries.get(index).filter(|d| d.id == id)?.clone();
    let account = world.account(&delivery.account);
    let endpoint = account.get("webhook_endpoint", &delivery.endpoint)?;
    if endpoint["status"] != "enabled" {
        return None;
    }
    let url = endpoint["url"].as_str()?.to_owned();
    let version = endpoint["api_version"].as_str().and_then(ApiVersion::parse);
    let event = account.event(&delivery.event)?;
    let version = match version {
        Some(version) if !event.verbatim => version,
        _ => event.api_version.clone(),
    };
    let body = layout::print(&event.render(&version));
    let secrets: Vec<&str> = account
        .secrets
        .get(&delivery.endpoint)?
        .iter()
        .filter(|secret| secret.until.is_none_or(|until| until > now))
        .map(|secret| secret.secret.as_str())
        .collect();
    let seconds = now.div_euclid(1000);
    let mut header = signing::signature_header(&secrets, seconds, body.as_bytes());
    if !account.livemode {
        header.push_str(&signing::fake_v0(seconds, body.as_bytes()));
    }
    Some(Letter { url, header, body })
}

async fn post(inner: &Inner, letter: Letter) -> Result<(u16, String), String> {
    let url = loopback_url(&letter.url)?;
    let answer = inner
        .http
        .post(url)
        .header("content-type", "application/json; charset=utf-8")
        .header(
            "user-agent",
            "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        )
        .header("accept", "*/*; q=0.5, application/xml")
        .header("cache-control", "no-cache")
        .header("stripe-signature", letter.header)
        .body(letter.body)
        .send()
        .await
        .map_err(|error| error.to_string())?;
    let status = answer.status().as_u16();
    let text = answer.text().await.map_err(|error| error.to_string())?;
    Ok((status, text.chars().take(2_000).collect()))
}

/// The sandbox never talks to another machine.
fn loopback_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost"
        || host.ends_with(".localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback());
    if local {
        Ok(url)
    } else {
        Err("the sandbox delivers to this machine only".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_delivered_to_another_machine() {
        for local in [
            "http://127.0.0.1:3000/x",
            "http://localhost/x",
            "http://[::1]:80/",
        ] {
            assert!(loopback_url(local).is_ok(), "{local}");
        }
        for other in [
            "http://example.com/",
            "http://10.0.0.1/",
            "http://localhost.example.com/",
            "no url",
        ] {
            assert!(loopback_url(other).is_err(), "{other}");
        }
    }
}
