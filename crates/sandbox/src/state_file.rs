//! Keeps the world in a file, so that a restarted sandbox knows what it knew.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::inner::Inner;
use crate::world::World;

/// Changes within this time are written together.
const PAUSE: Duration = Duration::from_millis(200);

/// The kept world, or a new one where there is no file yet.
pub(crate) fn load(path: &Path) -> io::Result<World> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(World::default()),
        Err(error) => Err(error),
    }
}

/// Writes the world beside its file and puts it in its place.
pub(crate) fn save(inner: &Inner, path: &Path) -> io::Result<()> {
    let bytes = serde_json::to_vec(&*inner.lock()).map_err(io::Error::other)?;
    let beside = path.with_extension("new");
    std::fs::write(&beside, bytes)?;
    std::fs::rename(beside, path)
}

/// Writes after every change, until its task is ended.
pub(crate) async fn run(inner: Arc<Inner>, path: PathBuf) {
    let mut changes = inner.changes.subscribe();
    while changes.changed().await.is_ok() {
        tokio::time::sleep(PAUSE).await;
        changes.mark_unchanged();
        if let Err(error) = save(&inner, &path) {
            tracing::warn!(%error, "the sandbox's state could not be written");
        }
    }
}
