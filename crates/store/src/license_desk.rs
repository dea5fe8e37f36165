//! Questions about licences that come at the same moment are asked in one statement: handing a statement
//! to SQLite and taking its answer costs more than the look-up itself.
//!
//! Whoever asks stands in line. A clerk takes all who stand there, asks for them together, tells each its
//! answer, and goes home when nobody is left: who comes alone waits for nobody.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::conn::Conn;
use crate::db::Readers;
use crate::error::{Result, StoreError};
use crate::license_lookups::{self, LicenseLookup, Question, TOGETHER};

/// A second one goes on while the first waits for the disk; with more, fewer ask together.
const CLERKS: usize = 2;

/// A question, and who waits for its answer.
struct InLine {
    question: Question,
    answer: oneshot::Sender<Option<LicenseLookup>>,
}

/// Where questions about licences are asked.
pub(crate) struct LicenseDesk {
    readers: Readers,
    line: Mutex<VecDeque<InLine>>,
    /// One for each clerk who is not at work.
    clerks: Arc<Semaphore>,
}

impl LicenseDesk {
    pub(crate) fn new(readers: Readers) -> Arc<Self> {
        Arc::new(Self {
            readers,
            line: Mutex::default(),
            clerks: Arc::new(Semaphore::new(CLERKS)),
        })
    }

    /// The licence with this key. Fails as [`StoreError::Together`] where the statement failed that asked
    /// for several.
    pub(crate) async fn ask(self: &Arc<Self>, question: Question) -> Result<Option<LicenseLookup>> {
        let (answer, told) = oneshot::channel();
        self.line().push_back(InLine { question, answer });
        if let Ok(clerk) = self.clerks.clone().try_acquire_owned() {
            tokio::spawn(self.clone().serve(clerk));
        }
        told.await.map_err(|_| StoreError::Together)
    }

    async fn serve(self: Arc<Self>, mut clerk: OwnedSemaphorePermit) {
        loop {
            // Taking a connection and giving it back costs as much as a question: it is kept while there are any.
            let mut conn = None;
            // Who is ready to ask stands in line before the clerk looks there.
            tokio::task::yield_now().await;
            while let Some(next) = self.next() {
                self.answer(next, &mut conn).await;
                tokio::task::yield_now().await;
            }
            drop(conn);
            drop(clerk);
            // Somebody may have come while the clerk was counted as at work.
            if self.line().is_empty() {
                return;
            }
            match self.clerks.clone().try_acquire_owned() {
                Ok(back) => clerk = back,
                Err(_) => return,
            }
        }
    }

    /// Those who are first in line.
    fn next(&self) -> Option<Vec<InLine>> {
        let mut line = self.line();
        let count = line.len().min(TOGETHER);
        let next: Vec<_> = line.drain(..count).collect();
        (!next.is_empty()).then_some(next)
    }

    async fn answer(&self, next: Vec<InLine>, conn: &mut Option<Conn>) {
        let questions: Vec<_> = next.iter().map(|one| &one.question).collect();
        match self.find_all(&questions, conn).await {
            Ok(answers) => {
                for (one, answer) in next.into_iter().zip(answers) {
                    // Who has gone away needs no answer.
                    let _ = one.answer.send(answer);
                }
            }
            // Whoever hears nothing knows that it failed, and may ask alone.
            Err(error) => {
                *conn = None;
                tracing::warn!(%error, "several look-ups failed together");
            }
        }
    }

    async fn find_all(
        &self,
        questions: &[&Question],
        conn: &mut Option<Conn>,
    ) -> Result<Vec<Option<LicenseLookup>>> {
        let conn = match conn {
            Some(conn) => conn,
            none => none.insert(self.readers.read().await?),
        };
        license_lookups::find_all(conn, questions).await
    }

    fn line(&self) -> MutexGuard<'_, VecDeque<InLine>> {
        // A question is in line or not: what a panic left behind is whole.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
