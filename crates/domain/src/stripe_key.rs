//! Telling Stripe's keys and secrets apart by their prefixes, and their modes.

/// Stripe's keys and secrets are shorter than this.
const KEY_MAX: usize = 255;
/// What must at least follow a prefix.
const KEY_MIN: usize = 8;

/// What is wrong with a text that has the right prefix; never repeats it.
pub(crate) fn malformed(key: &str) -> Option<String> {
    let rest = key.rsplit('_').next().unwrap_or_default();
    let is_key = key
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-+/=".contains(&b));
    if !is_key {
        return Some("It has characters that no key of Stripe has. Copy it again, with Stripe’s copy button.".into());
    }
    if key.len() > KEY_MAX {
        return Some("It is too long. Copy it again, alone.".into());
    }
    (rest.len() < KEY_MIN).then(|| "It is too short. Copy the whole of it.".into())
}

/// The mode that an app is marked with.
#[derive(Clone, Copy)]
pub(crate) struct Mode {
    pub(crate) is_live: bool,
}

impl Mode {
    pub(crate) const fn other(self) -> Self {
        Self {
            is_live: !self.is_live,
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        if self.is_live { "live" } else { "test" }
    }

    pub(crate) const fn label(self) -> &'static str {
        if self.is_live { "Live" } else { "Test" }
    }

    pub(crate) fn secret_prefixes(self) -> String {
        format!("sk_{0}_ or rk_{0}_", self.word())
    }

    pub(crate) fn contradicted_by(self, what: &str, prefix: &str) -> String {
        let other = self.other();
        format!(
            "This is a {} {what}, but the app is marked {}. Paste the key that starts with {prefix}, or switch the app to {}.",
            other.word(),
            self.label(),
            other.label()
        )
    }
}

/// What a text is by its prefix (docs.stripe.com/keys).
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Publishable { is_live: bool },
    Secret { is_live: bool },
    SigningSecret,
    Unknown,
}

impl Kind {
    pub(crate) fn of(text: &str) -> Self {
        let mut parts = text.splitn(3, '_');
        let mode = |part: Option<&str>| match part {
            Some("live") => Some(true),
            Some("test") => Some(false),
            _ => None,
        };
        match (parts.next(), mode(parts.next()), parts.next()) {
            (Some("pk"), Some(is_live), Some(_)) => Self::Publishable { is_live },
            (Some("sk" | "rk"), Some(is_live), Some(_)) => Self::Secret { is_live },
            (Some("whsec"), ..) if text.len() > "whsec_".len() => Self::SigningSecret,
            _ => Self::Unknown,
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Publishable { .. } => "This is a publishable key. ",
            Self::Secret { .. } => "This is a secret key. ",
            Self::SigningSecret => "This is a webhook signing secret. ",
            Self::Unknown => "",
        }
    }
}
