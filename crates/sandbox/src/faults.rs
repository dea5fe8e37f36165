//! The switches that make the sandbox misbehave.

use serde::{Deserialize, Serialize};

/// All switches; everything off is how Stripe should be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Faults {
    /// What happens to webhook deliveries.
    pub webhooks: WebhookFaults,
    /// What happens to calls of the API.
    pub api: ApiFaults,
    /// What happens to mails.
    pub mail: MailFaults,
}

/// Switches of webhook deliveries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct WebhookFaults {
    /// How many more times each event is sent.
    pub duplicates: u32,
    /// How many more Event objects, each with an id of its own, tell the same fact.
    pub twins: u32,
    /// Milliseconds that each first attempt waits.
    pub delay_millis: i64,
    /// Sends the events of one cause one after the other, the last one first.
    pub reorder: bool,
    /// How many of the next deliveries are lost for good.
    pub drop_next: u32,
    /// Sends nothing until each delivery is sent by hand.
    pub hold: bool,
}

impl WebhookFaults {
    /// Takes one of the deliveries to be lost.
    pub(crate) fn take_drop(&mut self) -> bool {
        let lost = self.drop_next > 0;
        self.drop_next = self.drop_next.saturating_sub(1);
        lost
    }
}

/// Switches of the API under /v1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct ApiFaults {
    /// Answers 503 while true.
    pub down: bool,
    /// Answers 503 to so many of the next calls.
    pub fail_next: u32,
    /// Milliseconds that each answer waits.
    pub delay_millis: u64,
    /// Acts, and then closes the connection instead of answering, so many times.
    pub lose_answers: u32,
}

/// Switches of the mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct MailFaults {
    /// The next so many RCPT commands get `code`.
    pub refuse_recipients: u32,
    /// Every RCPT command for one of these addresses gets `code`.
    pub refuse_addresses: Vec<String>,
    /// The next so many messages get `code` after their data, and are not stored.
    pub refuse_data: u32,
    /// The next so many connections are closed after the data was stored, without an answer.
    pub close_after_data: u32,
    /// The code of a refusal; 0 means 451.
    pub code: u16,
}
