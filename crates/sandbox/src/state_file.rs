//! Keeps the world in a file, so that a restarted sandbox knows what it knew.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::inner::Inner;
use crate::world::World;

/// Changes within this time, or longer in a large world, are written together.
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
    private(&beside)?.write_all(&bytes)?;
    std::fs::rename(beside, path)
}

/// A new file that only its owner reads: keys and signing secrets stand in it.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes after every change, until its task is ended.
pub(crate) async fn run(inner: Arc<Inner>, path: PathBuf) {
    let mut changes = inner.changes.subscribe();
    let mut pause = PAUSE;
    while changes.changed().await.is_ok() {
        tokio::time::sleep(pause).await;
        changes.mark_unchanged();
        let began = inner.tools.clock.now();
        if let Err(error) = save(&inner, &path) {
            tracing::warn!(%error, "the sandbox's state could not be written");
        }
        // A large world is written less often, so that writing never fills the time.
        let took = u64::try_from(inner.tools.clock.now() - began).unwrap_or_default();
        pause = PAUSE.max(Duration::from_millis(took.min(1_000) * 5));
    }
}
