//! Events between the engine and their pages.

use domain::event_log::EventStatus;
use domain::ids::{LicenseId, StripeAppId};
use domain::permission::Permission;
use domain::timestamp::Timestamp;
use engine::Error;
use engine::page::PAGE_SIZE;
use engine::stripe::events::{self, EventFilter, EventLine, VerificationAttempt};
use engine::stripe::{event_list, replay};

use super::changes::history_of;
use super::licenses::place;
use super::reply::Next;
use super::session::SignedIn;
use crate::api::Listed;
use crate::api::stripe_events::{
    EventChoices, EventDetail, EventRow, EventSearch, EventStep, Remedy,
};
use crate::flash::Link;
use crate::format;

/// A page of the log.
pub async fn event_list(who: &SignedIn, search: EventSearch) -> Result<Listed<EventRow>, Error> {
    let known = search.status.parse::<EventStatus>().ok();
    let filter = EventFilter {
        // A word that is no status, app or order changes nothing: the address was typed by hand.
        status: known.map_or_else(String::new, |status| status.to_string()),
        event_type: search.event_type,
        app_id: search.app.parse().ok(),
        stripe_id: search.find.trim().to_owned(),
        livemode: Some(who.session.livemode),
        order: search.sort.parse().unwrap_or_default(),
        limit: PAGE_SIZE,
        ..EventFilter::default()
    };
    let after = place(search.after.as_deref())?;
    let page = event_list::execute(&who.engine, &who.actor, (filter, after)).await?;
    Ok(Listed {
        items: page.items.into_iter().map(row).collect(),
        next: page.after.map(|place| place.to_string()),
        now: who.engine.now(),
    })
}

/// What the log can be narrowed to on the side that the person looks at.
pub async fn event_choices(who: &SignedIn) -> Result<EventChoices, Error> {
    let side = who.session.livemode;
    let choices = event_list::choices(&who.engine, &who.actor, side).await?;
    let apps = choices.apps.into_iter();
    let types = choices.types.into_iter();
    Ok(EventChoices {
        types: types.map(|word| (word.clone(), word)).collect(),
        apps: apps.map(|(id, name)| (id.to_string(), name)).collect(),
    })
}

fn row(line: EventLine) -> EventRow {
    EventRow {
        id: line.id.to_string(),
        stripe_event_id: line.stripe_event_id,
        event_type: named(line.event_type),
        outcome: if line.outcome.is_empty() {
            line.error.unwrap_or_else(|| line.processing.clone())
        } else {
            line.outcome
        },
        status: line.status,
        processing: line.processing,
        app_name: line.app,
        received_at: Timestamp::from_millis(line.received_at),
    }
}

/// One event with its way.
pub async fn event_detail(who: &SignedIn, id: &str) -> Result<EventDetail, Error> {
    let event = events::detail(&who.engine, &who.actor, parse(id)?).await?;
    let is_done = matches!(event.processing.as_str(), "fulfilled" | "ignored");
    let app_id = event.app.as_ref().map(|(id, _)| *id);
    let remedy = (!event.is_event).then(|| remedy(app_id, &event.attempts));
    let may_replay = who.actor.may(Permission::Manage).is_ok() && !(event.is_event && is_done);
    let mut steps = vec![EventStep {
        at: Some(event.received_at),
        ..step(Some(true), "Received")
    }];
    steps.extend(event.attempts.iter().map(attempt));
    if !event.outcome.is_empty() {
        steps.push(EventStep {
            at: event.processed_at,
            ..step(went_well(&event.processing), &event.outcome)
        });
    }
    if !event.issued.is_empty() {
        let key = |(id, end): (LicenseId, String)| link(format!("/licenses/{id}"), end);
        steps.push(EventStep {
            keys: event.issued.into_iter().map(key).collect(),
            ..step(Some(true), "Keys ending in ")
        });
    }
    Ok(EventDetail {
        is_vouched_for: event.is_event,
        source: event.source,
        api_version: event.api_version,
        receipts: event.receipts,
        error: event.error.clone(),
        remedy,
        steps,
        payload: payload(event.payload, event.unkept_bytes),
        app: event.app.clone().map(|(id, name)| app_link(id, name)),
        order_id: event.order_id.map(|id| id.to_string()),
        may_replay,
        history: history_of(who, ("stripe_event", id)).await?,
        now: who.engine.now(),
        row: EventRow {
            id: event.id.to_string(),
            stripe_event_id: event.stripe_event_id,
            event_type: named(event.event_type),
            status: event.status,
            processing: event.processing,
            outcome: event.outcome,
            app_name: event.app.map(|(_, name)| name),
            received_at: event.received_at,
        },
    })
}

/// The body, or why there is none to be shown.
fn payload(payload: Option<String>, unkept_bytes: Option<i64>) -> Result<String, String> {
    match (payload, unkept_bytes) {
        (Some(text), _) if !text.is_empty() => Ok(text),
        (Some(_), _) => Err("It came without a body.".to_owned()),
        (None, Some(bytes)) => Err(format!(
            "Too large to keep ({} bytes): of what nobody vouches for, 64 KiB are kept at most.",
            format::count(bytes)
        )),
        (None, None) => Err("It was kept, but cannot be read any more.".to_owned()),
    }
}

fn link(href: String, label: String) -> Link {
    Link { href, label }
}

fn app_link(id: StripeAppId, name: String) -> Link {
    link(app_path(id), name)
}

fn app_path(id: StripeAppId) -> String {
    format!("/stripe/apps/{id}")
}

fn step(went_well: Option<bool>, text: &str) -> EventStep {
    EventStep {
        went_well,
        app: None,
        text: text.to_owned(),
        keys: Vec::new(),
        at: None,
    }
}

/// What Stripe calls it; what came may have no type at all.
pub fn named(event_type: String) -> String {
    if event_type.is_empty() {
        return "No event type".to_owned();
    }
    event_type
}

/// `None` where it is not over yet: a person, another event or another try decides.
fn went_well(processing: &str) -> Option<bool> {
    match processing {
        "fulfilled" | "ignored" => Some(true),
        "failed" => Some(false),
        _ => None,
    }
}

fn attempt(attempt: &VerificationAttempt) -> EventStep {
    let mode = if attempt.is_live { "live" } else { "test" };
    let was_tried = !attempt.finding.ends_with("not tried");
    EventStep {
        app: Some(app_link(attempt.app_id, attempt.app.clone())),
        ..step(
            was_tried.then_some(attempt.matched),
            &format!(" ({mode}): {}", attempt.finding),
        )
    }
}

/// What to do about a delivery that nobody vouches for, with the app that its URL names.
fn remedy(named: Option<StripeAppId>, attempts: &[VerificationAttempt]) -> Remedy {
    let alone = |text: &str| Remedy {
        text: text.to_owned(),
        link: None,
        rest: String::new(),
    };
    if attempts.iter().any(|attempt| attempt.matched) {
        return alone("The secret that is saved now is the right one: press Process again.");
    }
    let unsigned =
        |attempt: &VerificationAttempt| attempt.finding.contains("no readable signature");
    if !attempts.is_empty() && attempts.iter().all(unsigned) {
        return alone(
            "It did not come from Stripe, or something on its way took the signature off. If Stripe's \
             Dashboard shows this delivery, let your proxy pass the Stripe-Signature header on, and resend it there.",
        );
    }
    let only = match attempts {
        [one] => Some(one.app_id),
        _ => None,
    };
    // The shared URL names no app: whoever mends it chooses among all.
    let href = named
        .or(only)
        .map_or_else(|| "/stripe".to_owned(), app_path);
    Remedy {
        link: Some(link(href, "its app".to_owned())),
        rest: ", save it, and press Process again. Or let Stripe send the event again.".to_owned(),
        ..alone("Copy the signing secret of exactly the endpoint in Stripe that sends here into ")
    }
}

/// Verifies and processes an event again; goes on to where an accepted delivery stands now.
pub async fn process_again(who: &SignedIn, id: &str) -> Result<Next, Error> {
    let id = parse(id)?;
    let before = events::detail(&who.engine, &who.actor, id).await?;
    let outcome = replay::execute(&who.engine, &who.actor, id).await?;
    if !before.is_event {
        let claimed = &before.stripe_event_id;
        let event = replay::accepted_as(&who.engine, &who.actor, claimed).await?;
        return Ok(Next::Go(format!("/stripe/events/{event}")));
    }
    Ok(Next::stay(format!("Processed again: {outcome}.")))
}

fn parse<T: std::str::FromStr>(id: &str) -> Result<T, Error> {
    id.parse().map_err(|_| Error::NotFound("event"))
}
