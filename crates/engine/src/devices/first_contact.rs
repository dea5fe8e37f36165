//! The first contact of a device with a product: remembered once and for ever, before the answer.

use std::net::IpAddr;

use domain::program_form::ValidationRequest;
use domain::timestamp::Timestamp;
use domain::trial;
use serde_json::json;
use store::devices::{self, Device};

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::licenses::lookup::KnownProduct;

/// Remembers a device that asked without a key, and answers what is remembered: of many that ask at
/// once, one is the first. The moment is the one that the question is judged at, so that a product without
/// trial days grants none, not even a millisecond. `None` where its address has brought too many new devices lately.
pub(crate) async fn record(
    engine: &Engine,
    (actor, address): (&Actor, IpAddr),
    product: &KnownProduct,
    (request, now): (&ValidationRequest, Timestamp),
) -> Result<Option<Device>> {
    let hardware_key = request.hardware_id.as_str();
    let device = (actor.tenant(), product.id, hardware_key);
    if !engine.newcomers().may_be_recorded(address, device, now) {
        return Ok(None);
    }
    let first = Device {
        product_id: product.id,
        hardware_key: hardware_key.to_owned(),
        first_seen_at: now.millis(),
        trial_ends_at: trial::ends_at(now, product.trial_days).millis(),
        ever_activated_at: None,
        last_seen_at: now.millis(),
        address: address.to_string(),
        version: request.version.clone().unwrap_or_default(),
        contacts: 1,
    };
    let mut tx = engine.begin();
    let met = devices::meet(&mut tx, actor.tenant(), &first).await?;
    if met == first {
        let what = Change {
            subject: ("product", product.id.to_string()),
            verb: "first_contact",
            data: json!({ "hardwareId": hardware_key, "ipAddress": address,
                "version": request.version }),
            livemode: false,
        };
        change::write_first_on_device(&mut tx, actor, now, (what, hardware_key));
    }
    tx.commit().await?;
    Ok(Some(met))
}
