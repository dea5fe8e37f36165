//! The mailbox's pages: the list at /mailbox, one mail at /mailbox/{id}.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Mail;
use crate::html::{escape, moment, page};
use crate::inner::Inner;

/// GET /mailbox, newest first.
pub(crate) async fn list(State(inner): State<Arc<Inner>>) -> Response {
    let mails = inner.lock().mails.clone();
    if mails.is_empty() {
        let body = format!(
            "<main class=\"wide\"><h1>Mailbox</h1><div class=\"card\"><p>No mail has come yet. Whatever is sent to SMTP at <code>{}</code> appears here; reload to see it.</p></div></main>",
            inner.smtp
        );
        return page("Mailbox", &body);
    }
    let mut rows = String::new();
    for mail in mails.iter().rev() {
        let _ = write!(
            rows,
            "<tr><td><a href=\"/mailbox/{}\">{}</a></td><td>{}</td><td>{}</td></tr>",
            escape(&mail.id),
            escape(if mail.subject.is_empty() {
                "(no subject)"
            } else {
                &mail.subject
            }),
            escape(&mail.recipients.join(", ")),
            moment(mail.received_at),
        );
    }
    let body = format!(
        "<main class=\"wide\"><h1>Mailbox</h1><div class=\"card\"><table><thead><tr><th>Subject</th><th>To</th><th>Received</th></tr></thead><tbody>{rows}</tbody></table></div></main>"
    );
    page("Mailbox", &body)
}

/// GET /mailbox/{id}.
pub(crate) async fn view(State(inner): State<Arc<Inner>>, Path(id): Path<String>) -> Response {
    let mail = inner
        .lock()
        .mails
        .iter()
        .find(|mail| mail.id == id)
        .cloned();
    match mail {
        Some(mail) => show(&mail),
        None => (
            StatusCode::NOT_FOUND,
            page("No such mail", "<main><h1>No such mail</h1><p><a href=\"/mailbox\">Back to the mailbox</a></p></main>"),
        )
            .into_response(),
    }
}

fn show(mail: &Mail) -> Response {
    let text = match (&mail.html, mail.text.is_empty()) {
        (Some(html), true) => html.as_str(),
        _ => mail.text.as_str(),
    };
    let body = format!(
        "<main class=\"wide\"><p><a href=\"/mailbox\">Back to the mailbox</a></p><h1>{}</h1><div class=\"card\"><dl><dt>From</dt><dd>{}</dd><dt>To</dt><dd>{}</dd><dt>Received</dt><dd>{}</dd><dt>Message-ID</dt><dd>{}</dd></dl></div><div class=\"card\"><pre>{}</pre></div><details class=\"card\"><summary>Source</summary><pre>{}</pre></details></main>",
        escape(&mail.subject),
        escape(&mail.from),
        escape(&mail.recipients.join(", ")),
        moment(mail.received_at),
        escape(&mail.message_id),
        escape(text),
        escape(&mail.raw),
    );
    page(&mail.subject, &body)
}
