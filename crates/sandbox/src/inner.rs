//! What all parts of a running sandbox share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::tools::Tools;
use crate::world::World;

/// The world behind its lock, and the bells that ring when it changes.
#[derive(Debug)]
pub(crate) struct Inner {
    world: Mutex<World>,
    pub tools: Tools,
    pub http: reqwest::Client,
    /// Wakes the sender.
    pub wake: Notify,
    /// Counts changes, for those who wait for one.
    pub changes: watch::Sender<u64>,
    pub smtp: std::net::SocketAddr,
}

impl Inner {
    pub fn new(
        world: World,
        tools: Tools,
        http: reqwest::Client,
        smtp: std::net::SocketAddr,
    ) -> Self {
        Self {
            world: Mutex::new(world),
            tools,
            http,
            wake: Notify::new(),
            changes: watch::Sender::new(0),
            smtp,
        }
    }

    /// The world; never held across an await.
    pub fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that something changed.
    pub fn touch(&self) {
        self.changes.send_modify(|count| *count += 1);
        self.wake.notify_one();
    }

    /// Waits until `found` finds something in the world, at most so long.
    pub async fn wait_for<T>(
        &self,
        limit: std::time::Duration,
        found: impl Fn(&World) -> Option<T>,
    ) -> Option<T> {
        let mut changes = self.changes.subscribe();
        let search = async {
            loop {
                if let Some(thing) = found(&self.lock()) {
                    return thing;
                }
                changes
                    .changed()
                    .await
                    .expect("the sender lives as long as the sandbox");
            }
        };
        tokio::time::timeout(limit, search).await.ok()
    }
}
