//! Which tone a state's word has, the same on every page.

use domain::stripe_app_status::StripeAppStatus;

use crate::ui::Tone;

/// Tone of a licence's state.
pub fn license(state: &str) -> Tone {
    match state {
        "active" | "licensed" => Tone::Ok,
        "new" => Tone::Info,
        "suspended" | "expired" => Tone::Warn,
        "revoked" | "refunded" => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// Tone of a device's state.
pub fn device(state: &str) -> Tone {
    match state {
        "activated" => Tone::Ok,
        "on trial" => Tone::Info,
        "trial over" => Tone::Warn,
        _ => Tone::Plain,
    }
}

/// Tone of an event's status.
pub fn event(status: &str) -> Tone {
    match status {
        "verified" => Tone::Ok,
        "failed" => Tone::Bad,
        "received" => Tone::Info,
        _ => Tone::Plain,
    }
}

/// Tone of a mail's state.
pub fn mail(state: &str) -> Tone {
    match state {
        "sent" => Tone::Ok,
        "failed" => Tone::Bad,
        "retrying" => Tone::Warn,
        "queued" | "waiting" => Tone::Info,
        _ => Tone::Plain,
    }
}

/// Tone of a ticket's state.
pub fn ticket(state: &str) -> Tone {
    match state {
        "open" => Tone::Info,
        _ => Tone::Plain,
    }
}

/// What kind of mail it is, in words.
pub fn mail_kind(word: &str) -> String {
    word.replace('_', " ")
}

/// Tone of a purchase's state.
pub fn order(state: &str) -> Tone {
    match state {
        "issued" => Tone::Ok,
        "open" | "waiting" => Tone::Info,
        "review" => Tone::Warn,
        "failed" => Tone::Bad,
        _ => Tone::Plain,
    }
}

/// Tone of an event's processing state.
pub fn processing(word: &str) -> Tone {
    match word {
        "fulfilled" | "ignored" => Tone::Ok,
        "failed" => Tone::Bad,
        _ => Tone::Warn,
    }
}

/// Tone of a Stripe app's status.
pub const fn app(status: StripeAppStatus) -> Tone {
    match status {
        StripeAppStatus::Ready => Tone::Ok,
        StripeAppStatus::Partial => Tone::Warn,
        StripeAppStatus::NotConfigured => Tone::Bad,
    }
}

/// Word and tone of a side of the Test / Live switch.
pub const fn mode(is_live: bool) -> (Tone, &'static str) {
    if is_live {
        (Tone::Info, "Live")
    } else {
        (Tone::Warn, "Test")
    }
}

/// `30 days`, or `Perpetual`.
pub fn days(days: i32) -> String {
    match days {
        0 => "Perpetual".to_owned(),
        days => crate::format::counted(i64::from(days), "day"),
    }
}
