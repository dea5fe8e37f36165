//! The naive floor: the least that a durable webhook, and a look at a licence, can do.
//!
//! `floor ADDRESS DATABASE_FILE KEYS_FILE ROWS` serves until it is killed: `POST /` is one HMAC over the
//! body and one transaction of three rows on SQLite with WAL and full synchronisation, one writer;
//! `POST /look` reads a key from JSON and selects its row from as many rows, by one of four readers.

use std::str::FromStr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use tokio::sync::Mutex;

#[derive(Clone)]
struct Floor {
    writer: Arc<Mutex<SqliteConnection>>,
    readers: SqlitePool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Look {
    activation_key: String,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(file), Some(keys), Some(rows)) = (
        arguments.next(),
        arguments.next(),
        arguments.next(),
        arguments.next().and_then(|rows| rows.parse().ok()),
    ) else {
        eprintln!("floor ADDRESS DATABASE_FILE KEYS_FILE ROWS");
        std::process::exit(2);
    };
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))
        .expect("a file name")
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging();
    let mut conn = options.connect().await.expect("the database opens");
    for table in [
        "create table events (id text primary key, body text not null)",
        "create table licenses (id text primary key, event text not null)",
        "create table jobs (id text primary key, event text not null)",
        "create table keys (key text primary key, state text not null, expires_at integer not null)",
    ] {
        sqlx::query(table)
            .execute(&mut conn)
            .await
            .expect("a new table");
    }
    fill(&mut conn, &keys, rows)
        .await
        .expect("rows are written");
    let readers = SqlitePoolOptions::new()
        .max_connections(4)
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .expect("readers open");
    let writer = Arc::new(Mutex::new(conn));
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/", post(receive))
        .route("/look", post(look))
        .with_state(Floor { writer, readers });
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("a free port");
    axum::serve(listener, app).await.expect("serves");
}

const OTHERS: &str = "insert into keys
    with recursive counted(n) as (select 1 union all select n + 1 from counted where n < $1)
    select lower(hex(randomblob(8))), 'active', 2524607999000 from counted";

/// The keys of the file, each at the beginning of its line, and others until there are so many rows.
async fn fill(conn: &mut SqliteConnection, file: &str, rows: i64) -> Result<(), sqlx::Error> {
    let text = std::fs::read_to_string(file).expect("the keys' file");
    let mut others = rows;
    sqlx::query("begin").execute(&mut *conn).await?;
    for key in text.lines().filter_map(|line| line.split('\t').next()) {
        sqlx::query("insert into keys values ($1, 'active', 2524607999000)")
            .bind(key)
            .execute(&mut *conn)
            .await?;
        others -= 1;
    }
    if others > 0 {
        sqlx::query(OTHERS).bind(others).execute(&mut *conn).await?;
    }
    sqlx::query("commit").execute(&mut *conn).await?;
    Ok(())
}

async fn look(State(floor): State<Floor>, Json(look): Json<Look>) -> (StatusCode, Json<Value>) {
    let row: Result<Option<(String, i64)>, _> =
        sqlx::query_as("select state, expires_at from keys where key = $1")
            .bind(look.activation_key)
            .fetch_optional(&floor.readers)
            .await;
    match row {
        Ok(Some((state, expires_at))) => (
            StatusCode::OK,
            Json(json!({ "state": state, "expiresAt": expires_at })),
        ),
        Ok(None) => (StatusCode::NOT_FOUND, Json(json!({}))),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({}))),
    }
}

async fn receive(State(floor): State<Floor>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers
        .get("stripe-signature")
        .and_then(|v| v.to_str().ok());
    let Some((t, v1)) = signature.and_then(|s| s.strip_prefix("t=")?.split_once(",v1=")) else {
        return StatusCode::BAD_REQUEST;
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_bench_0123456789").expect("any length");
    mac.update(t.as_bytes());
    mac.update(b".");
    mac.update(&body);
    if mac
        .verify_slice(&hex::decode(v1).unwrap_or_default())
        .is_err()
    {
        return StatusCode::BAD_REQUEST;
    }
    let Ok(text) = std::str::from_utf8(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    match store(&mut *floor.writer.lock().await, v1, text).await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn store(conn: &mut SqliteConnection, event: &str, body: &str) -> Result<(), sqlx::Error> {
    sqlx::query("begin immediate").execute(&mut *conn).await?;
    sqlx::query("insert into events values ($1, $2)")
        .bind(event)
        .bind(body)
        .execute(&mut *conn)
        .await?;
    sqlx::query("insert into licenses values ($1, $1)")
        .bind(event)
        .execute(&mut *conn)
        .await?;
    sqlx::query("insert into jobs values ($1, $1)")
        .bind(event)
        .execute(&mut *conn)
        .await?;
    sqlx::query("commit").execute(&mut *conn).await?;
    Ok(())
}
