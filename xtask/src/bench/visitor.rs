//! Somebody who is signed in and looks at pages, as a browser without JavaScript does.

use std::io::{Read as _, Write as _};
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
        let (_, answer) = visitor.ask("POST", "/ui/sign_in", &form)?;
        visitor.cookie = cookie(&answer).ok_or("nobody was signed in")?;
        visitor.ask("POST", "/ui/choose_mode", "mode=live")?;
        Ok(visitor)
    }

    /// From the first byte of the request to the first of the answer, which must be a page.
    pub fn first_byte(&self, path: &str) -> Outcome<Duration> {
        let (first_byte, answer) = self.ask("GET", path, "")?;
        let status = answer.lines().next().unwrap_or_default();
        if status.split(' ').nth(1) == Some("200") {
            return Ok(first_byte);
        }
        Err(format!("{path} answered {status}"))
    }

    fn ask(&self, method: &str, path: &str, form: &str) -> Outcome<(Duration, String)> {
        let (address, cookie, length) = (self.address, &self.cookie, form.len());
        let cannot = |error| format!("cannot reach {address}: {error}");
        let mut stream = TcpStream::connect_timeout(&address, LONGEST).map_err(cannot)?;
        stream.set_read_timeout(Some(LONGEST)).map_err(cannot)?;
        stream.set_nodelay(true).map_err(cannot)?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAccept: text/html\r\n\
             Cookie: {cookie}\r\nReferer: http://{address}/\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        );
        let started = Instant::now();
        stream.write_all(request.as_bytes()).map_err(cannot)?;
        let mut answer = vec![0];
        stream.read_exact(&mut answer).map_err(cannot)?;
        let first_byte = started.elapsed();
        stream.read_to_end(&mut answer).map_err(cannot)?;
        Ok((first_byte, String::from_utf8_lossy(&answer).into_owned()))
    }
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
}
