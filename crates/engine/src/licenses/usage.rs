//! What a program may know of its licence beside whether it is valid: seats and features.

use domain::activation::{ActivationRefusal, RefusalCode};
use domain::features;
use domain::given_key::GivenKey;
use domain::license_facts::obstacle;
use domain::program_form::FeaturesForm;
use domain::seats::Seats;

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result, Versions};
use crate::licenses::lookup::{self, KnownLicense, Question};

/// The seats of a multi-seat licence; any token may ask. A licence for one device has no seats to tell.
pub async fn seats(engine: &Engine, actor: &Actor, key: &str) -> Result<Seats> {
    let key = GivenKey::parse(key).ok_or(Error::NoSuchLicense)?;
    let license = look_up(engine, actor, &key).await?;
    let seats = license.ok_or(Error::NoSuchLicense)?.facts.seats;
    if !seats.is_multi_seat() {
        return Err(Error::NotFound("multi-seat licence"));
    }
    Ok(seats)
}

/// What a licence unlocks as `a,b,c`, whichever device asks; nothing while it is not valid. Any token
/// may ask.
pub async fn features(engine: &Engine, actor: &Actor, form: &FeaturesForm) -> Result<String> {
    let key = form.parse()?;
    let license = look_up(engine, actor, &key).await?.ok_or_else(|| {
        let message = ActivationRefusal::UnknownKey;
        Error::refused(RefusalCode::InvalidKey, &message, Versions::default())
    })?;
    if obstacle(None, None, Some(&license.facts), engine.now()).is_some() {
        return Ok(String::new());
    }
    Ok(features::csv(&license.all_features()?))
}

async fn look_up(engine: &Engine, actor: &Actor, key: &GivenKey) -> Result<Option<KnownLicense>> {
    let question = Question {
        key: Some(key),
        hardware_id: None,
        product_name: None,
    };
    let mut conn = engine.read().await?;
    let known = lookup::execute(engine, &mut conn, actor.tenant(), &question).await?;
    Ok(known.license)
}
