//! Opening a database by its URL, and lending connections and transactions.

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, PgPool, SqlitePool};

use crate::conn::{Conn, Kind, Later, Tx};
use crate::error::{Result, StoreError};
use crate::migrate;
use crate::writer::Writer;

/// How long a SQLite statement waits for another process, for example a command beside the server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;

/// An open database. Cheap to clone; all clones share the same connections.
#[derive(Clone)]
pub struct Db(Inner);

#[derive(Clone)]
enum Inner {
    Sqlite {
        read: SqlitePool,
        writer: Arc<Writer>,
        options: Box<SqliteConnectOptions>,
    },
    Postgres(PgPool),
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
            return Ok(Self(Inner::Postgres(pool)));
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
        Ok(Self(Inner::Sqlite {
            read,
            writer,
            options: Box::new(options),
        }))
    }

    /// Applies what the database lacks of the migrations inside the binary.
    pub async fn migrate(&self) -> Result<()> {
        let outcome = match &self.0 {
            Inner::Sqlite { options, .. } => {
                let mut conn = options.connect().await?;
                migrate::SQLITE.run(&mut conn).await
            }
            Inner::Postgres(pool) => migrate::POSTGRES.run(pool).await,
        };
        outcome.map_err(StoreError::Migrate)
    }

    /// True on PostgreSQL, where several nodes may share the database.
    pub fn is_shared(&self) -> bool {
        matches!(self.0, Inner::Postgres(_))
    }

    /// A connection for reading outside any transaction.
    pub async fn read(&self) -> Result<Conn> {
        Ok(Conn::new(match &self.0 {
            Inner::Sqlite { read, .. } => Kind::Sqlite(read.acquire().await?),
            Inner::Postgres(pool) => Kind::Postgres(pool.acquire().await?),
        }))
    }

    /// A transaction that may write. It begins with its first statement that is answered, or with the
    /// commit where there is none; from then to its end it has SQLite's one writer, or a connection to
    /// PostgreSQL: nothing slow belongs inside.
    pub fn begin(&self) -> Tx {
        Tx(Conn::new(Kind::Later(match &self.0 {
            Inner::Sqlite { writer, .. } => Later::Sqlite(writer.clone()),
            Inner::Postgres(pool) => Later::Postgres(pool.clone()),
        })))
    }

    /// Ends all connections after the transaction under way.
    pub async fn close(&self) {
        match &self.0 {
            Inner::Sqlite { read, writer, .. } => {
                read.close().await;
                writer.close().await;
            }
            Inner::Postgres(pool) => pool.close().await,
        }
    }

    /// Writes a consistent copy of a SQLite database to `path`, which must not exist yet,
    /// while the server goes on.
    pub async fn copy_to(&self, path: &str) -> Result<()> {
        let Inner::Sqlite { options, .. } = &self.0 else {
            return Err(StoreError::Address(
                "A PostgreSQL database is backed up with pg_dump.".into(),
            ));
        };
        let mut conn = options.connect().await?;
        sqlx::query("vacuum into $1")
            .bind(path)
            .execute(&mut conn)
            .await?;
        Ok(())
    }
}

const UNREADABLE: &str =
    "The database URL must read sqlite://path/to/file.db or postgres://user@host/name.";
