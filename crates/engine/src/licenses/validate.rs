//! May this program run here and now? One look at the database, one pure judgement.
//!
//! Nothing is written before the answer, except a device's first contact: that date is for ever. When
//! and where a device was seen is written behind, see [`crate::devices::sightings`].

use std::net::IpAddr;

use domain::permission::Permission;
use domain::program_form::{ValidationForm, ValidationRequest};
use domain::timestamp::Timestamp;
use domain::trial::TrialDevice;
use domain::validation::{Code, Facts, Given, Verdict, judge};
use store::devices::{self, Device};

use crate::Engine;
use crate::actor::Actor;
use crate::devices::first_contact;
use crate::devices::sightings::Seen;
use crate::error::{Result, Versions};
use crate::licenses::lookup::{self, Known, KnownProduct, Question};

/// The answer to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Validation {
    /// The judgement.
    pub verdict: Verdict,
    /// The program's versions.
    pub versions: Versions,
    /// The verdict says that no licence has the given key.
    pub is_key_unknown: bool,
}

/// Judges a program's question; every question that can be read has an answer.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    form: &ValidationForm,
    address: IpAddr,
) -> Result<Validation> {
    actor.may(Permission::Verify)?;
    let request = form.parse()?;
    let now = engine.now();
    let known = look_up(engine, actor, &request).await?;
    let device = match (&known.license, &known.product) {
        (None, Some(product)) => {
            let caller = (actor, address);
            contact(engine, caller, &request, (product, now)).await?
        }
        _ => None,
    };
    if let Some(license) = &known.license {
        let asked = (&license.row, license.facts.device);
        if let Some(seen) = Seen::with_license(asked, &request, (actor, address)) {
            engine.sightings().note(&seen, now);
        }
    }
    answer(&known, &request, device, now)
}

async fn look_up(engine: &Engine, actor: &Actor, request: &ValidationRequest) -> Result<Known> {
    let question = Question {
        key: request.key.as_ref(),
        hardware_id: Some(&request.hardware_id),
        product_name: request.product_name.as_deref(),
    };
    lookup::beside_others(engine, actor.tenant(), &question).await
}

/// What is remembered of a device without a licence; a first contact without a key is remembered now.
async fn contact(
    engine: &Engine,
    (actor, address): (&Actor, IpAddr),
    request: &ValidationRequest,
    (product, now): (&KnownProduct, Timestamp),
) -> Result<Option<TrialDevice>> {
    let of = (product.id, request.hardware_id.as_str());
    let mut conn = engine.read().await?;
    let mut found = devices::find(&mut conn, actor.tenant(), of).await?;
    drop(conn);
    let is_new = found.is_none();
    if is_new && request.key.is_none() && product.facts().is_active {
        found = first_contact::record(engine, (actor, address), product, (request, now)).await?;
    }
    if let Some(device) = found.as_ref().filter(|_| !is_new) {
        let seen = Seen::on_trial(device, request, (actor, address));
        engine.sightings().note(&seen, now);
    }
    Ok(found.as_ref().map(trial_device))
}

fn trial_device(row: &Device) -> TrialDevice {
    TrialDevice {
        trial_ends_at: Timestamp::from_millis(row.trial_ends_at),
        was_activated: row.ever_activated_at.is_some(),
    }
}

fn answer(
    known: &Known,
    request: &ValidationRequest,
    device: Option<TrialDevice>,
    now: Timestamp,
) -> Result<Validation> {
    let own = match &known.license {
        Some(license) => license.features()?,
        None => Vec::new(),
    };
    let of_product = known.product.as_ref();
    let of_product = of_product.map_or(&[][..], |product| product.features.as_slice());
    let facts = Facts {
        product: known.product.as_ref().map(KnownProduct::facts),
        version: request.version.as_deref(),
        given: match (&known.license, &request.key) {
            (Some(license), _) => Given::License(license.facts),
            (None, Some(_)) => Given::UnknownKey,
            (None, None) => Given::Nothing,
        },
        device,
        features: &[of_product, &own],
    };
    let versions = known.product.as_ref().map(KnownProduct::versions);
    let verdict = judge(&facts, now);
    Ok(Validation {
        is_key_unknown: matches!(facts.given, Given::UnknownKey) && verdict.code == Code::NotFound,
        verdict,
        versions: versions.unwrap_or_default(),
    })
}
