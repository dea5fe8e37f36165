//! A mail server as it is written in one line, and who mails come from.

use crate::email_address;

/// What stands beside a field that holds another URL.
pub const URL_ADVICE: &str = "Write smtp://user:password@mail.example.com:587?tls=required, or smtps://… for port 465. \
    In user and password write @ as %40, / as %2F, : as %3A, ? as %3F, # as %23 and % as %25.";
/// What stands beside a field that holds another sender.
pub const SENDER_ADVICE: &str =
    "Write one address, with a name before it if you like: Nordwind <licenses@nordwind.example>.";

const URL_MAX: usize = 500;
const NAME_MAX: usize = 100;

/// Host and port of a mail server's URL, for people to look at; `None` where it is no such URL.
/// Taken are `smtp` and `smtps`, a user only with a password, and `tls=required` or `tls=opportunistic`.
pub fn host(url: &str) -> Option<&str> {
    let is_line = url.len() <= URL_MAX && url.chars().all(|c| c.is_ascii_graphic());
    let rest = url
        .strip_prefix("smtp://")
        .or_else(|| url.strip_prefix("smtps://"))
        .filter(|_| is_line)?;
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
    let is_login = login.is_empty() != authority.contains('@') && is_login(login);
    let is_query = matches!(query, "" | "tls=required" | "tls=opportunistic");
    (is_login && is_query && is_place(place)).then_some(place)
}

/// Nothing, or a user and a password with their special characters percent-encoded.
fn is_login(login: &str) -> bool {
    let Some((user, password)) = login.split_once(':') else {
        return login.is_empty();
    };
    !user.is_empty() && !password.is_empty() && is_encoded(user) && is_encoded(password)
}

fn is_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    let is_plain = |part: &str| !part.contains(['@', ':', '/', '?', '#', '[', ']', '\\']);
    let is_code = |part: &str| {
        part.get(..2)
            .is_some_and(|code| code.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    parts.next().is_some_and(is_plain) && parts.all(|part| is_code(part) && is_plain(part))
}

/// A name or an address of a machine, perhaps with a port.
fn is_place(place: &str) -> bool {
    let bracketed = place.strip_prefix('[').and_then(|p| p.split_once(']'));
    if let Some((address, rest)) = bracketed {
        let is_address = address.parse::<core::net::Ipv6Addr>().is_ok();
        return is_address && (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port));
    }
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    host.len() <= 253 && host.split('.').all(is_label) && port.is_none_or(is_port)
}

fn is_label(label: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(is_inner)
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
}

/// The sender as a From line says it; `None` where it is not one address, perhaps with a name.
pub fn sender(text: &str) -> Option<String> {
    let text = text.trim();
    let Some((name, rest)) = text.split_once('<') else {
        return email_address::parse(text);
    };
    let address = email_address::parse(rest.strip_suffix('>')?)?;
    let name = name.trim();
    let quoted = name.strip_prefix('"').and_then(|n| n.strip_suffix('"'));
    let name = quoted.unwrap_or(name);
    if name.chars().count() > NAME_MAX
        || name.contains(['"', '\\', '<', '>'])
        || name.chars().any(char::is_control)
    {
        return None;
    }
    let is_plain = |c: char| c.is_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    Some(match name {
        "" => address,
        name if name.chars().all(is_plain) => format!("{name} <{address}>"),
        name => format!("\"{name}\" <{address}>"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("smtp://mail.example.com", "mail.example.com")]
    #[case("smtp://mail.example.com:587?tls=required", "mail.example.com:587")]
    #[case("smtp://127.0.0.1:2525?tls=opportunistic", "127.0.0.1:2525")]
    #[case("smtps://ann:secret@mail.example.com", "mail.example.com")]
    #[case(
        "smtps://ann%40a.example:se%2Fcr%25et!$&'()*+,;=~@mail.example.com:465/",
        "mail.example.com:465"
    )]
    #[case("smtp://ann:secret@[::1]:25", "[::1]:25")]
    #[case("smtp://localhost", "localhost")]
    fn the_host_is_told_without_user_and_password(#[case] url: &str, #[case] expected: &str) {
        assert_eq!(host(url), Some(expected));
    }

    #[rstest]
    #[case("")]
    #[case("mail.example.com")]
    #[case("http://mail.example.com")]
    #[case("smtp://")]
    #[case("smtp://ann:secret@")]
    #[case("smtp://ann@mail.example.com")]
    #[case("smtp://:secret@mail.example.com")]
    #[case("smtp://ann:@mail.example.com")]
    #[case("smtp://@mail.example.com")]
    #[case("smtp://ann:se@cret@mail.example.com")]
    #[case("smtp://ann:12/34@mail.example.com")]
    #[case("smtp://ann:12?34@mail.example.com")]
    #[case("smtp://ann:12#34@mail.example.com")]
    #[case("smtp://ann:100%@mail.example.com")]
    #[case("smtp://ann:100%zz@mail.example.com")]
    #[case("smtp://mail example.com")]
    #[case("smtp://mail..example.com")]
    #[case("smtp://-mail.example.com")]
    #[case("smtp://münchen.example")]
    #[case("smtp://mail.example.com:0")]
    #[case("smtp://mail.example.com:65536")]
    #[case("smtp://mail.example.com:+25")]
    #[case("smtp://mail.example.com:")]
    #[case("smtp://mail.example.com/hello")]
    #[case("smtp://mail.example.com?tls=none")]
    #[case("smtp://mail.example.com?tls=required&x=1")]
    #[case("smtp://[::1")]
    #[case("smtp://[mail]:25")]
    #[case("smtp://mail.example.com\r\nx")]
    fn anything_else_is_no_mail_server(#[case] url: &str) {
        assert_eq!(host(url), None);
        let endless = format!("smtp://ann:{}@mail.example.com", "a".repeat(500));
        assert_eq!(host(&endless), None);
    }

    #[rstest]
    #[case(" licenses@nordwind.example ", "licenses@nordwind.example")]
    #[case("<a@b.example>", "a@b.example")]
    #[case("Nordwind <a@b.example>", "Nordwind <a@b.example>")]
    #[case("\"Nordwind\" <a@b.example>", "Nordwind <a@b.example>")]
    #[case("Müller, Inc. <a@b.example>", "\"Müller, Inc.\" <a@b.example>")]
    fn a_sender_reads_as_its_from_line(#[case] text: &str, #[case] line: &str) {
        assert_eq!(sender(text).as_deref(), Some(line));
    }

    #[rstest]
    #[case("")]
    #[case("Nordwind")]
    #[case("Nordwind <nordwind>")]
    #[case("Nordwind <a@b.example")]
    #[case("Nordwind <a@b.example> x")]
    #[case("a@b.example, c@d.example")]
    #[case("Nord\"wind <a@b.example>")]
    #[case("Nord\r\nBcc: x <a@b.example>")]
    fn anything_else_is_no_sender(#[case] text: &str) {
        assert_eq!(sender(text), None);
    }
}
