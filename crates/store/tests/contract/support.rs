//! A fresh database of each kind for every test, dropped when it ends, however it ends.

use std::future::Future;
use std::ops::Deref;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{Conn, Db, Result, StoreError, Tx};
use tempfile::TempDir;
use uuid::Uuid;

/// 2026-11-23T12:00:00Z, Unix milliseconds.
pub const NOW: i64 = 1_795_435_200_000;

/// An open, migrated database and where it is.
pub struct TestDb {
    pub db: Db,
    pub url: String,
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Runs the body on a fresh SQLite file and, where a server is named, on a fresh PostgreSQL database.
pub async fn on_each(body: impl AsyncFn(&TestDb)) {
    on_each_empty(async |url: String| {
        let db = open(url).await;
        body(&db).await;
        db.close().await;
    })
    .await;
}

/// The same with the URLs of databases in which nothing is yet.
pub async fn on_each_empty(body: impl AsyncFn(String)) {
    let directory = tempfile::tempdir().expect("a directory for the database");
    println!("on SQLite");
    let path = directory.path().join("test.db");
    body(format!("sqlite://{}", path.display())).await;
    if let Some(server) = postgres_url() {
        println!("on PostgreSQL");
        on_postgres(&server, &directory, &body).await;
    }
}

async fn on_postgres(server: &str, directory: &TempDir, body: &impl AsyncFn(String)) {
    let name = database_name(directory);
    administer(
        server,
        &format!("create database {name} template template0"),
    )
    .await;
    let outcome = AssertUnwindSafe(body(beside(server, &name)))
        .catch_unwind()
        .await;
    administer(server, &format!("drop database {name} with (force)")).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

async fn open(url: String) -> TestDb {
    let db = Db::open(&url).await.expect("the database opens");
    db.migrate().await.expect("the migrations apply");
    TestDb { db, url }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the test server is, is the set-up's to say"
)]
fn postgres_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
}

/// The directory's random name makes one for the database.
fn database_name(directory: &TempDir) -> String {
    let path = directory.path().to_string_lossy();
    let random: String = path
        .chars()
        .rev()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    format!("contract_{}_{}", std::process::id(), random.to_lowercase())
}

/// The URL of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (address, query) = server
        .split_once('?')
        .map_or((server, String::new()), |(a, q)| (a, format!("?{q}")));
    let authority_end = address.find("://").map_or(0, |i| i + 3);
    let host = match address[authority_end..].find('/') {
        Some(slash) => &address[..authority_end + slash],
        None => address,
    };
    format!("{host}/{name}{query}")
}

async fn administer(server: &str, sql: &str) {
    let mut conn = PgConnection::connect(server)
        .await
        .expect("the server answers");
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut conn)
        .await
        .expect("the database is made or dropped");
    conn.close().await.expect("the connection ends");
}

/// One transaction that must succeed.
pub async fn write<T>(db: &Db, work: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> T {
    let mut tx = db.begin();
    let value = work(&mut tx).await.expect("the statements succeed");
    tx.commit().await.expect("the transaction is committed");
    value
}

/// One transaction of writes that need no answer; it must succeed.
pub async fn keep(db: &Db, writes: impl FnOnce(&mut Tx)) {
    assert!(is_kept(db, writes).await, "nobody was faster");
}

/// The same; false where another transaction had written the same thing, and nothing of this one is left.
pub async fn is_kept(db: &Db, writes: impl FnOnce(&mut Tx)) -> bool {
    let mut tx = db.begin();
    writes(&mut tx);
    match tx.commit().await {
        Ok(()) => true,
        Err(StoreError::Overtaken) => false,
        Err(other) => panic!("the transaction fails: {other:?}"),
    }
}

/// One look that must succeed.
pub async fn read<T>(db: &Db, work: impl AsyncFnOnce(&mut Conn) -> Result<T>) -> T {
    let mut conn = db.read().await.expect("a connection is lent");
    work(&mut conn).await.expect("the statements succeed")
}

/// The rows of a list, page by page: each page comes after the last row of the one before.
pub async fn page_by_page<T>(page: impl AsyncFn(Option<&T>) -> Vec<T>) -> Vec<T> {
    let mut all = Vec::new();
    loop {
        let rows = page(all.last()).await;
        if rows.is_empty() {
            return all;
        }
        all.extend(rows);
    }
}

/// Runs the futures at the same time, each on a task of its own; their results in order.
pub async fn together<T: Send + 'static>(
    work: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
    let done = futures::future::join_all(tasks).await;
    done.into_iter()
        .map(|result| result.expect("the task ends well"))
        .collect()
}

/// The n-th id; a greater n sorts later.
pub fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}
