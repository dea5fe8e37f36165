//! TLS by the server itself: a certificate from files, or from an authority of its own.
//!
//! What the files hold is looked at again and again; new connections get the new certificate, those
//! that are open go on.

pub mod self_signed;

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use domain::timestamp::Timestamp;
use engine::ports::Clock;
use tokio_util::sync::CancellationToken;

use crate::boot::BootError;

/// How often certificates are looked at. A file is replaced rarely, and nobody waits for it.
const LOOK: Duration = Duration::from_secs(10);

/// Where the certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsSource {
    /// PEM files that somebody else renews: the chain and its private key.
    Files {
        /// The server's certificate first, then those that vouch for it.
        certificate: PathBuf,
        /// The private key (PKCS#8, PKCS#1 or SEC1).
        key: PathBuf,
    },
    /// Made here, by an authority whose certificate is `ca.pem` in this folder.
    SelfSigned {
        /// The data folder.
        folder: PathBuf,
    },
}

/// The certificate in use, and what it takes to renew it.
#[derive(Clone)]
pub struct Tls {
    inner: Arc<Inner>,
    look: Duration,
}

struct Inner {
    config: RustlsConfig,
    source: TlsSource,
    hosts: Vec<String>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Seen>,
}

/// What was seen at the last look that succeeded.
#[derive(Clone, PartialEq, Eq)]
enum Seen {
    Files { chain: Vec<u8>, key: Vec<u8> },
    RenewAt(Timestamp),
}

impl Tls {
    /// Loads or makes the certificate. `hosts` are the names and addresses that a certificate made
    /// here speaks for.
    pub async fn load(
        source: TlsSource,
        hosts: Vec<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BootError> {
        let (chain, key, seen) = read(&source, &hosts, clock.now())?;
        let config = RustlsConfig::from_pem(chain, key)
            .await
            .map_err(|e| BootError::with(&unusable(&source), &e))?;
        let inner = Inner {
            config,
            source,
            hosts,
            clock,
            seen: Mutex::new(seen),
        };
        Ok(Self {
            inner: Arc::new(inner),
            look: LOOK,
        })
    }

    /// The same, where the certificate is looked at so often.
    #[must_use]
    pub fn looking_every(self, look: Duration) -> Self {
        Self { look, ..self }
    }

    /// What the listener hands out to new connections, now and after each [`Tls::refresh`].
    pub fn config(&self) -> RustlsConfig {
        self.inner.config.clone()
    }

    /// Looks once: takes what has changed in the files, or renews what will end; true where it did.
    /// What cannot be used changes nothing: the certificate in use stays.
    pub async fn refresh(&self) -> Result<bool, BootError> {
        let inner = &self.inner;
        let now = inner.clock.now();
        let before = inner.last_seen();
        if matches!(before, Seen::RenewAt(at) if now < at) {
            return Ok(false);
        }
        let (chain, key, seen) = read(&inner.source, &inner.hosts, now)?;
        if seen == before {
            return Ok(false);
        }
        inner
            .config
            .reload_from_pem(chain, key)
            .await
            .map_err(|e| BootError::with(&unusable(&inner.source), &e))?;
        *inner.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
        Ok(true)
    }

    /// Looks until `stop`.
    pub async fn keep_fresh(self, stop: CancellationToken) {
        let mut is_refused = false;
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.look) => {}
                () = stop.cancelled() => return,
            }
            match self.refresh().await {
                Ok(is_new) => {
                    is_refused = false;
                    if is_new {
                        tracing::info!("new connections get the new certificate");
                    }
                }
                // Said once, not at every look.
                Err(error) if !is_refused => {
                    is_refused = true;
                    tracing::error!(%error, "the certificate in use stays");
                }
                Err(_) => {}
            }
        }
    }
}

impl Inner {
    fn last_seen(&self) -> Seen {
        let seen = self.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn read(
    source: &TlsSource,
    hosts: &[String],
    now: Timestamp,
) -> Result<(Vec<u8>, Vec<u8>, Seen), BootError> {
    match source {
        TlsSource::Files { certificate, key } => {
            let chain = read_file("EXISONE_TLS_CERT", certificate)?;
            let key = read_file("EXISONE_TLS_KEY", key)?;
            let seen = Seen::Files {
                chain: chain.clone(),
                key: key.clone(),
            };
            Ok((chain, key, seen))
        }
        TlsSource::SelfSigned { folder } => {
            let issued = self_signed::issue(folder, hosts, now)?;
            let seen = Seen::RenewAt(issued.renew_at);
            Ok((issued.chain_pem.into(), issued.key_pem.into(), seen))
        }
    }
}

fn read_file(setting: &str, path: &Path) -> Result<Vec<u8>, BootError> {
    fs::read(path).map_err(|e| {
        BootError::with(
            &format!("{} ({setting}) cannot be read", path.display()),
            &e,
        )
    })
}

fn unusable(source: &TlsSource) -> String {
    match source {
        TlsSource::Files { certificate, key } => format!(
            "{} and {} (EXISONE_TLS_CERT and EXISONE_TLS_KEY) are no certificate with its private key in PEM",
            certificate.display(),
            key.display()
        ),
        TlsSource::SelfSigned { .. } => "the certificate made here cannot be used".into(),
    }
}

/// What a certificate made here speaks for: the public URL's host, this machine, and the address
/// listened on.
pub fn hosts(public_url: &str, listening: SocketAddr) -> Vec<String> {
    let authority = public_url.split("://").nth(1).unwrap_or(public_url);
    let public = authority.parse::<http::uri::Authority>();
    let public = public.map(|authority| authority.host().trim_matches(['[', ']']).to_owned());
    let mut hosts = vec!["localhost".into(), "127.0.0.1".into(), "::1".into()];
    hosts.extend(public);
    let address: IpAddr = listening.ip();
    if !address.is_unspecified() {
        hosts.push(address.to_string());
    }
    hosts.sort();
    hosts.dedup();
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_made_here_speaks_for_the_public_host_and_this_machine() {
        let listening = "0.0.0.0:443".parse().expect("an address");
        assert_eq!(
            hosts("https://licences.example:8443", listening),
            ["127.0.0.1", "::1", "licences.example", "localhost"]
        );
        let listening = "192.0.2.7:443".parse().expect("an address");
        assert_eq!(
            hosts("https://[2001:db8::1]", listening),
            ["127.0.0.1", "192.0.2.7", "2001:db8::1", "::1", "localhost"]
        );
    }
}
