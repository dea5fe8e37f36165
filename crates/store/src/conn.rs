//! One connection or one transaction, on either database, behind one type.
//!
//! Reads take `&mut Conn`; writes take `&mut Tx`, which is a `Conn` too. So a
//! function that writes cannot be called outside a transaction. Writes that need no answer wait in
//! the transaction until the next statement that is answered, or the commit: see [`crate::write`].

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::error::{Result, StoreError};
use crate::write::{self, Write};
use crate::writer::Savepoint;

/// Something that statements can be sent to.
pub struct Conn {
    kind: Kind,
    unsent: Vec<Write>,
    /// A write of this transaction has failed: it must not be committed.
    is_broken: bool,
}

pub(crate) enum Kind {
    Sqlite(PoolConnection<Sqlite>),
    SqliteWriter(Savepoint),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

pub(crate) enum Driver<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Conn {
    pub(crate) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            unsent: Vec::new(),
            is_broken: false,
        }
    }

    /// The connection, after it got all that was written so far.
    pub(crate) async fn driver(&mut self) -> Result<Driver<'_>> {
        if !self.unsent.is_empty() {
            self.send().await?;
        }
        Ok(self.kind.driver())
    }

    async fn send(&mut self) -> Result<()> {
        let writes = std::mem::take(&mut self.unsent);
        let sent = match self.kind.driver() {
            Driver::Sqlite(conn) => write::send_to_sqlite(conn, &writes).await,
            Driver::Postgres(conn) => write::send_to_postgres(conn, &writes).await,
        };
        self.is_broken |= sent.is_err();
        sent
    }
}

impl Kind {
    fn driver(&mut self) -> Driver<'_> {
        match self {
            Self::Sqlite(conn) => Driver::Sqlite(conn),
            Self::SqliteWriter(savepoint) => Driver::Sqlite(savepoint.connection()),
            Self::Postgres(conn) => Driver::Postgres(conn),
            Self::PostgresTx(tx) => Driver::Postgres(tx),
        }
    }
}

/// An open transaction. Dropped without [`Tx::commit`], nothing of it remains.
pub struct Tx(pub(crate) Conn);

impl Tx {
    /// Keeps a write until the next statement that is answered, or the commit.
    pub(crate) fn keep(&mut self, write: Write) {
        self.0.unsent.push(write);
    }

    /// Makes everything that was written durable. On SQLite several
    /// transactions may share one commit; the answer comes after the disk has it.
    pub async fn commit(mut self) -> Result<()> {
        self.0.driver().await?;
        if self.0.is_broken {
            return Err(StoreError::Commit("one of its writes has failed".into()));
        }
        match self.0.kind {
            Kind::SqliteWriter(savepoint) => savepoint.commit().await,
            Kind::PostgresTx(tx) => Ok(tx.commit().await?),
            Kind::Sqlite(_) | Kind::Postgres(_) => Ok(()),
        }
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// Runs one body on whichever driver the connection has.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn.driver().await? {
            $crate::conn::Driver::Sqlite($c) => $body,
            $crate::conn::Driver::Postgres($c) => $body,
        }
    };
}
pub(crate) use on;
