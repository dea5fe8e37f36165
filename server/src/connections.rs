//! How long a connection may be open and ask nothing: somebody who opens many and stays silent would
//! otherwise use up what the system allows, and nobody else would be answered.

use std::net::SocketAddr;
use std::time::Duration;

use axum_server::{Handle, Server};
use tokio_util::sync::CancellationToken;

/// How long is waited for the head of a request; bodies have their time in the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the first one of a connection.
    pub first: Duration,
    /// For each one after it. Proxies keep connections for a minute or two and must be the ones who
    /// end them, or they hand a request to a connection that is being closed.
    pub next: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(30),
            next: Duration::from_secs(150),
        }
    }
}

impl Patience {
    /// The server with these bounds, which ends its connections when `stop` says so, at the latest
    /// after `grace`.
    pub(crate) fn bound<A>(
        self,
        server: Server<SocketAddr, A>,
        stop: CancellationToken,
        grace: Duration,
    ) -> Server<SocketAddr, A> {
        let handle = Handle::new();
        let mut server = server
            .handle(handle.clone())
            .first_request_timeout(self.first);
        server.http_builder().http1().header_read_timeout(self.next);
        tokio::spawn(async move {
            stop.cancelled().await;
            handle.graceful_shutdown(Some(grace));
        });
        server
    }
}
