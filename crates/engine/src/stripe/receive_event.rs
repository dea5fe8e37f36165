//! Taking a webhook delivery in: cheap checks, the signature, then fulfilment in one transaction.

use domain::ids::{StripeAppId, TenantId};
use domain::stripe_event::{self, StripeEvent};
use domain::stripe_payload::KeptPayload;
use domain::stripe_signature::{SignatureHeader, SignatureRefusal};
use domain::timestamp::Timestamp;
use store::Conn;
use store::stripe_apps::{self, StripeApp};

use crate::Engine;
use crate::error::Result;
use crate::stripe::deliveries::Refused;
use crate::stripe::process_event::{self, Vouched};

/// Which URL a delivery came to.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// `/api/stripe/webhook/{app}`: one app by its public id.
    App(&'a str),
    /// `/api/stripe/webhook`: every active app is tried.
    Shared,
}

/// A delivery as it came in.
#[derive(Clone, Copy)]
pub struct Incoming<'a> {
    /// Which URL.
    pub target: Target<'a>,
    /// The `Stripe-Signature` header, if it is there and text.
    pub signature: Option<&'a str>,
    /// The body, byte by byte as it came.
    pub body: &'a [u8],
    /// Asked only when it is refused: false where the address sends so much that nothing more of it is kept.
    pub may_keep: &'a (dyn Fn() -> bool + Sync),
}

/// What to answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// Verified and durable, whatever came of it: 2xx.
    Accepted {
        /// What came of it, one sentence.
        outcome: String,
    },
    /// Not vouched for: 400 with the cause, so that Stripe tries again while it is mended.
    Refused(Cause),
    /// The URL names no app: 404.
    UnknownApp,
    /// An app's secret cannot be read just now: 503, so that Stripe tries again.
    Unreadable,
}

/// Why a delivery was refused; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The signature header is missing, malformed or stale.
    #[error("{0}")]
    Signature(#[from] SignatureRefusal),
    /// The body is not an event.
    #[error("the body is not a Stripe event: {0}")]
    NotAnEvent(String),
    /// No active secret of any candidate made this signature.
    #[error(
        "no app matched signature: copy the signing secret (whsec_…) from exactly the endpoint in Stripe that sends to this URL, test or live"
    )]
    NoAppMatched,
    /// The event's livemode is not the app's.
    #[error("livemode contradicts the app: the event is {event}, the app is marked {app}")]
    Livemode {
        /// `live` or `test`.
        event: &'static str,
        /// `Live` or `Test`.
        app: &'static str,
    },
}

/// Takes a delivery in. An error is ours (5xx): Stripe tries again for three days.
pub async fn execute(engine: &Engine, incoming: Incoming<'_>) -> Result<Answer> {
    let mut conn = engine.read().await?;
    let candidates = match incoming.target {
        Target::App(public_id) if !is_public_id(public_id) => return Ok(Answer::UnknownApp),
        Target::App(public_id) => match stripe_apps::find_by_public_id(&mut conn, public_id).await?
        {
            Some(app) => vec![app],
            None => return Ok(Answer::UnknownApp),
        },
        Target::Shared => Vec::new(),
    };
    let named = candidates.first().map(|app| (app.tenant_id, app.id));
    let header = match check(&incoming, engine.now()) {
        Ok(header) => header,
        Err(cause) => return refuse(engine, &incoming, named, cause),
    };
    let candidates = match incoming.target {
        Target::App(_) => candidates,
        Target::Shared => stripe_apps::list_active(&mut conn).await?,
    };
    let seen = (&header, incoming.body, engine.now());
    let app = match find_signer(engine, &mut conn, candidates, seen).await? {
        Signer::Is(app) => app,
        Signer::Nobody => return refuse(engine, &incoming, named, Cause::NoAppMatched),
        // Nobody knows whose it is: it must not stand in the log of the tenant whose secret is lost.
        Signer::Unreadable if named.is_none() => {
            return refuse(engine, &incoming, named, Cause::NoAppMatched);
        }
        Signer::Unreadable => {
            set_aside(
                engine,
                &incoming,
                named,
                ("received", UNREADABLE.to_owned()),
            )?;
            return Ok(Answer::Unreadable);
        }
    };
    drop(conn);
    accept(engine, &incoming, *app).await
}

const UNREADABLE: &str =
    "the app's signing secret could not be read just now: save it again under Apps and Events";

/// The form of the ids that we make: 32 hex digits.
fn is_public_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// What needs no secret: a header well formed and fresh, a body that names an event.
fn check(incoming: &Incoming<'_>, now: Timestamp) -> Result<SignatureHeader, Cause> {
    let header = incoming.signature.ok_or(SignatureRefusal::Missing)?;
    let header = SignatureHeader::parse(header)?;
    if !header.is_fresh(now) {
        return Err(SignatureRefusal::Stale.into());
    }
    if stripe_event::claimed_event_id(incoming.body).is_none() {
        return Err(Cause::NotAnEvent(
            "it has no `id` that begins with evt_".into(),
        ));
    }
    Ok(header)
}

pub(crate) enum Signer {
    Is(Box<StripeApp>),
    Nobody,
    Unreadable,
}

/// Which of the apps has a secret that made the signature.
pub(crate) async fn find_signer(
    engine: &Engine,
    conn: &mut Conn,
    candidates: Vec<StripeApp>,
    (header, body, now): (&SignatureHeader, &[u8], Timestamp),
) -> Result<Signer> {
    let mut is_unreadable = false;
    for app in candidates {
        if !app.is_active {
            continue;
        }
        let secrets = engine.secrets().load(engine, conn, &app).await?;
        if secrets
            .active(now)
            .any(|secret| header.matches(secret, body))
        {
            return Ok(Signer::Is(Box::new(app)));
        }
        is_unreadable |= secrets.is_unreadable;
    }
    Ok(if is_unreadable {
        Signer::Unreadable
    } else {
        Signer::Nobody
    })
}

async fn accept(engine: &Engine, incoming: &Incoming<'_>, app: StripeApp) -> Result<Answer> {
    let named = Some((app.tenant_id, app.id));
    let event = match StripeEvent::parse(incoming.body) {
        Ok(event) => event,
        Err(refusal) => {
            return refuse(
                engine,
                incoming,
                named,
                Cause::NotAnEvent(refusal.to_string()),
            );
        }
    };
    if let Err(cause) = agree_on_mode(&event, &app) {
        return refuse(engine, incoming, named, cause);
    }
    // The parser accepted these bytes as JSON, so they are UTF-8.
    let payload = String::from_utf8_lossy(incoming.body);
    let vouched = Vouched {
        app: &app,
        event: &event,
        source: "signature",
        payload: KeptPayload::of(&payload),
        received_at: engine.now(),
        replay: None,
    };
    let outcome = process_event::execute(engine, &vouched).await?;
    Ok(Answer::Accepted { outcome })
}

/// Refuses an event whose livemode is not the app's; thin payloads carry one too. One that has none
/// contradicts nothing.
pub(crate) fn agree_on_mode(event: &StripeEvent, app: &StripeApp) -> Result<(), Cause> {
    let Some(livemode) = event.livemode.filter(|mode| *mode != app.is_live) else {
        return Ok(());
    };
    Err(Cause::Livemode {
        event: if livemode { "live" } else { "test" },
        app: if app.is_live { "Live" } else { "Test" },
    })
}

fn refuse(
    engine: &Engine,
    incoming: &Incoming<'_>,
    named: Option<(TenantId, StripeAppId)>,
    cause: Cause,
) -> Result<Answer> {
    // Only the URL says whom it is for: a signature that matched through the shared URL counts as well.
    set_aside(engine, incoming, named, ("failed", cause.to_string()))?;
    Ok(Answer::Refused(cause))
}

fn set_aside(
    engine: &Engine,
    incoming: &Incoming<'_>,
    app: Option<(TenantId, StripeAppId)>,
    (status, cause): (&'static str, String),
) -> Result<()> {
    if !(incoming.may_keep)() {
        return Ok(());
    }
    let claimed = (
        stripe_event::claimed_event_id(incoming.body).unwrap_or_default(),
        stripe_event::claimed_type(incoming.body).unwrap_or_default(),
    );
    let refused = Refused {
        app,
        claimed,
        status,
        cause,
        signature: incoming.signature.unwrap_or_default(),
        body: incoming.body,
    };
    engine.deliveries().put_aside(engine, refused)
}
