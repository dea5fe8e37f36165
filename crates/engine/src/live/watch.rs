//! The watcher: one a process. Commits ring; it looks into the change log a few times a second at
//! most, and tells the streams. Where several nodes share the database, each announces its own
//! commits to all, and looks when it hears of any.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::ids::TenantId;
use store::news::{Heard, Listener, News, Topic};
use tokio::time::sleep;

use super::signs::{self, Signs};
use crate::Engine;
use crate::error::Result;

/// What is committed within this time is one look, and one announcement.
const TOGETHER: Duration = Duration::from_millis(100);
/// How long after a fault the database is asked again.
const RECOVERY: Duration = Duration::from_secs(2);

/// Watches until it is dropped.
pub async fn run(engine: &Engine) {
    tokio::join!(watch_own(engine), watch_all(engine));
}

/// Commits of this process: looked at, or told to all nodes.
async fn watch_own(engine: &Engine) {
    loop {
        let news = engine.db().news().await;
        let done = if engine.db().is_shared() {
            engine.db().announce(&news).await.map_err(Into::into)
        } else {
            look(engine, &news).await
        };
        if let Err(error) = done {
            tracing::error!(?error, "open pages could not be told of changes");
            engine.live().tell(None, Signs::of_everything());
            sleep(RECOVERY).await;
        }
        sleep(TOGETHER).await;
    }
}

/// What any node announces, this one included; nothing where there are no others.
async fn watch_all(engine: &Engine) {
    loop {
        let error = match engine.db().listen().await {
            Ok(None) => return,
            Ok(Some(listener)) => hear(engine, listener).await.err(),
            Err(error) => Some(error.into()),
        };
        tracing::error!(
            ?error,
            "announcements of changes are heard no more for a while"
        );
        engine.live().tell(None, Signs::of_everything());
        sleep(RECOVERY).await;
    }
}

async fn hear(engine: &Engine, mut listener: Listener) -> Result<()> {
    // Whatever was announced before is not heard.
    engine.live().tell(None, Signs::of_everything());
    loop {
        let mut news = BTreeSet::new();
        let first = listener.next_heard().await?;
        note(engine, &mut news, first);
        let pause = sleep(TOGETHER);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                heard = listener.next_heard() => note(engine, &mut news, heard?),
                () = &mut pause => break,
            }
        }
        look(engine, &news).await?;
    }
}

fn note(engine: &Engine, news: &mut BTreeSet<News>, heard: Heard) {
    match heard {
        Heard::News(heard) => _ = news.insert(heard),
        Heard::Gap => engine.live().tell(None, Signs::of_everything()),
    }
}

/// Reads what is new, and tells each tenant's streams in one telling.
async fn look(engine: &Engine, news: &BTreeSet<News>) -> Result<()> {
    let has_changes = news.iter().any(|news| news.topic == Topic::Changes);
    let mut told = if has_changes {
        read_log(engine).await?
    } else {
        Vec::new()
    };
    for News { topic, tenant_id } in news {
        add(&mut told, *tenant_id, &Signs::of_topic(*topic));
    }
    for (tenant, signs) in told {
        engine.live().tell(Some(tenant), signs);
    }
    Ok(())
}

fn add(told: &mut Vec<(TenantId, Signs)>, tenant: TenantId, signs: &Signs) {
    match told.iter_mut().find(|(known, _)| *known == tenant) {
        Some((_, known)) => known.merge(signs),
        None => told.push((tenant, signs.clone())),
    }
}

async fn read_log(engine: &Engine) -> Result<Vec<(TenantId, Signs)>> {
    let live = engine.live();
    let mut reading = live.reading.lock().await;
    if live.count() == 0 {
        // Whoever comes next begins where the log ends then.
        *reading = None;
    }
    let Some(reading) = reading.as_mut() else {
        return Ok(Vec::new());
    };
    let Some(rows) = reading.look(&mut engine.read().await?).await? else {
        live.tell(None, Signs::of_everything());
        return Ok(Vec::new());
    };
    Ok(signs::by_tenant(&rows))
}
