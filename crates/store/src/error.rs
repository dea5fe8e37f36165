//! What can go wrong with the database, in words that the layers above act on.

use std::error::Error as _;
use std::fmt;

/// The result of every store call.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A fault of the database, or of a row in it. `Debug`, which goes to the log, is the chain of sentences:
/// what PostgreSQL adds beside them quotes rows, and addresses stand in rows.
#[derive(thiserror::Error)]
pub enum StoreError {
    /// The driver or the server refused; the source says why.
    #[error("the database refused a statement")]
    Database(#[source] sqlx::Error),
    /// A transaction could not be begun, for the process is coming to its end.
    #[error("a transaction could not be begun: {0}")]
    Begin(String),
    /// A write that had to change a row changed none, for another transaction wrote the same thing; or
    /// two waited for each other, and this one had to give way. Nothing of it can stay; begun anew, it
    /// finds what the other wrote.
    #[error("another transaction wrote the same thing")]
    Overtaken,
    /// A group of transactions could not be committed; none of them took effect.
    #[error("a transaction could not be committed: {0}")]
    Commit(String),
    /// A statement failed that asked for several at once; one of them may be why. Each may ask alone.
    #[error("a statement that asked for several at once failed")]
    Together,
    /// The address of the database cannot be read.
    #[error("{0}")]
    Address(String),
    /// A copy of the database was read through and is not sound.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
    /// The migrations could not be applied.
    #[error("the database could not be migrated")]
    Migrate(#[source] sqlx::migrate::MigrateError),
}

/// PostgreSQL's `deadlock_detected`; SQLite, with its one writer, knows none.
const DEADLOCK: &str = "40P01";

impl StoreError {
    /// True where a unique index refused the row.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(e)) => e.is_unique_violation(),
            _ => false,
        }
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut deeper = self.source();
        while let Some(cause) = deeper {
            write!(f, ": {cause}")?;
            deeper = cause.source();
        }
        let Self::Database(sqlx::Error::Database(said)) = self else {
            return Ok(());
        };
        let words = [
            ("code", said.code()),
            ("table", said.table().map(Into::into)),
        ];
        let constraint = said.constraint().map(Into::into);
        for (name, word) in words.into_iter().chain([("constraint", constraint)]) {
            if let Some(word) = word {
                write!(f, ", {name} {word}")?;
            }
        }
        Ok(())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error.as_database_error() {
            Some(e) if e.code().is_some_and(|code| code == DEADLOCK) => Self::Overtaken,
            _ => Self::Database(error),
        }
    }
}
