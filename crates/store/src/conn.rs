//! One connection or one transaction, on either database, behind one type.
//!
//! Reads take `&mut Conn`; writes take `&mut Tx`, which is a `Conn` too. So a
//! function that writes cannot be called outside a transaction. Writes that need no answer wait in
//! the transaction until the next statement that is answered, or the commit: see [`crate::write`].

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use domain::ids::TenantId;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::error::{Result, StoreError};
use crate::news::{Board, Told, Topic};
use crate::write::{self, Write};
use crate::writer::{Savepoint, Writer};

/// Something that statements can be sent to.
pub struct Conn {
    kind: Kind,
    unsent: Vec<Write>,
    /// A write of this transaction has failed: it must not be committed.
    is_broken: bool,
}

pub(crate) enum Kind {
    Sqlite(PoolConnection<Sqlite>),
    /// A transaction that has asked for nothing yet, and so keeps nobody waiting.
    Later(Later),
    SqliteWriter(Savepoint),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// Where a transaction will begin.
#[derive(Clone)]
pub(crate) enum Later {
    Sqlite(Arc<Writer>),
    Postgres(PgPool),
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
        // Whoever goes on after a failure would write half: it must not be committed.
        let was_broken = std::mem::replace(&mut self.is_broken, true);
        self.begin().await?;
        let driver = match &mut self.kind {
            Kind::Sqlite(conn) => Driver::Sqlite(conn),
            Kind::Later(_) => return Err(StoreError::Begin(NOT_BEGUN.into())),
            Kind::SqliteWriter(savepoint) => Driver::Sqlite(savepoint.connection()),
            Kind::Postgres(conn) => Driver::Postgres(conn),
            Kind::PostgresTx(tx) => Driver::Postgres(tx),
        };
        let writes = std::mem::take(&mut self.unsent);
        let driver = driver.send(&writes).await?;
        self.is_broken = was_broken;
        Ok(driver)
    }

    /// Begins a transaction that has not begun.
    async fn begin(&mut self) -> Result<()> {
        self.kind = match &self.kind {
            Kind::Later(Later::Sqlite(writer)) => {
                let first = std::mem::take(&mut self.unsent);
                Kind::SqliteWriter(writer.begin(first).await?)
            }
            Kind::Later(Later::Postgres(pool)) => Kind::PostgresTx(pool.begin().await?),
            _ => return Ok(()),
        };
        Ok(())
    }

    async fn commit(mut self) -> Result<()> {
        if self.is_broken {
            return Err(StoreError::Commit("one of its writes has failed".into()));
        }
        if let Kind::Later(later) = &self.kind {
            if self.unsent.is_empty() {
                return Ok(());
            }
            if let Later::Sqlite(writer) = later {
                return writer.write_all(self.unsent).await;
            }
        }
        self.driver().await?;
        match self.kind {
            Kind::SqliteWriter(savepoint) => savepoint.commit().await,
            Kind::PostgresTx(tx) => Ok(tx.commit().await?),
            Kind::Sqlite(_) | Kind::Later(_) | Kind::Postgres(_) => Ok(()),
        }
    }
}

const NOT_BEGUN: &str = "the transaction has not begun";

impl Driver<'_> {
    async fn send(self, writes: &[Write]) -> Result<Self> {
        Ok(match self {
            Self::Sqlite(conn) => {
                write::send_to_sqlite(conn, writes).await?;
                Self::Sqlite(conn)
            }
            Self::Postgres(conn) => {
                write::send_to_postgres(conn, writes).await?;
                Self::Postgres(conn)
            }
        })
    }
}

/// An open transaction. Dropped without [`Tx::commit`], nothing of it remains.
pub struct Tx {
    conn: Conn,
    told: Told,
}

impl Tx {
    pub(crate) const fn new(later: Later, board: Arc<Board>) -> Self {
        Self {
            conn: Conn::new(Kind::Later(later)),
            told: Told::on(board),
        }
    }

    /// Keeps a write until the next statement that is answered, or the commit.
    pub(crate) fn keep(&mut self, write: Write) {
        self.conn.unsent.push(write);
    }

    /// Lets whoever watches know, once it is committed, that a tenant has news.
    pub(crate) fn tell(&mut self, topic: Topic, tenant: TenantId) {
        self.told.add(topic, tenant);
    }

    /// Makes everything that was written durable. On SQLite several
    /// transactions may share one commit; the answer comes after the disk has it.
    pub async fn commit(self) -> Result<()> {
        self.conn.commit().await?;
        self.told.pin_up();
        Ok(())
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
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
