//! Writes that nobody waits for: they travel together, before the next statement that is answered
//! or before the commit.
//!
//! A statement sent to SQLite costs two switches between threads, which is several times what the
//! statement itself costs. So a transaction keeps what needs no answer and sends it as one text;
//! PostgreSQL gets the same statements one by one.

use std::fmt::Write as _;

use futures::TryStreamExt as _;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{
    AssertSqlSafe, Either, Executor as _, PgConnection, Postgres, Sqlite, SqliteConnection,
};
use uuid::Uuid;

use crate::error::{Result, StoreError};

/// Statements sent in one text at most: a longer list is sent in parts, so that the driver's cache of
/// prepared texts stays small.
const TOGETHER: usize = 16;

/// One statement with its values.
pub(crate) struct Write {
    text: &'static str,
    values: Vec<Value>,
    expects: Expects,
}

/// How many rows a write has to change.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expects {
    /// Any number, also none.
    Any,
    /// Exactly one; otherwise another transaction was faster.
    One,
}

/// A value of one of the types that our columns have.
pub(crate) enum Value {
    Bool(bool),
    Int(Option<i32>),
    Big(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
    Id(Option<Uuid>),
}

impl Write {
    /// A write that may change any number of rows.
    pub(crate) fn any(text: &'static str) -> Self {
        Self {
            text,
            values: Vec::new(),
            expects: Expects::Any,
        }
    }

    /// A write that has to change exactly one row; sending it fails with
    /// [`StoreError::Overtaken`] where it changes none.
    pub(crate) fn one(text: &'static str) -> Self {
        Self {
            expects: Expects::One,
            ..Self::any(text)
        }
    }

    /// Gives the next parameter its value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    fn judge(&self, changed: u64) -> Result<()> {
        if self.expects == Expects::One && changed != 1 {
            return Err(StoreError::Overtaken);
        }
        Ok(())
    }
}

/// Statements without values that go before the writes, in the same text.
#[derive(Clone, Copy)]
pub(crate) struct Opening {
    /// Each ends with a semicolon.
    pub text: &'static str,
    /// How many they are.
    pub statements: usize,
}

/// What became of an opening and the writes after it.
pub(crate) struct Sent {
    /// True where all statements of the opening were done.
    pub is_open: bool,
    /// What became of the writes.
    pub writes: Result<()>,
}

/// Sends them in their order, each text as few times as may be.
pub(crate) async fn send_to_sqlite(conn: &mut SqliteConnection, writes: &[Write]) -> Result<()> {
    for together in writes.chunks(TOGETHER) {
        let mut unjudged = together.iter();
        send_text(
            conn,
            one_text(String::new(), together),
            together,
            |changed| unjudged.next().map_or(Ok(()), |write| write.judge(changed)),
        )
        .await?;
    }
    Ok(())
}

/// Opens, and sends as many of the writes with it as go into one text; then the others.
pub(crate) async fn open_and_send(
    conn: &mut SqliteConnection,
    opening: Opening,
    writes: &[Write],
) -> Sent {
    let (first, later) = writes.split_at(writes.len().min(TOGETHER));
    let mut done = 0_usize;
    let text = one_text(opening.text.to_owned(), first);
    let sent = send_text(conn, text, first, |changed| {
        done += 1;
        // The opening's own statements change nothing.
        let write = done.checked_sub(opening.statements + 1);
        let write = write.and_then(|place| first.get(place));
        write.map_or(Ok(()), |write| write.judge(changed))
    })
    .await;
    let is_open = done >= opening.statements;
    let writes = match sent {
        Ok(()) => send_to_sqlite(conn, later).await,
        Err(error) => Err(error),
    };
    Sent { is_open, writes }
}

/// Sends one text and judges each statement by the rows that it changed.
async fn send_text(
    conn: &mut SqliteConnection,
    text: String,
    writes: &[Write],
    mut judge: impl FnMut(u64) -> Result<()>,
) -> Result<()> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for value in writes.iter().flat_map(|write| &write.values) {
        query = bind_sqlite(query, value);
    }
    let mut answers = conn.fetch_many(query);
    while let Some(answer) = answers.try_next().await? {
        if let Either::Left(done) = answer {
            judge(done.rows_affected())?;
        }
    }
    Ok(())
}

/// Sends them in their order.
pub(crate) async fn send_to_postgres(conn: &mut PgConnection, writes: &[Write]) -> Result<()> {
    for write in writes {
        let query = write
            .values
            .iter()
            .fold(sqlx::query(write.text), bind_postgres);
        write.judge(query.execute(&mut *conn).await?.rows_affected())?;
    }
    Ok(())
}

/// The statements one after the other behind a text, their parameters numbered through.
fn one_text(mut text: String, writes: &[Write]) -> String {
    let mut offset = 0;
    for write in writes {
        let mut parts = write.text.split('$');
        text.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let number: usize = number.parse().unwrap_or_default();
            write!(text, "${}{rest}", offset + number).expect("a string takes all");
        }
        text.push(';');
        offset += write.values.len();
    }
    text
}

type SqliteQuery<'q> = Query<'q, Sqlite, SqliteArguments>;

fn bind_sqlite<'q>(query: SqliteQuery<'q>, value: &'q Value) -> SqliteQuery<'q> {
    match value {
        Value::Bool(v) => query.bind(v),
        Value::Int(v) => query.bind(v),
        Value::Big(v) => query.bind(v),
        Value::Text(v) => query.bind(v.as_deref()),
        Value::Bytes(v) => query.bind(v.as_slice()),
        Value::Id(v) => query.bind(v),
    }
}

type PostgresQuery<'q> = Query<'q, Postgres, PgArguments>;

fn bind_postgres<'q>(query: PostgresQuery<'q>, value: &'q Value) -> PostgresQuery<'q> {
    match value {
        Value::Bool(v) => query.bind(v),
        Value::Int(v) => query.bind(v),
        Value::Big(v) => query.bind(v),
        Value::Text(v) => query.bind(v.as_deref()),
        Value::Bytes(v) => query.bind(v.as_slice()),
        Value::Id(v) => query.bind(v),
    }
}

/// How a value of Rust becomes a value of a column.
macro_rules! values {
    ($($rust:ty as $value:ident => $kept:expr;)+) => {$(
        impl From<$rust> for Value {
            fn from($value: $rust) -> Self {
                $kept
            }
        }
    )+};
}

values! {
    bool as v => Self::Bool(v);
    i32 as v => Self::Int(Some(v));
    Option<i32> as v => Self::Int(v);
    i64 as v => Self::Big(Some(v));
    Option<i64> as v => Self::Big(v);
    &str as v => Self::Text(Some(v.to_owned()));
    &String as v => Self::Text(Some(v.clone()));
    &Option<String> as v => Self::Text(v.clone());
    &Vec<u8> as v => Self::Bytes(v.clone());
    Uuid as v => Self::Id(Some(v));
    Option<Uuid> as v => Self::Id(v);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_of_several_statements_are_numbered_through() {
        let writes = [
            Write::any("insert into a values ($1, $2)").bind(1).bind(2),
            Write::any("update b set x = $2, y = $2 where id = $1")
                .bind(3)
                .bind(4),
            Write::any("delete from c"),
        ];
        assert_eq!(
            one_text(String::new(), &writes),
            "insert into a values ($1, $2);update b set x = $4, y = $4 where id = $3;delete from c;"
        );
    }
}
