//! Mail over SMTP, by lettre with a pool of connections.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use engine::ports::{
    MailRefusal, MailServer, MailServerProblem, MailServers, Mailer, OutgoingMail,
};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

/// How long the mail server may take to accept a connection.
const TIMEOUT: Duration = Duration::from_secs(20);
/// How long it may take in all: well under the lease of the job, which is a minute.
const LONGEST: Duration = Duration::from_secs(45);

/// Connections that are kept open to the installation's server.
const POOL: u32 = 4;
/// Connections that are kept open to a tenant's own.
const TENANT_POOL: u32 = 2;

/// A mail server that is asked over SMTP.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    host: String,
}

/// Why the mail server's address or the sender cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The URL is not one of a mail server.
    #[error("EXISONE_SMTP_URL must read smtp://user:password@host:587?tls=required or smtps://…")]
    Url,
    /// The sender is not an address.
    #[error(
        "EXISONE_MAIL_FROM must be an address, for example \"Nordwind <licenses@nordwind.example>\""
    )]
    From,
}

impl Smtp {
    /// Reads `smtp://…` or `smtps://…` (the URL may hold a password, so it is a secret) and the sender.
    pub fn new(url: &SecretString, from: &str) -> Result<Self, SmtpError> {
        Self::pooled(url, from, POOL)
    }

    fn pooled(url: &SecretString, from: &str, connections: u32) -> Result<Self, SmtpError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|_| SmtpError::Url)?
            .timeout(Some(TIMEOUT))
            .pool_config(PoolConfig::new().max_size(connections))
            .build();
        let from = from.parse().map_err(|_| SmtpError::From)?;
        let host = host(url.expose_secret());
        Ok(Self {
            transport,
            from,
            host,
        })
    }

    fn message(&self, mail: &OutgoingMail) -> Result<Message, MailRefusal> {
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| permanent("the address is not one that mail can be sent to"))?;
        let mut builder = Message::builder();
        if let Some(reply_to) = &mail.reply_to {
            let reply_to = reply_to
                .parse()
                .map_err(|_| permanent("the address for answers is not one"))?;
            builder = builder.reply_to(reply_to);
        }
        let builder = builder
            .message_id(Some(mail.message_id.clone()))
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone());
        let text = SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.clone());
        let message = match &mail.html {
            None => builder.singlepart(text),
            Some(html) => {
                let html = SinglePart::builder()
                    .header(ContentType::TEXT_HTML)
                    .body(html.clone());
                builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))
            }
        };
        message.map_err(|_| permanent("the mail could not be put together"))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: &OutgoingMail) -> Result<String, MailRefusal> {
        let message = self.message(mail)?;
        // The transport's own timeout ends with the connect: a server that accepts and says nothing
        // would keep the job beyond its lease.
        let sent = tokio::time::timeout(LONGEST, self.transport.send(message)).await;
        let Ok(sent) = sent else {
            return Err(MailRefusal {
                is_permanent: false,
                answer: "the mail server did not answer in time".into(),
            });
        };
        match sent {
            Ok(response) => {
                let code = response.code();
                let said = response.message().collect::<Vec<_>>().join(" ");
                Ok(bounded(&format!("{code} {said}")))
            }
            Err(error) => Err(MailRefusal {
                is_permanent: error.is_permanent(),
                answer: bounded(&describe(&error)),
            }),
        }
    }

    fn server(&self) -> MailServer {
        MailServer {
            host: self.host.clone(),
            sender: self.from.to_string(),
        }
    }
}

/// Tenants' own mail servers, over SMTP too.
pub struct SmtpServers;

impl MailServers for SmtpServers {
    fn open(&self, url: &SecretString, sender: &str) -> Result<Arc<dyn Mailer>, MailServerProblem> {
        match Smtp::pooled(url, sender, TENANT_POOL) {
            Ok(smtp) => Ok(Arc::new(smtp)),
            Err(SmtpError::Url) => Err(MailServerProblem::Url),
            Err(SmtpError::From) => Err(MailServerProblem::Sender),
        }
    }
}

/// Host and port of a URL, without what stands before the @.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.to_owned()
}

/// What the server said, or why it could not be asked.
fn describe(error: &lettre::transport::smtp::Error) -> String {
    use std::error::Error as _;
    match (error.status(), error.source()) {
        (Some(code), Some(said)) => format!("{code} {said}"),
        (None, Some(cause)) => format!("the mail server could not be asked: {cause}"),
        (_, None) => error.to_string(),
    }
}

fn permanent(answer: &str) -> MailRefusal {
    MailRefusal {
        is_permanent: true,
        answer: answer.into(),
    }
}

fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_told_without_user_and_password() {
        for (url, expected) in [
            (
                "smtp://mail.example.com:587?tls=required",
                "mail.example.com:587",
            ),
            ("smtps://ann:secret@mail.example.com", "mail.example.com"),
            (
                "smtps://ann%40a.example:se%2Fcret@mail.example.com:465/x",
                "mail.example.com:465",
            ),
            ("smtp://a@b:secret@[::1]:25", "[::1]:25"),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn every_url_and_sender_that_settings_take_can_be_used() {
        for url in [
            "smtp://mail.example.com",
            "smtp://127.0.0.1:2525?tls=opportunistic",
            "smtp://ann%40a.example:se%2Fcr%25et!$&'()*+,;=~@mail.example.com:587/?tls=required",
            "smtp://ann:secret@[::1]:25",
        ] {
            assert!(domain::mail_server::host(url).is_some(), "{url}");
            for sender in [
                "a@b.example",
                "Ann B. <a@b.example>",
                "Müller, Inc. <a@b.example>",
            ] {
                let line = domain::mail_server::sender(sender).expect("a sender");
                assert!(SmtpServers.open(&url.into(), &line).is_ok(), "{url} {line}");
            }
        }
        let refused = |url: &str, sender| SmtpServers.open(&url.into(), sender).err();
        let (url, sender) = ("smtp://mail.example.com", "a@b.example");
        assert_eq!(refused("http://x", sender), Some(MailServerProblem::Url));
        assert_eq!(refused(url, "nobody"), Some(MailServerProblem::Sender));
    }

    #[tokio::test]
    async fn answers_go_to_the_address_that_the_mail_names_and_to_none_else() {
        let smtp = Smtp::new(&"smtp://mail.example.com".into(), "no-reply@shop.example");
        let smtp = smtp.expect("it can be used");
        let headers = |reply_to: Option<&str>| {
            let mail = OutgoingMail {
                to: "ann@example.com".into(),
                reply_to: reply_to.map(Into::into),
                subject: "A matter".into(),
                text: "Reply-To: eve@example.com".into(),
                html: None,
                message_id: "<1@shop.example>".into(),
            };
            let message = smtp.message(&mail).expect("it is put together");
            let whole = String::from_utf8(message.formatted()).expect("a text");
            let (headers, _) = whole.split_once("\r\n\r\n").expect("headers and a text");
            headers.to_owned()
        };
        let answered: Vec<_> = headers(Some("una@example.com"))
            .lines()
            .filter(|line| line.starts_with("Reply-To:"))
            .map(str::to_owned)
            .collect();
        assert_eq!(answered, ["Reply-To: una@example.com"]);
        let silent = headers(None).to_lowercase();
        assert!(!silent.contains("reply-to"), "{silent}");
    }
}
