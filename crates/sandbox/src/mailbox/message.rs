//! Reads a mail: headers, encoded words (RFC 2047), multipart (RFC 2046), quoted-printable and base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The decoded parts of a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    pub from: String,
    pub to: String,
    pub subject: String,
    /// With its angle brackets.
    pub id: String,
    pub text: String,
    pub html: Option<String>,
}

/// Reads what can be read; what is malformed stays as it is.
pub(crate) fn read(raw: &[u8]) -> Message {
    let part = Part::split(raw);
    let header = |name: &str| decode_words(&part.header(name));
    let mut message = Message {
        from: header("from"),
        to: header("to"),
        subject: header("subject"),
        id: part.header("message-id"),
        ..Message::default()
    };
    collect(&part, &mut message, 0);
    message
}

struct Part {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Part {
    fn split(raw: &[u8]) -> Self {
        let (head, body) = match find(raw, b"\r\n\r\n").map(|at| (at, 4)) {
            Some(found) => cut(raw, found),
            None => match find(raw, b"\n\n").map(|at| (at, 2)) {
                Some(found) => cut(raw, found),
                None => (raw, &raw[raw.len()..]),
            },
        };
        let head = String::from_utf8_lossy(head).replace("\r\n", "\n");
        let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
        let headers = unfolded.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned()))
        });
        Self {
            headers: headers.collect(),
            body: body.to_vec(),
        }
    }

    fn header(&self, name: &str) -> String {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn decoded(&self) -> String {
        let body = match self
            .header("content-transfer-encoding")
            .to_lowercase()
            .as_str()
        {
            "quoted-printable" => quoted_printable(&self.body, Spaces::AsTheyAre),
            "base64" => from_base64(&self.body),
            _ => self.body.clone(),
        };
        let charset = parameter(&self.header("content-type"), "charset").unwrap_or_default();
        text_of(&body, &charset).replace("\r\n", "\n")
    }
}

fn cut(raw: &[u8], (at, gap): (usize, usize)) -> (&[u8], &[u8]) {
    (&raw[..at], &raw[at + gap..])
}

/// A mail within a mail within a mail … ends here.
const DEEPEST: usize = 8;

fn collect(part: &Part, message: &mut Message, depth: usize) {
    let kind = part.header("content-type");
    let lower = kind.to_lowercase();
    if lower.starts_with("multipart/") && depth < DEEPEST {
        let boundary = parameter(&kind, "boundary").unwrap_or_default();
        for inner in parts(&part.body, &boundary) {
            collect(&Part::split(inner), message, depth + 1);
        }
    } else if lower.starts_with("text/html") {
        message.html.get_or_insert_with(|| part.decoded());
    } else if (lower.is_empty() || lower.starts_with("text/plain")) && message.text.is_empty() {
        message.text = part.decoded();
    }
}

fn parts<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let marker = format!("--{boundary}");
    let mut found = Vec::new();
    let mut rest = body;
    let mut started = false;
    while let Some(at) = find(rest, marker.as_bytes()) {
        if started {
            found.push(trim_line_ends(&rest[..at]));
        }
        rest = &rest[at + marker.len()..];
        started = true;
        if rest.starts_with(b"--") || boundary.is_empty() {
            break;
        }
    }
    found
}

/// The line end before a boundary belongs to the boundary, the one after it too.
fn trim_line_ends(part: &[u8]) -> &[u8] {
    let part = part
        .strip_prefix(b"\r\n")
        .or_else(|| part.strip_prefix(b"\n"))
        .unwrap_or(part);
    part.strip_suffix(b"\r\n")
        .or_else(|| part.strip_suffix(b"\n"))
        .unwrap_or(part)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let fits = key.trim().eq_ignore_ascii_case(name);
        fits.then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// What an underscore means: itself in bodies, a space in headers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spaces {
    AsTheyAre,
    Underscores,
}

fn quoted_printable(body: &[u8], spaces: Spaces) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at..];
        if rest.starts_with(b"=\r\n") {
            at += 3;
        } else if rest.starts_with(b"=\n") {
            at += 2;
        } else if let Some(byte) = escaped(rest) {
            out.push(byte);
            at += 3;
        } else {
            let space = rest[0] == b'_' && spaces == Spaces::Underscores;
            out.push(if space { b' ' } else { rest[0] });
            at += 1;
        }
    }
    out
}

fn escaped(rest: &[u8]) -> Option<u8> {
    let digits = rest.strip_prefix(b"=")?.get(..2)?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u8::from_str_radix(digits, 16).ok())?
}

fn from_base64(body: &[u8]) -> Vec<u8> {
    let plain: Vec<u8> = body
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    STANDARD.decode(&plain).unwrap_or(plain)
}

fn text_of(bytes: &[u8], charset: &str) -> String {
    if charset.eq_ignore_ascii_case("iso-8859-1") {
        return bytes.iter().copied().map(char::from).collect();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// `=?utf-8?q?…?=` and `=?utf-8?b?…?=`; the space between two of them is none.
fn decode_words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut after_word = false;
    while let Some(at) = rest.find("=?") {
        let before = &rest[..at];
        if !(after_word && before.trim().is_empty()) {
            out.push_str(before);
        }
        let Some((word, length)) = encoded_word(&rest[at..]) else {
            out.push_str("=?");
            rest = &rest[at + 2..];
            after_word = false;
            continue;
        };
        out.push_str(&word);
        rest = &rest[at + length..];
        after_word = true;
    }
    out.push_str(rest);
    out
}

fn encoded_word(text: &str) -> Option<(String, usize)> {
    let mut fields = text[2..].splitn(3, '?');
    let (charset, encoding, tail) = (fields.next()?, fields.next()?, fields.next()?);
    let (data, _) = tail.split_once("?=")?;
    let bytes = match encoding {
        "Q" | "q" => quoted_printable(data.as_bytes(), Spaces::Underscores),
        "B" | "b" => from_base64(data.as_bytes()),
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + data.len() + 2;
    Some((text_of(&bytes, charset), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_mail_is_read() {
        let message =
            read(b"From: a@b.c\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n\r\nLine 1\r\nLine 2\r\n");
        assert_eq!(message.subject, "Hi");
        assert_eq!(message.id, "<1@x>");
        assert_eq!(message.text, "Line 1\nLine 2\n");
        assert_eq!(message.html, None);
    }

    #[test]
    fn encoded_subjects_are_decoded_also_when_folded() {
        let message =
            read(b"Subject: =?utf-8?b?U2NobMO8c3NlbA==?=\r\n =?utf-8?q?_f=C3=BCr_dich?= !\r\n\r\n");
        assert_eq!(message.subject, "Schl\u{fc}ssel f\u{fc}r dich !");
    }

    #[test]
    fn a_multipart_mail_gives_its_text_and_its_html() {
        let raw = "Content-Type: multipart/alternative; boundary=\"x1\"\r\n\r\n--x1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nYour key: ABCD=\r\n-EFGH =C3=A9\r\n--x1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+aGk8L2I+\r\n--x1--\r\n";
        let message = read(raw.as_bytes());
        assert_eq!(message.text, "Your key: ABCD-EFGH \u{e9}");
        assert_eq!(message.html.as_deref(), Some("<b>hi</b>"));
    }

    #[test]
    fn what_is_malformed_stays_as_it_is() {
        assert_eq!(
            decode_words("=?utf-8?x?abc?= =?broken"),
            "=?utf-8?x?abc?= =?broken"
        );
        assert_eq!(read(b"no headers at all"), Message::default());
    }
}
