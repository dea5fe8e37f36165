//! SQLite's one writer, and how transactions that wait for it share a commit.
//!
//! A durable commit waits for the disk; with one writer that wait would be
//! everybody's. So each transaction is a savepoint inside a group: who finishes
//! while others wait only hands the writer on, queues again behind them, and
//! answers its caller when the group's `commit` is on the disk. The queue is
//! fair, so a group is never longer than those who waited when it began to end.
//! A savepoint that is dropped unfinished is rolled back alone. What ends one
//! savepoint travels with what comes next: every statement sent costs two
//! switches between threads, inside the time that all others wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{ConnectOptions, SqliteConnection};
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use crate::error::{Result, StoreError};
use crate::write::{self, Opening, Write};

const NEW_GROUP: Opening = Opening {
    text: "begin immediate;savepoint one;",
    statements: 2,
};
const AFTER_FINISHED: Opening = Opening {
    text: "release one;savepoint one;",
    statements: 2,
};
const JOINING: Opening = Opening {
    text: "savepoint one;",
    statements: 1,
};

type Outcome = std::result::Result<(), String>;

pub(crate) struct Writer {
    state: Arc<Mutex<State>>,
    /// Transactions that wait to begin; those that only wait for a commit do not count.
    waiting: AtomicUsize,
}

struct State {
    conn: SqliteConnection,
    group: Option<Group>,
    last: Last,
}

/// What became of the savepoint that was opened last and is still on the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// There is none, or somebody is at work in it.
    Open,
    /// It is finished, and its release is still to be sent.
    Finished,
    /// It was dropped unfinished, and is to be rolled back.
    Abandoned,
}

struct Group {
    finished: usize,
    outcome: watch::Sender<Option<Outcome>>,
}

/// One transaction of a group; holds the writer until it ends.
pub(crate) struct Savepoint {
    writer: Arc<Writer>,
    guard: Option<OwnedMutexGuard<State>>,
}

impl Writer {
    pub(crate) async fn connect(options: &sqlx::sqlite::SqliteConnectOptions) -> Result<Arc<Self>> {
        let conn = options.connect().await?;
        Ok(Arc::new(Self {
            state: Arc::new(Mutex::new(State {
                conn,
                group: None,
                last: Last::Open,
            })),
            waiting: AtomicUsize::new(0),
        }))
    }

    /// Opens a transaction and writes the first that it has to write.
    pub(crate) async fn begin(self: &Arc<Self>, first: Vec<Write>) -> Result<Savepoint> {
        let guard = self.lock().await;
        // Runs to its end even if the caller goes away: half an opening cannot be told from a whole
        // one. What is opened for nobody is dropped, and so rolled back.
        tokio::spawn(open(self.clone(), guard, first))
            .await
            .map_err(|e| StoreError::Begin(e.to_string()))?
    }

    /// A whole transaction of nothing but writes.
    pub(crate) async fn write_all(self: &Arc<Self>, writes: Vec<Write>) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        let opening = open(self.clone(), self.lock().await, writes);
        tokio::spawn(async { opening.await?.finish().await })
            .await
            .map_err(|e| StoreError::Commit(e.to_string()))?
    }

    async fn lock(&self) -> OwnedMutexGuard<State> {
        let _waiting = Waiting::new(&self.waiting);
        self.state.clone().lock_owned().await
    }

    /// Waits for the transaction under way and moves the log into the database file.
    pub(crate) async fn close(&self) {
        let mut guard = self.state.lock().await;
        guard.roll_back_abandoned().await;
        guard.execute("pragma wal_checkpoint(truncate)").await.ok();
    }
}

impl Savepoint {
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self
            .guard
            .as_mut()
            .expect("a savepoint holds the writer until it is committed or dropped")
            .conn
    }

    /// Runs to its end even if the caller goes away: a released savepoint has
    /// to be committed by somebody.
    pub(crate) async fn commit(self) -> Result<()> {
        tokio::spawn(self.finish())
            .await
            .map_err(|e| StoreError::Commit(e.to_string()))?
    }

    async fn finish(mut self) -> Result<()> {
        match self.guard.take() {
            Some(guard) => finish(self.writer.clone(), guard).await,
            None => Ok(()),
        }
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else {
            return;
        };
        guard.last = Last::Abandoned;
        drop(guard);
        // Nobody may come after us, and an open transaction locks other processes out.
        let state = self.writer.state.clone();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                state.lock().await.roll_back_abandoned().await;
            });
        }
    }
}

async fn open(
    writer: Arc<Writer>,
    mut guard: OwnedMutexGuard<State>,
    first: Vec<Write>,
) -> Result<Savepoint> {
    guard.roll_back_abandoned().await;
    let first = guard.open_savepoint(&first).await?;
    // Dropped where its first writes have failed, and so rolled back.
    let savepoint = Savepoint {
        writer,
        guard: Some(guard),
    };
    first.map(|()| savepoint)
}

async fn finish(writer: Arc<Writer>, mut guard: OwnedMutexGuard<State>) -> Result<()> {
    guard.last = Last::Finished;
    if let Some(group) = &mut guard.group {
        group.finished += 1;
    }
    if writer.waiting.load(Ordering::Acquire) == 0 {
        return guard.commit_group().await.map_err(StoreError::Commit);
    }
    let Some(mut outcome) = guard.group.as_ref().map(|g| g.outcome.subscribe()) else {
        return Err(StoreError::Commit(
            "the group has ended before its member".into(),
        ));
    };
    drop(guard);
    tokio::select! {
        biased;
        _ = outcome.changed() => {}
        mut guard = writer.state.lock() => {
            if outcome.borrow().is_none() {
                guard.roll_back_abandoned().await;
                guard.commit_group().await.ok();
            }
        }
    }
    let outcome = outcome.borrow().clone();
    outcome
        .unwrap_or_else(|| Err("the writer ended before the commit".into()))
        .map_err(StoreError::Commit)
}

impl State {
    async fn execute(&mut self, sql: &'static str) -> Result<()> {
        sqlx::raw_sql(sql).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Opens a savepoint, in a new group where there is none, and sends its first writes with it.
    /// The outer error says that none was opened, the inner one that its writes have failed.
    async fn open_savepoint(&mut self, first: &[Write]) -> Result<Result<()>> {
        let is_joining = self.group.is_some();
        let opening = match std::mem::replace(&mut self.last, Last::Open) {
            _ if !is_joining => NEW_GROUP,
            Last::Finished => AFTER_FINISHED,
            Last::Open | Last::Abandoned => JOINING,
        };
        let sent = write::open_and_send(&mut self.conn, opening, first).await;
        if !sent.is_open {
            self.give_up_group("a member could not begin").await;
            let why = || Err(StoreError::Begin("SQLite did not say why".into()));
            return sent.writes.and_then(|()| why());
        }
        if !is_joining {
            self.group = Some(Group {
                finished: 0,
                outcome: watch::Sender::new(None),
            });
        }
        Ok(sent.writes)
    }

    async fn roll_back_abandoned(&mut self) {
        if self.last != Last::Abandoned {
            return;
        }
        self.last = Last::Open;
        if self.group.as_ref().is_some_and(|g| g.finished > 0) {
            let undone = self.execute("rollback to one; release one").await;
            if let Err(error) = undone {
                // SQLite has rolled everything back by itself, for example on a full disk.
                self.give_up_group(&format!("{error:?}")).await;
            }
            return;
        }
        self.give_up_group("its only member was dropped").await;
    }

    /// Undoes the whole group and tells its members. Where SQLite has rolled back by itself,
    /// there is nothing left to undo.
    async fn give_up_group(&mut self, why: &str) {
        self.last = Last::Open;
        self.execute("rollback").await.ok();
        if let Some(group) = self.group.take() {
            if group.finished > 0 {
                tracing::error!(why, members = group.finished, "transactions were undone");
            }
            group.outcome.send_replace(Some(Err(why.to_owned())));
        }
    }

    /// Ends the group for all its members, who read the outcome from the channel.
    async fn commit_group(&mut self) -> Outcome {
        let Some(group) = self.group.take() else {
            return Err("no transaction is open".into());
        };
        // A commit releases what is still open; who was abandoned has been rolled back before.
        self.last = Last::Open;
        let outcome = match self.execute("commit").await {
            Ok(()) => Ok(()),
            Err(error) => {
                // SQLite may have rolled back by itself; then this has nothing to do.
                self.execute("rollback").await.ok();
                Err(format!("{error:?}"))
            }
        };
        group.outcome.send_replace(Some(outcome.clone()));
        outcome
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
