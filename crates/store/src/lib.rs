//! The memory: the only crate that says sqlx; every row of SQLite and PostgreSQL.
