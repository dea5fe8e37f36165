//! What a refused form leaves for the page after the redirect, for browsers without JavaScript:
//! errors and non-secret input, for ten minutes, to be taken once by whoever has the id.

use serde_json::Value;
use uuid::Uuid;

use crate::Engine;
use crate::error::Result;

const MINUTES: i64 = 10;
/// Rows that are kept at most: whoever is at the door without a session can make one, too.
const KEEP_ROWS: i64 = 10_000;

/// Puts JSON without secrets aside; answers the id that the URL carries.
pub async fn put(engine: &Engine, data: &Value) -> Result<String> {
    let id: Uuid = engine.new_id();
    let mut tx = engine.begin();
    store::flash::insert(&mut tx, id, &data.to_string(), engine.now().millis()).await?;
    store::flash::prune_many(&mut tx, KEEP_ROWS).await?;
    tx.commit().await?;
    Ok(id.to_string())
}

/// Takes what was put aside; `None` where it was taken before, is too old, or never was.
pub async fn take(engine: &Engine, id: &str) -> Result<Option<Value>> {
    let Ok(id) = Uuid::try_parse(id) else {
        return Ok(None);
    };
    let oldest = engine.now().plus_minutes(-MINUTES).millis();
    let mut tx = engine.begin();
    let data = store::flash::take(&mut tx, id, oldest).await?;
    tx.commit().await?;
    data.map(|text| Ok(serde_json::from_str(&text)?))
        .transpose()
}

/// Forgets what nobody took in time; the worker calls it once an hour. Answers how many.
pub async fn prune(engine: &Engine) -> Result<u64> {
    let oldest = engine.now().plus_minutes(-MINUTES).millis();
    let mut tx = engine.begin();
    let count = store::flash::prune(&mut tx, oldest).await?;
    tx.commit().await?;
    Ok(count)
}
