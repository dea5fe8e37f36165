//! A fresh database of each kind for every test, gone when it ends.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use engine::Parts;
use engine::keys::master_key::MasterKey;
use server::outbound::clock::SystemClock;
use server::outbound::entropy::SystemEntropy;
use server::outbound::smtp::SmtpServers;
use server::outbound::stripe::StripeApi;
use store::Db;
use tempfile::TempDir;

/// A database that nobody else uses, and a folder beside it.
pub struct TestDatabase {
    pub url: String,
    folder: TempDir,
    /// Server and name, where it is PostgreSQL's.
    postgres: Option<(String, String)>,
}

impl TestDatabase {
    /// A file that does not exist yet.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self {
            url,
            folder,
            postgres: None,
        }
    }

    /// A new database of the server that `TEST_POSTGRES_URL` names; none where none is named.
    #[expect(
        clippy::disallowed_methods,
        reason = "where the test server is, is the set-up's to say"
    )]
    pub fn postgres() -> Option<Self> {
        let server = std::env::var("TEST_POSTGRES_URL").ok();
        let server = server.filter(|url| !url.is_empty())?;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_string_lossy().to_lowercase();
        let random: String = path
            .chars()
            .rev()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let name = format!("server_{}_{random}", std::process::id());
        administer(
            &server,
            &format!("create database {name} template template0"),
        );
        Some(Self {
            url: beside(&server, &name),
            folder,
            postgres: Some((server, name)),
        })
    }

    /// What an engine on it is made from: the real time, chance and Stripe, and no mail server.
    pub async fn parts(&self, public_url: &str) -> Parts {
        let db = Db::open(&self.url).await.expect("the database opens");
        db.migrate().await.expect("the migrations apply");
        Parts {
            db,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            mailer: None,
            mail_servers: Arc::new(SmtpServers),
            stripe: Arc::new(StripeApi::new(None)),
            master_keys: Arc::new(MasterKey::generate(&SystemEntropy)),
            public_url: public_url.into(),
        }
    }

    /// Everything in it: SQLite's own files, or what PostgreSQL's dump writes.
    pub fn dump(&self) -> Vec<u8> {
        if self.postgres.is_some() {
            let mut dump = Command::new("pg_dump");
            let done = dump
                .args(["--data-only", "--inserts", &self.url])
                .output()
                .expect("pg_dump is installed with PostgreSQL's programs");
            let said = String::from_utf8_lossy(&done.stderr);
            assert!(done.status.success(), "{said}");
            return done.stdout;
        }
        let files = fs::read_dir(self.folder.path()).expect("the folder is read");
        let paths = files.map(|file| file.expect("a file").path());
        paths
            .flat_map(|path| fs::read(path).expect("the file is read"))
            .collect()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            administer(server, &format!("drop database {name} with (force)"));
        }
    }
}

/// The URL of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, query) = match server.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (server, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |slash| authority + slash);
    format!("{}/{name}{query}", &address[..end])
}

/// By PostgreSQL's own client, because only the store speaks to databases.
fn administer(server: &str, sql: &str) {
    let done = Command::new("psql")
        .args([server, "--quiet", "--no-psqlrc", "--command", sql])
        .output()
        .expect("psql is installed with PostgreSQL's programs");
    assert!(
        done.status.success(),
        "{sql}: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
