//! The settings of the rate limits: calls a minute, or off.

use std::num::NonZeroU32;

use super::Settings;
use crate::middleware::rate_limit::RateLimitSettings;

/// Reads what was given; what was not is as usual.
pub(super) fn check(settings: &Settings, problems: &mut Vec<String>) -> RateLimitSettings {
    let default = RateLimitSettings::default();
    let mut read = |name, given: &Option<String>, default| {
        let Some(text) = given.as_deref() else {
            return default;
        };
        per_minute(text).unwrap_or_else(|| {
            problems.push(format!(
                "EXISONE_RATE_LIMIT_{name} is {text:?}; it must be a number of calls a minute, or off."
            ));
            default
        })
    };
    RateLimitSettings {
        address: read("ADDRESS", &settings.rate_limit_address, default.address),
        token: read("TOKEN", &settings.rate_limit_token, default.token),
        guesses: read("GUESSES", &settings.rate_limit_guesses, default.guesses),
    }
}

/// `Some(None)` is off; `None` cannot be read.
#[expect(
    clippy::option_option,
    reason = "no limit and no meaning are two things"
)]
fn per_minute(text: &str) -> Option<Option<NonZeroU32>> {
    match text.trim() {
        "off" => Some(None),
        number => number.parse().ok().map(NonZeroU32::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_number_or_off() {
        let mut problems = Vec::new();
        let file = "rate_limit_address = 30\nrate_limit_token = \"off\"";
        let read = check(&toml::from_str(file).expect("reads"), &mut problems);
        assert_eq!(read.address, NonZeroU32::new(30));
        assert_eq!(read.token, None);
        assert_eq!(read.guesses, RateLimitSettings::default().guesses);
        let none = toml::from_str("rate_limit_token = 0").expect("reads");
        assert_eq!(check(&none, &mut problems).token, None);
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn what_is_no_limit_is_named() {
        for wrong in ["-1", "many", "", "1.5", "4294967296"] {
            let mut problems = Vec::new();
            let settings = Settings {
                rate_limit_guesses: Some(wrong.into()),
                ..Settings::default()
            };
            check(&settings, &mut problems);
            let said = problems.join("\n");
            assert!(said.contains("EXISONE_RATE_LIMIT_GUESSES"), "{said}");
        }
    }
}
