//! A small SMTP server (RFC 5321: EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT), without TLS; any AUTH PLAIN is taken.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Mail, message};
use crate::faults::MailFaults;
use crate::inner::Inner;

/// Larger messages are refused with 552.
const LARGEST: usize = 10 * 1024 * 1024;

/// Takes connections until its task is ended.
pub(crate) async fn run(inner: Arc<Inner>, listener: TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let inner = Arc::clone(&inner);
                tokio::spawn(async move {
                    if let Err(error) = converse(&inner, stream).await {
                        tracing::debug!(%error, "an SMTP connection broke off");
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "an SMTP connection could not be taken"),
        }
    }
}

/// The envelope as far as it was said.
#[derive(Default)]
struct Envelope {
    sender: Option<String>,
    recipients: Vec<String>,
}

async fn converse(inner: &Inner, stream: TcpStream) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut envelope = Envelope::default();
    say(&mut write, "220 sandbox ESMTP").await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = command
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        if verb == "QUIT" {
            return say(&mut write, "221 2.0.0 Bye").await;
        }
        if verb != "DATA" {
            let answer = answer(inner, &mut envelope, &verb, &command);
            say(&mut write, &answer).await?;
            continue;
        }
        if envelope.recipients.is_empty() {
            say(&mut write, "503 5.5.1 RCPT first").await?;
            continue;
        }
        say(&mut write, "354 End data with <CR><LF>.<CR><LF>").await?;
        let data = read_data(&mut lines).await?;
        match take(inner, std::mem::take(&mut envelope), data) {
            Some(answer) => say(&mut write, &answer).await?,
            None => return Ok(()),
        }
    }
}

async fn say(write: &mut (impl AsyncWriteExt + Unpin), line: &str) -> std::io::Result<()> {
    write.write_all(format!("{line}\r\n").as_bytes()).await
}

fn answer(inner: &Inner, envelope: &mut Envelope, verb: &str, command: &str) -> String {
    match verb {
        "EHLO" => format!(
            "250-sandbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250-AUTH PLAIN\r\n250 SIZE {LARGEST}"
        ),
        "AUTH" => "235 2.7.0 Whoever you are".to_owned(),
        "HELO" => "250 sandbox".to_owned(),
        "MAIL" => {
            *envelope = Envelope::default();
            envelope.sender = Some(address(command));
            "250 2.1.0 Ok".to_owned()
        }
        "RCPT" if envelope.sender.is_none() => "503 5.5.1 MAIL first".to_owned(),
        "RCPT" => {
            let recipient = address(command);
            let faults = &mut inner.lock().faults.mail;
            let is_refused = |refused: &String| refused.eq_ignore_ascii_case(&recipient);
            if faults.refuse_addresses.iter().any(is_refused) {
                return refusal(faults);
            }
            if faults.refuse_recipients > 0 {
                faults.refuse_recipients -= 1;
                return refusal(faults);
            }
            envelope.recipients.push(recipient);
            "250 2.1.5 Ok".to_owned()
        }
        "RSET" => {
            *envelope = Envelope::default();
            "250 2.0.0 Ok".to_owned()
        }
        "NOOP" => "250 2.0.0 Ok".to_owned(),
        "VRFY" => "252 2.1.5 Send it and see".to_owned(),
        _ => "502 5.5.2 Command not known".to_owned(),
    }
}

/// What stands between `<` and `>`.
fn address(command: &str) -> String {
    let inner = command
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map(|(address, _)| address.to_owned())
        .unwrap_or_default()
}

fn refusal(faults: &MailFaults) -> String {
    match faults.code {
        0 => "451 4.3.0 Refused on purpose, try again later".to_owned(),
        code if code >= 500 => format!("{code} 5.1.1 Refused on purpose"),
        code => format!("{code} 4.3.0 Refused on purpose, try again later"),
    }
}

/// The lines up to the single dot, doubled dots undone; none when it is too much.
async fn read_data(lines: &mut (impl AsyncBufReadExt + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    let mut too_much = false;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" || line == b".\n" {
            return Ok((!too_much).then_some(data));
        }
        too_much |= data.len() + line.len() > LARGEST;
        if !too_much {
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }
}

/// Stores a message; none means that the connection is closed instead of answering.
fn take(inner: &Inner, envelope: Envelope, data: Option<Vec<u8>>) -> Option<String> {
    let Some(data) = data else {
        return Some("552 5.3.4 Message too big".to_owned());
    };
    let mut world = inner.lock();
    let faults = &mut world.faults.mail;
    if faults.refuse_data > 0 {
        faults.refuse_data -= 1;
        return Some(refusal(faults));
    }
    let silent = faults.close_after_data > 0;
    faults.close_after_data = faults.close_after_data.saturating_sub(1);
    let message = message::read(&data);
    let id = format!("mail_{}", inner.tools.dice.letters(12));
    let answer = format!("250 2.0.0 Ok: queued as {id}");
    world.mails.push(Mail {
        id,
        received_at: inner.tools.clock.now(),
        sender: envelope.sender.unwrap_or_default(),
        recipients: envelope.recipients,
        from: message.from,
        to: message.to,
        subject: message.subject,
        message_id: message.id,
        text: message.text,
        html: message.html,
        raw: String::from_utf8_lossy(&data).into_owned(),
    });
    drop(world);
    inner.touch();
    (!silent).then_some(answer)
}
