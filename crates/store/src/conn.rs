//! One connection or one transaction, on either database, behind one type.
//!
//! Reads take `&mut Conn`; writes take `&mut Tx`, which is a `Conn` too. So a
//! function that writes cannot be called outside a transaction.

use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::error::Result;
use crate::writer::Savepoint;

/// Something that statements can be sent to.
pub struct Conn(pub(crate) Kind);

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
    pub(crate) fn driver(&mut self) -> Driver<'_> {
        match &mut self.0 {
            Kind::Sqlite(conn) => Driver::Sqlite(conn),
            Kind::SqliteWriter(savepoint) => Driver::Sqlite(savepoint.connection()),
            Kind::Postgres(conn) => Driver::Postgres(conn),
            Kind::PostgresTx(tx) => Driver::Postgres(tx),
        }
    }
}

/// An open transaction. Dropped without [`Tx::commit`], nothing of it remains.
pub struct Tx(pub(crate) Conn);

impl Tx {
    /// Makes everything that was written durable. On SQLite several
    /// transactions may share one commit; the answer comes after the disk has it.
    pub async fn commit(self) -> Result<()> {
        match self.0.0 {
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
        match $conn.driver() {
            $crate::conn::Driver::Sqlite($c) => $body,
            $crate::conn::Driver::Postgres($c) => $body,
        }
    };
}
pub(crate) use on;
