//! Whether a Stripe app can work, and what stands in its way: cause and remedy, nothing secret.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// What an app is good for just now.
    pub enum StripeAppStatus as "Stripe app status" {
        /// Sells and verifies.
        Ready => "Ready",
        /// Sells, but cannot verify what comes back.
        Partial => "Partial",
        /// Cannot talk to Stripe.
        NotConfigured => "Not configured",
    }
}

/// How it stands with one saved secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SavedSecret {
    /// None is saved.
    Missing,
    /// One is saved, but cannot be opened.
    Unreadable,
    /// One is saved and can be opened.
    Readable,
}

/// What is known of an app without asking Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StripeAppFacts {
    /// Live, or else Test.
    pub is_live: bool,
    /// Inactive apps verify nothing.
    pub is_active: bool,
    /// The tenant has an active key to seal and open secrets with.
    pub has_tenant_key: bool,
    /// `sk_…` or `rk_…`.
    pub secret_key: SavedSecret,
    /// `whsec_…`.
    pub signing_secret: SavedSecret,
}

/// One thing that stands in an app's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub cause: String,
    /// What to do.
    pub remedy: String,
}

/// What an app is good for.
pub const fn status(facts: StripeAppFacts) -> StripeAppStatus {
    match (facts.secret_key, facts.signing_secret) {
        (SavedSecret::Readable, SavedSecret::Readable) => StripeAppStatus::Ready,
        (SavedSecret::Readable, _) => StripeAppStatus::Partial,
        _ => StripeAppStatus::NotConfigured,
    }
}

/// What stands in an app's way, the first thing to do first; empty where nothing does.
pub fn problems(facts: StripeAppFacts) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !facts.has_tenant_key {
        problems.push(problem(
            "This tenant has no active key, so secrets can be neither saved nor read.",
            "Generate and activate a key under Tenant Keys, then save the secrets here again.",
        ));
    }
    let mode = if facts.is_live { "live" } else { "test" };
    match facts.secret_key {
        SavedSecret::Readable => {}
        SavedSecret::Missing => problems.push(problem(
            "No secret key is saved.",
            &format!("Copy the key that starts with sk_{mode}_ or rk_{mode}_ from the Stripe Dashboard, Developers › API keys, and save it here."),
        )),
        SavedSecret::Unreadable => problems.push(problem(
            "The saved secret key cannot be decrypted.",
            "Make sure that a key is active under Tenant Keys, then enter the secret key here again and save.",
        )),
    }
    match facts.signing_secret {
        SavedSecret::Readable => {}
        SavedSecret::Missing => problems.push(problem(
            "No webhook signing secret is saved, so no payment can be verified.",
            "In Stripe, open the webhook endpoint that targets this app’s URL, reveal its signing secret (whsec_…) and save it here.",
        )),
        SavedSecret::Unreadable => problems.push(problem(
            "The saved webhook signing secret cannot be decrypted.",
            "Make sure that a key is active under Tenant Keys, then enter the signing secret here again and save.",
        )),
    }
    if !facts.is_active {
        problems.push(problem(
            "The app is not active: it sells nothing, and deliveries to it are refused.",
            "Mark it Active and save.",
        ));
    }
    problems
}

fn problem(cause: &str, remedy: &str) -> Problem {
    Problem {
        cause: cause.to_owned(),
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::SavedSecret::{Missing, Readable, Unreadable};
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Readable, Readable, "Ready", 0)]
    #[case(Readable, Missing, "Partial", 1)]
    #[case(Readable, Unreadable, "Partial", 1)]
    #[case(Missing, Readable, "Not configured", 1)]
    #[case(Unreadable, Readable, "Not configured", 1)]
    #[case(Missing, Missing, "Not configured", 2)]
    fn the_status_follows_from_the_secrets(
        #[case] secret_key: SavedSecret,
        #[case] signing_secret: SavedSecret,
        #[case] word: &str,
        #[case] count: usize,
    ) {
        let facts = StripeAppFacts {
            is_live: false,
            is_active: true,
            has_tenant_key: true,
            secret_key,
            signing_secret,
        };
        assert_eq!(status(facts).as_str(), word);
        assert_eq!(problems(facts).len(), count);
    }

    #[test]
    fn a_missing_tenant_key_is_the_first_thing_to_mend() {
        let facts = StripeAppFacts {
            is_live: true,
            is_active: false,
            has_tenant_key: false,
            secret_key: Missing,
            signing_secret: Unreadable,
        };
        let problems = problems(facts);
        assert_eq!(problems.len(), 4);
        assert!(problems[0].remedy.contains("Tenant Keys"));
        assert!(problems[1].remedy.contains("sk_live_"));
    }
}
