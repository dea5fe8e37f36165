//! The end of a delayed payment: days later at Stripe, here after a delay or by hand.

use serde_json::{Value, json};

use super::pay::{Outcome, PayRefusal, call_for};
use crate::stripe::call::Call;
use crate::stripe::resources::{checkout_sessions, payment_intents};
use crate::tools::Tools;
use crate::world::{Settlement, World};

/// Lets a delayed payment wait for its end.
pub(super) fn wait(call: &mut Call, session: &str, outcome: Outcome) {
    call.world.settlements.push(Settlement {
        at: call
            .tools
            .settle_after
            .map(|delay| call.tools.clock.now() + delay),
        session: session.to_owned(),
        succeeds: outcome == Outcome::PayLaterThenSucceed,
    });
}

/// Ends a delayed payment; `succeeds` overrides what the buyer chose.
pub(crate) fn settle(
    world: &mut World,
    tools: &Tools,
    session: &str,
    succeeds: Option<bool>,
) -> Result<Value, PayRefusal> {
    let at = world.settlements.iter().position(|s| s.session == session);
    let settlement = world.settlements.remove(at.ok_or(PayRefusal::NotWaiting)?);
    finish(
        world,
        tools,
        &settlement,
        succeeds.unwrap_or(settlement.succeeds),
    )
}

fn finish(
    world: &mut World,
    tools: &Tools,
    settlement: &Settlement,
    succeeds: bool,
) -> Result<Value, PayRefusal> {
    let mut call = call_for(world, tools, &settlement.session)?;
    let session = call
        .account()
        .get(checkout_sessions::KIND, &settlement.session);
    let mut session = session.cloned().ok_or(PayRefusal::Unknown)?;
    let intent = session["payment_intent"].as_str().unwrap_or_default();
    let intent = call.account().get(payment_intents::KIND, intent).cloned();
    let mut intent = intent.ok_or(PayRefusal::NotWaiting)?;
    if succeeds {
        session["payment_status"] = json!("paid");
        call.account().put(session.clone());
        payment_intents::succeed(&mut call, &mut intent);
        call.emit("checkout.session.async_payment_succeeded", &session);
    } else {
        payment_intents::fail(&mut call, &mut intent);
        call.emit("checkout.session.async_payment_failed", &session);
    }
    Ok(session)
}
