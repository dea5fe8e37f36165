//! A device gives its activation back, and frees the seat. Any token may ask; the device proves the
//! right by being the one that is activated.

use std::net::IpAddr;

use domain::deactivation::{Deactivation, DeactivationRefusal, Facts, judge_deactivation};
use domain::program_form::{DeactivationForm, DeactivationRequest};
use domain::timestamp::Timestamp;
use store::{Tx, activations, licenses};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Refusal, Result};
use crate::licenses::lookup::{self, Known, KnownLicense, KnownProduct, Question};
use crate::licenses::seat::{self, Freed};
use crate::start_over;

/// Deactivates a key on the device that asks; once more, nothing is written.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    form: &DeactivationForm,
    address: IpAddr,
) -> Result<()> {
    let request = form.parse()?;
    let attempt = || attempt(engine, actor, &request, address);
    start_over::when_overtaken(attempt, "a deactivation was overtaken too often").await
}

async fn attempt(
    engine: &Engine,
    actor: &Actor,
    request: &DeactivationRequest,
    address: IpAddr,
) -> Result<()> {
    let question = Question {
        key: Some(&request.key),
        hardware_id: Some(&request.hardware_id),
        product_name: Some(&request.product_name),
    };
    let mut tx = engine.begin();
    let known = lookup::execute(engine, &mut tx, actor.tenant(), &question).await?;
    let license = match &known.license {
        Some(license) => Some((license, facts(&mut tx, actor, license, request).await?)),
        None => None,
    };
    let judged = license.as_ref().map(|(_, facts)| facts);
    let judged = judge_deactivation(judged, engine.now());
    let judgement = judged.map_err(|refusal| refused(&refusal, &known))?;
    if let Some((license, _)) = license
        && judgement == Deactivation::Deactivate
    {
        let freed = Freed {
            license_id: license.row.id,
            livemode: license.row.livemode,
            hardware_id: &request.hardware_id,
            address: Some(address),
        };
        seat::free(engine, &mut tx, actor, &freed);
    }
    Ok(tx.commit().await?)
}

/// What it is judged from. The licence is locked first: of two devices that give it back at once, the
/// second sees when the first did.
async fn facts(
    tx: &mut Tx,
    actor: &Actor,
    license: &KnownLicense,
    request: &DeactivationRequest,
) -> Result<Facts> {
    licenses::lock(tx, actor.tenant(), license.row.id);
    let device = seat::holding(tx, actor, (license.row.id, &request.hardware_id)).await?;
    let last = activations::last_end(tx, actor.tenant(), license.row.id).await?;
    Ok(Facts {
        is_of_named_product: license.facts.is_of_named_product,
        device,
        last_deactivated_at: last.map(Timestamp::from_millis),
        cooldown_hours: license.row.deactivation_cooldown_hours,
    })
}

fn refused(refusal: &DeactivationRefusal, known: &Known) -> Error {
    let versions = known.product.as_ref().map(KnownProduct::versions);
    let retry_after_seconds = match refusal {
        DeactivationRefusal::Cooldown {
            retry_after_seconds,
            ..
        } => Some(*retry_after_seconds),
        _ => None,
    };
    Error::Refused(Box::new(Refusal {
        code: refusal.code(),
        message: refusal.to_string(),
        versions: versions.unwrap_or_default(),
        retry_after_seconds,
    }))
}
