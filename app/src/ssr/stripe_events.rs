//! Events between the engine and their pages.

use domain::event_log::EventStatus;
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
use crate::api::stripe_events::{EventChoices, EventDetail, EventRow, EventSearch, EventStep};

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
    let remedy = (!event.is_event).then(|| remedy(&event.attempts));
    let may_replay = who.actor.may(Permission::Manage).is_ok() && !(event.is_event && is_done);
    let mut steps = vec![EventStep {
        went_well: Some(true),
        text: "Received".to_owned(),
        at: Some(event.received_at),
    }];
    steps.extend(event.attempts.iter().map(attempt));
    if !event.outcome.is_empty() {
        steps.push(EventStep {
            went_well: went_well(&event.processing),
            text: event.outcome.clone(),
            at: event.processed_at,
        });
    }
    if !event.issued.is_empty() {
        steps.push(EventStep {
            went_well: Some(true),
            text: format!("Keys ending in {}", event.issued.join(", ")),
            at: None,
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
        payload: event.payload.unwrap_or_default(),
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
        went_well: was_tried.then_some(attempt.matched),
        text: format!("{} ({mode}): {}", attempt.app, attempt.finding),
        at: None,
    }
}

fn remedy(attempts: &[VerificationAttempt]) -> String {
    if attempts.iter().any(|attempt| attempt.matched) {
        return "The secret that is saved now is the right one: press Process again.".to_owned();
    }
    let unsigned =
        |attempt: &VerificationAttempt| attempt.finding.contains("no readable signature");
    if !attempts.is_empty() && attempts.iter().all(unsigned) {
        return "It did not come from Stripe, or something on its way took the signature off. If Stripe's \
                Dashboard shows this delivery, let your proxy pass the Stripe-Signature header on, and resend it there."
            .to_owned();
    }
    "Copy the signing secret of exactly the endpoint in Stripe that sends here into its app, save it, \
     and press Process again. Or let Stripe send the event again."
        .to_owned()
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
