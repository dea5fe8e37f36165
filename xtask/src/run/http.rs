//! The little HTTP that seeding needs: one JSON request to this machine, one JSON answer.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::process::Outcome;

/// No seeding request may take longer.
const LONGEST: Duration = Duration::from_secs(30);

/// A server on this machine, and what it wants to see in `Authorization`.
pub struct Door {
    /// Where it listens.
    pub address: SocketAddr,
    /// Header value; empty where nothing is asked.
    pub authorization: String,
}

impl Door {
    /// Posts JSON and answers the JSON of a success.
    pub fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let (status, text) = self.ask("POST", path, &body.to_string())?;
        if !(200..300).contains(&status) {
            return Err(format!("POST {path} answered {status}: {}", text.trim()));
        }
        serde_json::from_str(&text)
            .map_err(|error| format!("POST {path} answered no JSON: {error}"))
    }

    /// Whether a path answers 200.
    pub fn answers(&self, path: &str) -> bool {
        self.ask("GET", path, "")
            .is_ok_and(|(status, _)| status == 200)
    }

    /// HTTP/1.0, so that the answer ends with the connection.
    fn ask(&self, method: &str, path: &str, body: &str) -> Outcome<(u16, String)> {
        let address = self.address;
        let cannot = |error| format!("cannot reach {address}: {error}");
        let mut stream = TcpStream::connect_timeout(&address, LONGEST).map_err(cannot)?;
        stream.set_read_timeout(Some(LONGEST)).map_err(cannot)?;
        let authorization = match self.authorization.as_str() {
            "" => String::new(),
            value => format!("Authorization: {value}\r\n"),
        };
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{authorization}\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).map_err(cannot)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(cannot)?;
        parse(&String::from_utf8_lossy(&answer))
            .ok_or_else(|| format!("{address} does not speak HTTP"))
    }
}

fn parse(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head
        .strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    Some((status, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_status_and_its_body() {
        let answer = "HTTP/1.0 201 Created\r\ncontent-type: application/json\r\n\r\n{\"id\":1}";
        assert_eq!(parse(answer), Some((201, "{\"id\":1}".to_owned())));
        assert_eq!(parse("SSH-2.0-OpenSSH\r\n\r\n"), None);
    }
}
