//! Whether a program may run here and now: with a key, on trial, or not at all.

use crate::features;
use crate::license_facts::{LicenseFacts, ProductFacts, Standing, obstacle};
use crate::timestamp::Timestamp;
use crate::trial::{Trial, TrialDevice};

pub use crate::validation_code::{Code, Status};

/// Everything that a verdict is made from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The named product; where none was named, the licence's. `None` where neither is there.
    pub product: Option<ProductFacts<'a>>,
    /// The program's version as it says it.
    pub version: Option<&'a str>,
    /// What it gave.
    pub given: Given,
    /// What is remembered of the device and that product. `None` where nothing is: the first
    /// contact, or one that is not recorded.
    pub device: Option<TrialDevice>,
    /// Of product, plan and licence in this order; on trial the product's alone.
    pub features: &'a [&'a [String]],
}

/// What a program gave to be let in.
#[derive(Debug, Clone, Copy)]
pub enum Given {
    /// No key: a trial is meant.
    Nothing,
    /// A text that is no key, or the key of no licence; also an offline code that is not ours.
    UnknownKey,
    /// The key of a licence, or an offline code that was verified and stands for it.
    License(LicenseFacts),
}

/// The answer to a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// May it run?
    pub is_valid: bool,
    /// The answer in one word.
    pub status: Status,
    /// Why.
    pub code: Code,
    /// The licence's end, else the trial's, else now: there is always a date.
    pub expires_at: Timestamp,
    /// UTC days until the last one, 0 on it and after it; `None` where there is no end to count to:
    /// a perpetual licence, an invalid answer.
    pub remaining_days: Option<i64>,
    /// What is unlocked; nothing where it may not run.
    pub features: Vec<String>,
    /// One sentence that says what to do.
    pub message: &'static str,
}

/// Judges version first, then state, then date, then the device. The same facts at the same time
/// give the same verdict.
pub fn judge(facts: &Facts<'_>, now: Timestamp) -> Verdict {
    match &facts.given {
        Given::Nothing => on_trial(facts, now),
        Given::UnknownKey => {
            let code = with_key(facts, None, now);
            verdict(facts, code, trial_end(facts, now), now)
        }
        Given::License(license) => {
            let code = with_key(facts, Some(license), now);
            verdict(facts, code, license.expires_at, now)
        }
    }
}

fn with_key(facts: &Facts<'_>, license: Option<&LicenseFacts>, now: Timestamp) -> Code {
    match obstacle(facts.product.as_ref(), facts.version, license, now) {
        Some(obstacle) => Code::from(obstacle),
        None => license.map_or(Code::NotFound, on_device),
    }
}

fn on_device(license: &LicenseFacts) -> Code {
    match license.device {
        Standing::Activated => Code::Ok,
        Standing::CodeOfAnother => Code::HardwareMismatch,
        Standing::NotActivated if license.is_taken() => Code::HardwareMismatch,
        Standing::NotActivated => Code::NotActivated,
    }
}

fn on_trial(facts: &Facts<'_>, now: Timestamp) -> Verdict {
    let ends_at = trial_end(facts, now);
    let (code, message) = match &facts.product {
        None => (
            Code::NotFound,
            "No product has this name. Check how the program names it, or enter a key.",
        ),
        Some(product) if product.refuses(facts.version) => {
            (Code::VersionOutdated, Code::VersionOutdated.message())
        }
        Some(product) if !product.is_active => (
            Code::NotFound,
            "This product is not offered any more, so there is no trial. Enter an activation key.",
        ),
        Some(product) => match device(facts, product.trial_days, now).judge(now) {
            Trial::Running => (Code::Ok, "The trial is running."),
            Trial::Over => (Code::TrialOver, Code::TrialOver.message()),
            Trial::Used => (Code::TrialUsed, Code::TrialUsed.message()),
        },
    };
    let mut verdict = verdict(facts, code, ends_at, now);
    verdict.message = message;
    if verdict.is_valid {
        verdict.status = Status::Trial;
    }
    verdict
}

fn device(facts: &Facts<'_>, trial_days: i32, now: Timestamp) -> TrialDevice {
    facts
        .device
        .unwrap_or_else(|| TrialDevice::first_contact(now, trial_days))
}

/// Without a licence: the known device's end; a new one's would-be end; now where no product says.
fn trial_end(facts: &Facts<'_>, now: Timestamp) -> Timestamp {
    let starts_one = matches!(facts.given, Given::Nothing);
    let trial_days = match &facts.product {
        Some(product) if starts_one && product.is_active => product.trial_days,
        _ => 0,
    };
    device(facts, trial_days, now).trial_ends_at
}

fn verdict(facts: &Facts<'_>, code: Code, expires_at: Timestamp, now: Timestamp) -> Verdict {
    let status = code.status();
    let is_valid = code == Code::Ok;
    let has_end = is_valid || status == Status::Expired;
    Verdict {
        is_valid,
        status,
        code,
        expires_at,
        remaining_days: (has_end && !expires_at.is_perpetual())
            .then(|| now.days_until(expires_at).max(0)),
        features: if is_valid {
            features::union(facts.features)
        } else {
            Vec::new()
        },
        message: code.message(),
    }
}

#[cfg(test)]
mod tests;
