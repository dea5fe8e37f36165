//! What commits tell whoever watches: a tenant has news, and of what kind. Nobody who writes waits for it.
//!
//! Every process hears its own commits ([`Db::news`]). On PostgreSQL one task tells them to all nodes,
//! itself included, with `notify`: the tenant's id and nothing else ([`Db::announce`], [`Db::listen`]).

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use domain::ids::TenantId;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

use crate::db::Db;
use crate::error::Result;

/// What a tenant has news of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The change log has new rows.
    Changes,
    /// An event came, or its processing went on; the change log need not tell of it.
    StripeEvents,
    /// A mail was queued, or its delivery went on; the change log need not tell of it.
    Mails,
}

impl Topic {
    const ALL: [Self; 3] = [Self::Changes, Self::StripeEvents, Self::Mails];

    /// The channel that PostgreSQL tells it by.
    const fn channel(self) -> &'static str {
        match self {
            Self::Changes => "exisone_changes",
            Self::StripeEvents => "exisone_stripe_events",
            Self::Mails => "exisone_mails",
        }
    }
}

/// A tenant has news of this topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct News {
    /// Of what.
    pub topic: Topic,
    /// Whose.
    pub tenant_id: TenantId,
}

/// What was heard of other nodes, or of this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// There are news.
    News(News),
    /// The connection was lost for a while: there may be news of every tenant.
    Gap,
}

/// Where commits of this process leave their news until they are taken; each stands there once.
#[derive(Default)]
pub(crate) struct Board {
    news: Mutex<BTreeSet<News>>,
    bell: Notify,
}

impl Board {
    pub(crate) fn pin_up(&self, news: &[News]) {
        if news.is_empty() {
            return;
        }
        self.lock().extend(news);
        self.bell.notify_one();
    }

    async fn take(&self) -> BTreeSet<News> {
        loop {
            let taken = std::mem::take(&mut *self.lock());
            if !taken.is_empty() {
                return taken;
            }
            self.bell.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<News>> {
        self.news
            .lock()
            .expect("nothing panics while it holds this lock")
    }
}

/// Hears what any node announces.
pub struct Listener(PgListener);

impl Listener {
    async fn connect(pool: &PgPool) -> Result<Self> {
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all(Topic::ALL.map(Topic::channel)).await?;
        Ok(Self(listener))
    }

    /// Waits for what is announced next. A lost connection is opened again.
    pub async fn next_heard(&mut self) -> Result<Heard> {
        while let Some(said) = self.0.try_recv().await? {
            let of_it = |topic: &Topic| topic.channel() == said.channel();
            let topic = Topic::ALL.into_iter().find(of_it);
            if let (Some(topic), Ok(tenant_id)) = (topic, said.payload().parse()) {
                return Ok(Heard::News(News { topic, tenant_id }));
            }
        }
        Ok(Heard::Gap)
    }
}

const ANNOUNCE: &str = "select pg_notify($1, $2)";

impl Db {
    /// Waits for commits of this process that had news, and takes them. One waiter at a time.
    pub async fn news(&self) -> BTreeSet<News> {
        self.board().take().await
    }

    /// Tells them to every node that listens, this one included; nobody listens to SQLite.
    pub async fn announce(&self, news: &BTreeSet<News>) -> Result<()> {
        let Some(pool) = self.shared_pool() else {
            return Ok(());
        };
        let mut tx = pool.begin().await?;
        for News { topic, tenant_id } in news {
            let told = sqlx::query(ANNOUNCE)
                .bind(topic.channel())
                .bind(tenant_id.to_string());
            told.execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Begins to listen; `None` on SQLite, where no other node is.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        match self.shared_pool() {
            Some(pool) => Ok(Some(Listener::connect(pool).await?)),
            None => Ok(None),
        }
    }
}

/// What a transaction will tell once it is committed.
pub(crate) struct Told {
    board: Arc<Board>,
    news: Vec<News>,
}

impl Told {
    pub(crate) const fn on(board: Arc<Board>) -> Self {
        Self {
            board,
            news: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, topic: Topic, tenant_id: TenantId) {
        let news = News { topic, tenant_id };
        if !self.news.contains(&news) {
            self.news.push(news);
        }
    }

    pub(crate) fn pin_up(&self) {
        self.board.pin_up(&self.news);
    }
}
