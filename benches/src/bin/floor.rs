//! The naive floor: the least that a durable webhook can do. One HMAC over the body, one
//! transaction of three rows on SQLite with WAL and full synchronisation, one writer.
//!
//! `floor ADDRESS DATABASE_FILE` serves `POST /` until it is killed.

use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::Mutex;

type Writer = Arc<Mutex<SqliteConnection>>;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(file)) = (arguments.next(), arguments.next()) else {
        eprintln!("floor ADDRESS DATABASE_FILE");
        std::process::exit(2);
    };
    let mut conn = SqliteConnectOptions::from_str(&format!("sqlite://{file}"))
        .expect("a file name")
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .disable_statement_logging()
        .connect()
        .await
        .expect("the database opens");
    for table in [
        "create table events (id text primary key, body text not null)",
        "create table licenses (id text primary key, event text not null)",
        "create table jobs (id text primary key, event text not null)",
    ] {
        sqlx::query(table)
            .execute(&mut conn)
            .await
            .expect("a new table");
    }
    let app = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/", post(receive))
        .with_state(Arc::new(Mutex::new(conn)));
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .expect("a free port");
    axum::serve(listener, app).await.expect("serves");
}

async fn receive(State(writer): State<Writer>, headers: HeaderMap, body: Bytes) -> StatusCode {
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
    match store(&mut *writer.lock().await, v1, text).await {
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
