//! The open streams of this process: how many there are of whom, and how they are told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use domain::ids::{PersonId, TenantId};
use tokio::sync::broadcast::{Receiver, Sender};
use tokio::sync::{Mutex as TurnLock, broadcast};

use super::reading::Reading;
use super::signs::Signs;
use crate::error::{Error, Result};

/// Streams of a process.
const MOST: usize = 2_000;
/// Streams of a person: browsers open six connections to a server at most, in all their tabs.
const MOST_OF_PERSON: usize = 12;
/// Tellings that wait for a stream; who is further behind is cut off, and comes again.
const WAITING: usize = 256;

/// When whoever found no place may try again, seconds.
const COME_AGAIN: u64 = 10;

/// What all streams hear; those of other tenants pass over it.
#[derive(Clone)]
pub(super) struct Telling {
    /// Whose; none where it may be anybody's.
    pub tenant: Option<TenantId>,
    /// What.
    pub signs: Arc<Signs>,
}

/// The streams, and how far the watcher has read.
pub(crate) struct Live {
    open: Mutex<Open>,
    /// The rows that the watcher has told of; none while nobody listens.
    pub(super) reading: TurnLock<Option<Reading>>,
}

struct Open {
    /// None once the process comes to its end.
    sender: Option<Sender<Telling>>,
    people: BTreeMap<PersonId, usize>,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            open: Mutex::new(Open {
                sender: Some(broadcast::channel(WAITING).0),
                people: BTreeMap::new(),
            }),
            reading: TurnLock::default(),
        }
    }
}

impl Live {
    /// A place among the streams; refused where the person, or everybody together, has too many.
    pub(super) fn enter(&self, person: PersonId) -> Result<Receiver<Telling>> {
        let mut open = self.lock();
        let all: usize = open.people.values().sum();
        let own = open.people.get(&person).copied().unwrap_or_default();
        let Some(sender) = open
            .sender
            .as_ref()
            .filter(|_| all < MOST && own < MOST_OF_PERSON)
        else {
            return Err(Error::TooMany {
                retry_after_seconds: COME_AGAIN,
            });
        };
        let receiver = sender.subscribe();
        open.people.insert(person, own + 1);
        Ok(receiver)
    }

    pub(super) fn leave(&self, person: PersonId) {
        let mut open = self.lock();
        if let Some(own) = open.people.get_mut(&person) {
            *own -= 1;
            if *own == 0 {
                open.people.remove(&person);
            }
        }
    }

    pub(super) fn tell(&self, tenant: Option<TenantId>, signs: Signs) {
        if signs.are_none() {
            return;
        }
        if let Some(sender) = &self.lock().sender {
            // Nobody may listen any more: then nobody is told.
            let _ = sender.send(Telling {
                tenant,
                signs: Arc::new(signs),
            });
        }
    }

    pub(super) fn count(&self) -> usize {
        self.lock().people.values().sum()
    }

    pub(super) fn close(&self) {
        self.lock().sender = None;
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_so_many_streams_and_gets_back_what_ended() {
        let live = Live::default();
        let person = |n| PersonId::from(uuid::Uuid::from_u128(n));
        for _ in 0..MOST_OF_PERSON {
            live.enter(person(1)).expect("there is room");
        }
        assert!(live.enter(person(1)).is_err());
        live.enter(person(2)).expect("others have their own");
        live.leave(person(1));
        live.enter(person(1)).expect("one has ended");
        assert_eq!(live.count(), MOST_OF_PERSON + 1);
    }

    #[test]
    fn who_listened_hears_the_end_and_nobody_begins_after_it() {
        let live = Live::default();
        let person = PersonId::from(uuid::Uuid::from_u128(1));
        let mut receiver = live.enter(person).expect("there is room");
        live.close();
        let heard = receiver.try_recv().map(|_| ());
        assert_eq!(heard, Err(broadcast::error::TryRecvError::Closed));
        assert!(live.enter(person).is_err());
    }
}
