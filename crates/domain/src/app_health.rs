//! Whether a Stripe app can do its work, and what to do where it cannot.

use crate::words::words;

words! {
    /// What an app can do.
    pub enum AppStatus as "app status" {
        /// Makes checkouts and verifies events.
        Ready => "Ready",
        /// Makes checkouts, but cannot verify events.
        Partial => "Partial",
        /// Cannot even make checkouts.
        NotConfigured => "Not configured",
    }
}

/// What is known of a saved secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretState {
    /// None is saved.
    Missing,
    /// One is saved, and the tenant's key opens it.
    Readable,
    /// One is saved, but the tenant's key does not open it.
    Unreadable,
}

/// An app's status with cause and remedy of everything that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppHealth {
    /// What it can do.
    pub status: AppStatus,
    /// A sentence each; empty where all is well.
    pub problems: Vec<String>,
}

impl AppHealth {
    /// Judges an app by its secrets. An inactive app keeps its status, and says that it is inactive.
    pub fn judge(secret_key: SecretState, signing_secret: SecretState, is_active: bool) -> Self {
        let status = match (secret_key, signing_secret) {
            (SecretState::Readable, SecretState::Readable) => AppStatus::Ready,
            (SecretState::Readable, _) => AppStatus::Partial,
            _ => AppStatus::NotConfigured,
        };
        let key = match secret_key {
            SecretState::Readable => None,
            SecretState::Missing => Some("Add the secret key (sk_… or rk_…)."),
            SecretState::Unreadable => Some(
                "The secret key cannot be decrypted. Check that a tenant key is active, then save the key again.",
            ),
        };
        let signing = match signing_secret {
            SecretState::Readable => None,
            SecretState::Missing => Some(
                "Add the webhook signing secret (whsec_…): without it no event can be verified.",
            ),
            SecretState::Unreadable => Some(
                "The signing secret cannot be decrypted. Check that a tenant key is active, then save the secret again.",
            ),
        };
        let inactive =
            (!is_active).then_some("The app is not active: its events are refused. Activate it.");
        let problems = key.into_iter().chain(signing).chain(inactive);
        Self {
            status,
            problems: problems.map(str::to_owned).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        SecretState::Readable,
        SecretState::Readable,
        true,
        AppStatus::Ready,
        0
    )]
    #[case(
        SecretState::Readable,
        SecretState::Readable,
        false,
        AppStatus::Ready,
        1
    )]
    #[case(
        SecretState::Readable,
        SecretState::Missing,
        true,
        AppStatus::Partial,
        1
    )]
    #[case(
        SecretState::Readable,
        SecretState::Unreadable,
        true,
        AppStatus::Partial,
        1
    )]
    #[case(
        SecretState::Missing,
        SecretState::Readable,
        true,
        AppStatus::NotConfigured,
        1
    )]
    #[case(
        SecretState::Unreadable,
        SecretState::Unreadable,
        true,
        AppStatus::NotConfigured,
        2
    )]
    #[case(
        SecretState::Missing,
        SecretState::Missing,
        false,
        AppStatus::NotConfigured,
        3
    )]
    fn an_app_is_as_well_as_its_secrets(
        #[case] secret_key: SecretState,
        #[case] signing_secret: SecretState,
        #[case] is_active: bool,
        #[case] status: AppStatus,
        #[case] problems: usize,
    ) {
        let health = AppHealth::judge(secret_key, signing_secret, is_active);
        assert_eq!(health.status, status);
        assert_eq!(health.problems.len(), problems, "{:?}", health.problems);
    }
}
