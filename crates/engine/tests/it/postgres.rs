//! A PostgreSQL database of a test's own, and what its transactions wait for.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// Looks at the server's locks at most; each takes some milliseconds.
const LOOKS: usize = 2_000;
/// Databases that this process has made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A new database of the server that `TEST_POSTGRES_URL` names; gone when it is dropped.
pub struct PostgresDatabase {
    server: String,
    name: String,
}

impl PostgresDatabase {
    /// Makes one; `None` where no server is named.
    #[expect(
        clippy::disallowed_methods,
        reason = "where the test server is, is the set-up's to say"
    )]
    pub fn create() -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok();
        let Some(server) = server.filter(|url| !url.is_empty()) else {
            println!("not run: TEST_POSTGRES_URL is not set");
            return None;
        };
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("engine_{}_{number}", std::process::id());
        ask(
            &server,
            &format!("create database {name} template template0"),
        );
        Some(Self { server, name })
    }

    /// Its address.
    pub fn url(&self) -> String {
        let (address, query) = match self.server.split_once('?') {
            Some((address, query)) => (address, format!("?{query}")),
            None => (&*self.server, String::new()),
        };
        let authority = address.find("://").map_or(0, |at| at + 3);
        let end = address[authority..].find('/');
        let end = end.map_or(address.len(), |slash| authority + slash);
        format!("{}/{}{query}", &address[..end], self.name)
    }

    /// Waits until so many transactions of this database wait for another one.
    pub async fn until_waiting(&self, transactions: usize) {
        for _ in 0..LOOKS {
            if self.of_waiting("count(*)") == transactions.to_string() {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("never did {transactions} transactions wait for another");
    }

    /// Ends the connections of those who wait, as a server does that goes away.
    pub fn end_waiting(&self) {
        assert_eq!(self.of_waiting("bool_and(pg_terminate_backend(pid))"), "t");
    }

    fn of_waiting(&self, what: &str) -> String {
        let sql = format!(
            "select {what} from pg_stat_activity
            where datname = '{}' and wait_event_type = 'Lock'",
            self.name
        );
        ask(&self.server, &sql)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        ask(
            &self.server,
            &format!("drop database {} with (force)", self.name),
        );
    }
}

/// By PostgreSQL's own client, because only the store speaks to databases.
fn ask(server: &str, sql: &str) -> String {
    let mut client = Command::new("psql");
    client.args([server, "--quiet", "--no-psqlrc", "--tuples-only"]);
    let done = client
        .args(["--no-align", "--command", sql])
        .output()
        .expect("psql is installed with PostgreSQL's programs");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{sql}: {said}");
    String::from_utf8_lossy(&done.stdout).trim().to_owned()
}
