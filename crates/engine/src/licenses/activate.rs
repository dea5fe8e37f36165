//! Binding a key to a device. Any token may ask: the key is what proves the right to it.
//!
//! The refusals of the rules cost no turn at the writer. A seat is taken by one conditional update, so
//! who loses the race for it starts over, finds none left, and is told what to do.

use std::net::IpAddr;

use domain::activation::{Activation, Facts, judge_activation};
use domain::hardware_id::HardwareId;
use domain::program_form::{ActivationForm, ActivationRequest};
use store::{Conn, activations, licenses};

use crate::Engine;
use crate::actor::Actor;
use crate::error::{Error, Result, Versions};
use crate::licenses::lookup::{self, Known, KnownLicense, KnownProduct, Question};
use crate::licenses::seat::{self, Seat};
use crate::licenses::view::{self, LicenseView};

/// So often at most another device may be faster; then the seats are judged anew.
const TRIES: usize = 8;

/// A key that is activated on the device that asked.
pub struct Activated {
    /// The licence.
    pub license: LicenseView,
    /// The device, in the one spelling.
    pub hardware_id: HardwareId,
    /// The program's versions.
    pub versions: Versions,
}

/// Activates a key on a device; on the same device again, nothing is written.
pub async fn execute(
    engine: &Engine,
    actor: &Actor,
    form: &ActivationForm,
    address: IpAddr,
) -> Result<Activated> {
    let request = form.parse()?;
    let mut conn = engine.read().await?;
    let mut known = judged(engine, &mut conn, actor, &request).await?;
    drop(conn);
    let mut tries = 1;
    while known.2 == Activation::Activate {
        let mut tx = engine.begin();
        if tries > 1 {
            known = judged(engine, &mut tx, actor, &request).await?;
        }
        if known.2 == Activation::Activate {
            take(engine, &mut tx, actor, (&known.0, &request, address));
        }
        match tx.commit().await.map_err(Error::from) {
            Ok(()) => break,
            Err(error) if error.is_overtaken() && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
    let (license, versions, _) = known;
    let device = request.hardware_id;
    Ok(Activated {
        license: shown(engine, actor, (&license, &device)).await?,
        hardware_id: device,
        versions,
    })
}

type Judged = (KnownLicense, Versions, Activation);

async fn judged(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    request: &ActivationRequest,
) -> Result<Judged> {
    let question = Question {
        key: Some(&request.key),
        hardware_id: Some(&request.hardware_id),
        product_name: Some(&request.product_name),
    };
    let known = lookup::execute(engine, conn, actor.tenant(), &question).await?;
    let Known { license, product } = known;
    let versions = product.as_ref().map(KnownProduct::versions);
    let versions = versions.unwrap_or_default();
    let plan = license.as_ref().and_then(|known| known.row.is_plan_active);
    let facts = Facts {
        product: product.as_ref().map(KnownProduct::facts),
        version: request.version.as_deref(),
        license: license.as_ref().map(|known| known.facts),
        is_plan_active: plan.unwrap_or(true),
    };
    let judgement = judge_activation(&facts, engine.now())
        .map_err(|refusal| Error::refused(refusal.code(), &refusal, versions.clone()))?;
    let license = license.ok_or(Error::fault("an activation without a licence"))?;
    Ok((license, versions, judgement))
}

fn take(
    engine: &Engine,
    tx: &mut store::Tx,
    actor: &Actor,
    (license, request, address): (&KnownLicense, &ActivationRequest, IpAddr),
) {
    let wanted = Seat {
        license_id: license.row.id,
        product_id: license.row.product_id,
        trial_days: license.row.trial_days,
        livemode: license.row.livemode,
        hardware_id: &request.hardware_id,
        version: request.version.as_deref(),
        email: request.email.as_deref(),
        address: Some(address),
    };
    seat::take(engine, tx, actor, &wanted);
}

/// The licence with the activation of the device that asked: another may have come after it.
async fn shown(
    engine: &Engine,
    actor: &Actor,
    (license, device): (&KnownLicense, &HardwareId),
) -> Result<LicenseView> {
    let (mut conn, tenant) = (engine.read().await?, actor.tenant());
    let row = licenses::find(&mut conn, tenant, license.row.id).await?;
    let mut row = row.ok_or(Error::fault("an activated licence is missing"))?;
    let of = (row.id, device.as_str());
    let active = activations::find_active(&mut conn, tenant, of).await?;
    let (at, version) = active.unzip();
    row.hardware_key = Some(device.as_str().to_owned());
    row.activated_at = at;
    row.version = version.filter(|version| !version.is_empty());
    let name = license.row.product_name.clone();
    view::named(engine, &mut conn, tenant, (&row, name)).await
}
