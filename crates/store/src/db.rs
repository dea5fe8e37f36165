//! Opening a database by its URL, and lending connections and transactions.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, PgPool, SqlitePool};

use crate::conn::{Conn, Kind, Later, Tx};
use crate::error::{Result, StoreError};
use crate::license_desk::LicenseDesk;
use crate::license_lookups::{LicenseLookup, Question};
use crate::migrate;
use crate::news::Board;
use crate::writer::Writer;

/// How long a SQLite statement waits for another process, for example a command beside the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// An open database. Cheap to clone; all clones share the same connections.
#[derive(Clone)]
pub struct Db {
    readers: Readers,
    home: Home,
    license_desk: Arc<LicenseDesk>,
    board: Arc<Board>,
}

/// Connections for reading; on PostgreSQL for all.
#[derive(Clone)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// What else a database needs.
#[derive(Clone)]
enum Home {
    Sqlite {
        writer: Arc<Writer>,
        options: Arc<SqliteConnectOptions>,
    },
    Postgres(PgPool),
}

impl Readers {
    /// A connection for reading outside any transaction.
    pub(crate) async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(match self {
            Self::Sqlite(pool) => Kind::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Kind::Postgres(pool.acquire().await?),
        }))
    }
}

impl Db {
    /// Opens `sqlite://path/to/file.db` (made where it is missing) or `postgres://…`.
    /// Does not migrate: see [`Db::migrate`].
    pub async fn open(url: &str) -> Result<Self> {
        if url.starts_with("sqlite:") {
            return Self::open_sqlite(url).await;
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| StoreError::Address(UNREADABLE.into()))?
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options)
                .await?;
            return Ok(Self::new(
                Readers::Postgres(pool.clone()),
                Home::Postgres(pool),
            ));
        }
        Err(StoreError::Address(UNREADABLE.into()))
    }

    async fn open_sqlite(url: &str) -> Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Address(UNREADABLE.into()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .disable_statement_logging();
        // Many transactions write the same pages again: the later they move into the file, the fewer.
        let writing = options.clone().pragma("wal_autocheckpoint", "4000");
        let writer = Writer::connect(&writing.pragma("cache_size", "-16000")).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            // A file does not hang up; asking it each time costs as much as most statements.
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("query_only", "on"))
            .await?;
        let options = Arc::new(options);
        Ok(Self::new(
            Readers::Sqlite(read),
            Home::Sqlite { writer, options },
        ))
    }

    fn new(readers: Readers, home: Home) -> Self {
        Self {
            license_desk: LicenseDesk::new(readers.clone()),
            readers,
            home,
            board: Arc::default(),
        }
    }

    /// Applies what the database lacks of the migrations inside the binary.
    pub async fn migrate(&self) -> Result<()> {
        let outcome = match &self.home {
            Home::Sqlite { options, .. } => {
                let mut conn = options.connect().await?;
                let outcome = migrate::SQLITE.run(&mut conn).await;
                // Dropped, it would end by and by, and until then keep the log from going into the file.
                conn.close().await?;
                outcome
            }
            Home::Postgres(pool) => migrate::POSTGRES.run(pool).await,
        };
        outcome.map_err(StoreError::Migrate)
    }

    /// True on PostgreSQL, where several nodes may share the database.
    pub fn is_shared(&self) -> bool {
        matches!(self.home, Home::Postgres(_))
    }

    /// A connection for reading outside any transaction.
    pub async fn read(&self) -> Result<Conn> {
        self.readers.read().await
    }

    /// The licence with this key. Who asks at the same moment as others is answered with them, by one
    /// statement: for what programs ask each time they start.
    pub async fn look_up_license(&self, question: Question) -> Result<Option<LicenseLookup>> {
        self.license_desk.ask(question).await
    }

    /// A transaction that may write. It begins with its first statement that is answered, or with the
    /// commit where there is none; from then to its end it has SQLite's one writer, or a connection to
    /// PostgreSQL: nothing slow belongs inside.
    pub fn begin(&self) -> Tx {
        let later = match &self.home {
            Home::Sqlite { writer, .. } => Later::Sqlite(writer.clone()),
            Home::Postgres(pool) => Later::Postgres(pool.clone()),
        };
        Tx::new(later, self.board.clone())
    }

    /// Where commits of this process leave their news.
    pub(crate) fn board(&self) -> &Board {
        &self.board
    }

    /// The connections that all nodes' news go by; `None` on SQLite.
    pub(crate) const fn shared_pool(&self) -> Option<&PgPool> {
        match &self.home {
            Home::Sqlite { .. } => None,
            Home::Postgres(pool) => Some(pool),
        }
    }

    /// Ends all connections after the transaction under way.
    pub async fn close(&self) {
        match &self.readers {
            Readers::Sqlite(pool) => pool.close().await,
            Readers::Postgres(pool) => pool.close().await,
        }
        if let Home::Sqlite { writer, .. } = &self.home {
            writer.close().await;
        }
    }

    /// Writes a consistent copy of a SQLite database to `path`, which must not exist yet,
    /// while the server goes on, and reads it through: a copy that is damaged is an error.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        let Home::Sqlite { options, .. } = &self.home else {
            return Err(StoreError::Address(
                "A PostgreSQL database is backed up with pg_dump.".into(),
            ));
        };
        let mut conn = options.connect().await?;
        sqlx::query("vacuum into $1")
            .bind(path)
            .execute(&mut conn)
            .await?;
        read_through(path).await
    }
}

/// Fails where a SQLite file, which nobody writes to, is damaged.
async fn read_through(path: &str) -> Result<()> {
    // Immutable: nothing is put beside it.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .immutable(true)
        .disable_statement_logging();
    let mut conn = options.connect().await?;
    let said: String = sqlx::query_scalar("pragma integrity_check(1)")
        .fetch_one(&mut conn)
        .await?;
    match said.as_str() {
        "ok" => Ok(()),
        _ => Err(StoreError::Damaged(said)),
    }
}

const UNREADABLE: &str =
    "The database URL must read sqlite://path/to/file.db or postgres://user@host/name.";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_that_is_damaged_in_the_middle_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let db = Db::open(&format!("sqlite://{}", at("x.db"))).await;
        let db = db.expect("opens");
        db.migrate().await.expect("migrates");
        db.copy_to(&at("copy.db")).await.expect("a sound copy");
        db.close().await;
        let mut bytes = std::fs::read(at("copy.db")).expect("it is read");
        let middle = bytes.len() / 2;
        bytes[middle..middle + 8_192].fill(0xA5);
        std::fs::write(at("damaged.db"), bytes).expect("it is written");
        assert!(read_through(&at("copy.db")).await.is_ok());
        assert!(read_through(&at("damaged.db")).await.is_err());
    }
}
