//! Somebody who is signed in and looks at pages, as a browser without JavaScript does.

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::process::Outcome;

/// No page may take longer.
const LONGEST: Duration = Duration::from_mins(1);

/// A session.
pub struct Visitor {
    address: SocketAddr,
    /// `name=value`.
    pub cookie: String,
}

/// A connection that is kept from one page to the next, as browsers keep theirs.
pub struct Kept<'a> {
    visitor: &'a Visitor,
    stream: BufReader<TcpStream>,
}

/// A page, and how long it took to begin.
pub struct Seen {
    /// From the first byte of the request to the first of the answer.
    pub first_byte: Duration,
    /// The whole page.
    pub page: String,
}

impl Visitor {
    /// Signs in and looks at the live side.
    pub fn sign_in(address: SocketAddr, (email, password): (&str, &str)) -> Outcome<Self> {
        let mut visitor = Self {
            address,
            cookie: String::new(),
        };
        let form = format!(
            "email={}&password={password}&next=%2F",
            email.replace('@', "%40")
        );
        let answer = visitor.post("/ui/sign_in", &form)?;
        visitor.cookie = cookie(&answer).ok_or("nobody was signed in")?;
        visitor.post("/ui/choose_mode", "mode=live")?;
        Ok(visitor)
    }

    /// A new connection, to look at pages over.
    pub fn connect(&self) -> Outcome<Kept<'_>> {
        Ok(Kept {
            visitor: self,
            stream: BufReader::new(self.open()?),
        })
    }

    fn open(&self) -> Outcome<TcpStream> {
        let cannot = |error: io::Error| self.cannot(&error);
        let stream = TcpStream::connect_timeout(&self.address, LONGEST).map_err(cannot)?;
        stream.set_read_timeout(Some(LONGEST)).map_err(cannot)?;
        stream.set_nodelay(true).map_err(cannot)?;
        Ok(stream)
    }

    /// Sends a form over a connection of its own.
    fn post(&self, path: &str, form: &str) -> Outcome<String> {
        let (address, cookie, length) = (self.address, &self.cookie, form.len());
        let cannot = |error: io::Error| self.cannot(&error);
        let mut stream = self.open()?;
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: text/html\r\n\
             Cookie: {cookie}\r\nReferer: http://{address}/\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        stream.write_all(request.as_bytes()).map_err(cannot)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(cannot)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn cannot(&self, error: &io::Error) -> String {
        format!("cannot reach {}: {error}", self.address)
    }
}

impl Kept<'_> {
    /// Asks for a page, which must be there, and reads it to its end.
    pub fn look(&mut self, path: &str) -> Outcome<Seen> {
        let visitor = self.visitor;
        let Visitor { address, cookie } = visitor;
        let cannot = |error: io::Error| visitor.cannot(&error);
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
        );
        let started = Instant::now();
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.map_err(cannot)?;
        let is_over = self.stream.fill_buf().map(<[u8]>::is_empty);
        let first_byte = started.elapsed();
        if is_over.map_err(cannot)? {
            return Err(format!("{path}: the server ended the connection"));
        }
        let (status, page) = answer(&mut self.stream).map_err(cannot)?;
        if status == 200 {
            return Ok(Seen { first_byte, page });
        }
        Err(format!("{path} answered {status}"))
    }
}

/// Status and body of an answer, and not a byte more: the next answer comes behind it.
fn answer(stream: &mut impl BufRead) -> io::Result<(u16, String)> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
    let mut length = None;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let mut body = Vec::new();
    match length {
        Some(length) => part(stream, &mut body, length)?,
        None => chunks(stream, &mut body)?,
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    Ok((status.unwrap_or_default(), text))
}

/// A body that comes in pieces, each with its length in hexadecimal digits before it; the last is empty.
fn chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        part(stream, body, length)?;
        line.clear();
        stream.read_line(&mut line)?;
        if length == 0 {
            return Ok(());
        }
    }
}

fn part(stream: &mut impl BufRead, body: &mut Vec<u8>, length: usize) -> io::Result<()> {
    let begin = body.len();
    body.resize(begin + length, 0);
    stream.read_exact(&mut body[begin..])
}

fn cookie(answer: &str) -> Option<String> {
    let named = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie")
            .then(|| value.to_owned())
    };
    let line = answer.lines().find_map(named)?;
    line.split(';').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_the_first_part_of_its_cookie() {
        let answer = "HTTP/1.1 302 Found\r\nSet-Cookie: session=abc; Path=/; HttpOnly\r\n\r\n";
        assert_eq!(cookie(answer), Some("session=abc".to_owned()));
        assert_eq!(cookie("HTTP/1.1 200 OK\r\n\r\n"), None);
    }

    #[test]
    fn answers_on_one_connection_are_read_one_by_one() {
        let mut stream: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
            4\r\n<h1>\r\nB\r\nhere\r\nthere\r\n0\r\n\r\n\
            HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n\
            HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nend";
        let mut next = || answer(&mut stream).expect("an answer");
        assert_eq!(next(), (200, "<h1>here\r\nthere".to_owned()));
        assert_eq!(next(), (302, String::new()));
        assert_eq!(next(), (200, "end".to_owned()));
        assert!(answer(&mut stream).is_err(), "nothing is left");
    }
}
