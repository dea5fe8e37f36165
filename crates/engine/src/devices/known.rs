//! Is this key activated on this device? Asked of callers that would be refused for asking too much.

use domain::given_key::GivenKey;
use domain::hardware_id::HardwareId;
use domain::ids::LicenseId;
use domain::license_facts::Standing;

use crate::Engine;
use crate::actor::Actor;
use crate::error::Result;
use crate::licenses::lookup::{self, Question};

/// A device that a licence is activated on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KnownDevice {
    license: LicenseId,
    hardware_id: String,
}

/// The device, where the tenant has a licence of this key, or of this offline code, that is activated on it.
pub async fn find(
    engine: &Engine,
    actor: &Actor,
    (key, hardware_id): (&str, &str),
) -> Result<Option<KnownDevice>> {
    let (Some(key), Ok(hardware_id)) = (GivenKey::parse(key), HardwareId::parse(hardware_id))
    else {
        return Ok(None);
    };
    let question = Question {
        key: Some(&key),
        hardware_id: Some(&hardware_id),
        product_name: None,
    };
    let mut conn = engine.read().await?;
    let known = lookup::execute(engine, &mut conn, actor.tenant(), &question).await?;
    let license = known.license;
    let activated = license.filter(|license| license.facts.device == Standing::Activated);
    Ok(activated.map(|license| KnownDevice {
        license: license.row.id,
        hardware_id: hardware_id.as_str().to_owned(),
    }))
}
