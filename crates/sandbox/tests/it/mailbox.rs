//! Mail over SMTP, and the pages that show it.

use lettre::message::{Mailbox, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sandbox::{Faults, MailFaults, Sandbox};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::house::{client, sandbox};

const MAIL: &str = "From: Shop <shop@example.com>\r\nTo: jane@example.com\r\nSubject: =?utf-8?b?SWhyIFNjaGzDvHNzZWw=?=\r\nMessage-ID: <1@example.com>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nKey: AAAA=\r\n-BBBB\r\n..dot\r\n.";

/// Says the lines one after the other; answers the server's codes, 0 for a closed connection.
async fn converse(sandbox: &Sandbox, lines: &[&str]) -> Vec<String> {
    let stream = TcpStream::connect(sandbox.smtp_addr())
        .await
        .expect("a connection");
    let (read, mut write) = stream.into_split();
    let mut answers = BufReader::new(read).lines();
    let mut codes = vec![next_code(&mut answers).await];
    for line in lines {
        write
            .write_all(format!("{line}\r\n").as_bytes())
            .await
            .expect("written");
        codes.push(next_code(&mut answers).await);
    }
    codes
}

async fn next_code<R: AsyncBufReadExt + Unpin>(answers: &mut tokio::io::Lines<R>) -> String {
    loop {
        let line = answers.next_line().await.ok().flatten().unwrap_or_default();
        if line.get(3..4) != Some("-") {
            return line.chars().take(3).collect();
        }
    }
}

const LINES: [&str; 5] = [
    "EHLO test",
    "MAIL FROM:<shop@example.com>",
    "RCPT TO:<jane@example.com>",
    "DATA",
    MAIL,
];

fn faults(mail: MailFaults) -> Faults {
    Faults {
        mail,
        ..Faults::default()
    }
}

#[tokio::test]
async fn a_mail_is_taken_decoded_and_shown() {
    let sandbox = sandbox().await;
    let codes = converse(&sandbox, &LINES).await;
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250"]);
    let mail = sandbox.wait_for_mails(1).await.pop().expect("a mail");
    assert_eq!(mail.subject, "Ihr Schlüssel");
    assert_eq!(mail.recipients, ["jane@example.com"]);
    assert_eq!(mail.message_id, "<1@example.com>");
    assert_eq!(mail.text, "Key: AAAA-BBBB\n.dot\n");
    for (path, part) in [
        ("/mailbox".to_owned(), "Ihr Schlüssel"),
        (format!("/mailbox/{}", mail.id), "Key: AAAA-BBBB"),
        (
            "/_sandbox/mails?to=jane@example.com".to_owned(),
            "\"messageId\":\"<1@example.com>\"",
        ),
    ] {
        let url = format!("{}{path}", sandbox.base_url());
        let page = client().get(url).send().await.expect("a page");
        let text = page.text().await.expect("a text");
        assert!(text.contains(part), "{path}: {text}");
    }
}

#[tokio::test]
async fn the_switches_refuse_and_then_accept() {
    let sandbox = sandbox().await;
    sandbox.set_faults(faults(MailFaults {
        refuse_recipients: 1,
        code: 550,
        ..MailFaults::default()
    }));
    assert_eq!(converse(&sandbox, &LINES[..3]).await[3], "550");
    sandbox.set_faults(faults(MailFaults {
        refuse_data: 1,
        ..MailFaults::default()
    }));
    assert_eq!(converse(&sandbox, &LINES).await[5], "451");
    assert!(sandbox.mails().is_empty());
    assert_eq!(converse(&sandbox, &LINES).await[5], "250");
    assert_eq!(sandbox.mails().len(), 1);
}

#[tokio::test]
async fn an_address_is_refused_as_often_as_it_is_named_and_no_other_is() {
    let sandbox = sandbox().await;
    sandbox.set_faults(faults(MailFaults {
        refuse_addresses: vec!["Jane@example.com".into()],
        code: 550,
        ..MailFaults::default()
    }));
    let [hello, from, jane, ..] = LINES;
    let joan = "RCPT TO:<joan@example.com>";
    let codes = converse(&sandbox, &[hello, from, jane, jane, joan]).await;
    assert_eq!(codes, ["220", "250", "250", "550", "550", "250"]);
}

#[tokio::test]
async fn a_connection_may_close_after_the_data_was_taken() {
    let sandbox = sandbox().await;
    sandbox.set_faults(faults(MailFaults {
        close_after_data: 1,
        ..MailFaults::default()
    }));
    assert_eq!(converse(&sandbox, &LINES).await[5], "");
    assert_eq!(sandbox.mails().len(), 1);
}

#[tokio::test]
async fn an_empty_mailbox_says_what_to_do() {
    let sandbox = sandbox().await;
    let page = client()
        .get(format!("{}/mailbox", sandbox.base_url()))
        .send()
        .await;
    let text = page.expect("a page").text().await.expect("a text");
    assert!(text.contains("No mail has come yet"));
}

#[tokio::test]
async fn a_mail_of_the_rust_mailer_arrives_as_it_was_written() {
    let sandbox = sandbox().await;
    let address = sandbox.smtp_addr();
    let mailer = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(address.ip().to_string())
        .port(address.port())
        .build();
    let text = "Grüße,\n.\nkey: AAAA-BBBB-CCCC-DDDD = yours, and a line that is longer than seventy-six characters…\n";
    let person = |text: &str| text.parse::<Mailbox>().expect("an address");
    let message = Message::builder()
        .from(person("Müller & Söhne <shop@example.com>"))
        .to(person("jane@example.com"))
        .subject("Ihr Schlüssel für „Photo Pro“, gültig bis 2049-12-31, ein recht langer Betreff")
        .header(ContentType::TEXT_PLAIN)
        .body(text.to_owned())
        .expect("a message");
    mailer.send(message).await.expect("sent");
    let mail = sandbox.wait_for_mails(1).await.pop().expect("a mail");
    assert_eq!(
        mail.subject,
        "Ihr Schlüssel für „Photo Pro“, gültig bis 2049-12-31, ein recht langer Betreff"
    );
    assert!(mail.from.contains("Müller & Söhne"), "{}", mail.from);
    assert_eq!(mail.text.trim_end(), text.trim_end());
}
