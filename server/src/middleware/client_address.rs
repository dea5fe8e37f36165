//! Whose request this is: the address of the connection, or what a trusted proxy says of it.
//!
//! `X-Forwarded-For` is written by anybody. Each proxy appends the address that it was asked from, so
//! its right end is told by our own proxies, and the first address from there that is none of them is
//! the client's. What stands further left is the client's own word and is never read.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word is believed; none unless they are named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// An address with its leading bits that count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u32,
}

impl FromStr for TrustedProxies {
    /// The part that is neither an address nor a network.
    type Err = String;

    /// Addresses and networks (`10.0.0.0/8`), with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|p| !p.is_empty());
        let networks = parts.map(|part| part.parse().map_err(|()| part.to_owned()));
        networks.collect::<Result<_, _>>().map(Self)
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().map_err(drop)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(drop)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(());
        }
        Ok(Self { address, bits })
    }
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= self.bits
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let differing = own.to_bits() ^ other.to_bits();
                differing.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl TrustedProxies {
    /// The client's address, where `peer` holds the connection.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.hold(client) {
            return client;
        }
        let lines = headers.get_all(FORWARDED).into_iter();
        let lines: Vec<&str> = lines.map(|l| l.to_str().unwrap_or_default()).collect();
        let told = lines.iter().flat_map(|line| line.split(','));
        for entry in told.rev() {
            // What cannot be read was told by the proxy that is known so far.
            let Some(address) = address(entry) else {
                break;
            };
            client = address;
            if !self.hold(client) {
                break;
            }
        }
        client
    }

    fn hold(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.holds(address))
    }
}

/// An address as proxies write it, with or without a port. IPv4 within IPv6 is IPv4.
fn address(entry: &str) -> Option<IpAddr> {
    let entry = entry.trim();
    let bare = entry.strip_prefix('[').and_then(|e| e.strip_suffix(']'));
    let address: IpAddr = bare
        .unwrap_or(entry)
        .parse()
        .or_else(|_| entry.parse().map(|socket: SocketAddr| socket.ip()))
        .ok()?;
    Some(address.to_canonical())
}

/// From here on the connection's address is the client's, for whoever asks for it.
pub fn find(proxies: &TrustedProxies, mut request: Request) -> Request {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer.copied() {
        let client = proxies.client(peer.ip(), request.headers());
        let client = ConnectInfo(SocketAddr::new(client, peer.port()));
        request.extensions_mut().insert(client);
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: &str = "10.0.0.5, 172.16.0.0/12,2001:db8:1::/48";

    fn client(peer: &str, lines: &[&str]) -> String {
        let proxies: TrustedProxies = PROXIES.parse().expect("they can be read");
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED, line.parse().expect("a header"));
        }
        let peer = peer.parse().expect("an address");
        proxies.client(peer, &headers).to_string()
    }

    #[test]
    fn the_client_is_the_rightmost_address_that_is_no_trusted_proxy() {
        let table: [(&str, &[&str], &str); 17] = [
            // Nobody is believed who is not named.
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.6", &["198.51.100.1"], "10.0.0.6"),
            // A named one is.
            ("10.0.0.5", &["198.51.100.1"], "198.51.100.1"),
            ("172.31.255.255", &["198.51.100.1"], "198.51.100.1"),
            ("172.32.0.1", &["198.51.100.1"], "172.32.0.1"),
            ("10.0.0.5", &[], "10.0.0.5"),
            ("10.0.0.5", &[""], "10.0.0.5"),
            // What the client wrote itself stands to the left.
            ("10.0.0.5", &["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.5", &["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.5",
                &["1.2.3.4,198.51.100.1, 172.16.0.9"],
                "198.51.100.1",
            ),
            ("10.0.0.5", &["172.16.0.8,172.16.0.9"], "172.16.0.8"),
            // What cannot be read ends the reading.
            ("10.0.0.5", &["198.51.100.1, unknown"], "10.0.0.5"),
            ("10.0.0.5", &["198.51.100.1, x, 172.16.0.9"], "172.16.0.9"),
            // Forms of addresses.
            ("::ffff:10.0.0.5", &["198.51.100.1:4711"], "198.51.100.1"),
            ("2001:db8:1::7", &["[2001:db8:2::1]:443"], "2001:db8:2::1"),
            ("2001:db8:1::7", &["[2001:db8:2::1]"], "2001:db8:2::1"),
            ("2001:db8:1::7", &["::ffff:198.51.100.1"], "198.51.100.1"),
        ];
        for (peer, lines, expected) in table {
            assert_eq!(client(peer, lines), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn without_trusted_proxies_nothing_is_believed_and_ipv4_within_ipv6_is_ipv4() {
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED, "1.2.3.4".parse().expect("a header"));
        for (peer, expected) in [
            ("10.0.0.5", "10.0.0.5"),
            ("::ffff:10.0.0.5", "10.0.0.5"),
            ("::1", "::1"),
        ] {
            let peer = peer.parse().expect("an address");
            let found = TrustedProxies::default().client(peer, &headers);
            assert_eq!(found.to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        for wrong in ["x", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "/8"] {
            let text = format!("127.0.0.1,{wrong}");
            assert_eq!(text.parse::<TrustedProxies>(), Err(wrong.to_owned()));
        }
        for right in ["", " ", "0.0.0.0/0", "::/0,127.0.0.1/32,"] {
            assert!(right.parse::<TrustedProxies>().is_ok(), "{right}");
        }
    }
}
