//! What the engine needs from outside: chance, no Stripe, and a time that is the real one or is told.

use std::collections::HashSet;
use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use async_trait::async_trait;
use domain::timestamp::Timestamp;
use engine::keys::master_key::MasterKey;
use engine::ports::{
    CheckoutRequest, CheckoutSession, Clock, Entropy, MailRefusal, MailServerProblem, MailServers,
    Mailer, OutgoingMail, Stripe, StripeProblem,
};
use engine::{Engine, Parts};
use secrecy::SecretString;
use store::Db;

tokio::task_local! {
    /// When that happens what a task is about.
    static AT: Timestamp;
}

/// Where a database is, and where its master key.
pub type Place<'a> = (&'a str, &'a str);

/// Opens a database, made where it is missing, and its engine.
pub async fn start(
    (database, key_file): Place<'_>,
    clock: Arc<dyn Clock>,
    mailer: Option<Arc<dyn Mailer>>,
) -> Engine {
    let db = Db::open(database).await.expect("the database opens");
    db.migrate().await.expect("the migrations apply");
    let parts = Parts {
        db,
        clock,
        entropy: Arc::new(Chance),
        mailer,
        mail_servers: Arc::new(NoServers),
        stripe: Arc::new(NoStripe),
        master_keys: Arc::new(master_key(key_file)),
        public_url: "http://127.0.0.1:3000".into(),
    };
    Engine::start(parts).await.expect("the engine starts")
}

/// The first key of the file; a new file with a new key where there is none.
fn master_key(path: &str) -> MasterKey {
    if let Ok(text) = std::fs::read_to_string(path) {
        let key = text.lines().next().and_then(MasterKey::parse);
        return key.expect("32 bytes in base64");
    }
    let key = MasterKey::generate(&Chance);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).expect("the master key's file is made");
    writeln!(file, "{}", key.to_text().as_str()).expect("the master key is written");
    key
}

/// The real time.
pub struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
        Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before year 9999"))
    }
}

/// A time that walks through a story: each happening has its own, and whatever runs beside them the latest.
#[derive(Default)]
pub struct Walk(AtomicI64);

impl Walk {
    /// Walks on; never back.
    pub fn to(&self, at: Timestamp) {
        self.0.fetch_max(at.millis(), Ordering::Relaxed);
    }

    /// Does something at a time of its own.
    pub async fn at<T>(at: Timestamp, work: impl Future<Output = T>) -> T {
        AT.scope(at, work).await
    }
}

impl Clock for Walk {
    fn now(&self) -> Timestamp {
        let walked = || Timestamp::from_millis(self.0.load(Ordering::Relaxed));
        AT.try_with(|at| *at).unwrap_or_else(|_| walked())
    }
}

/// A mail server that takes nearly all; it sends nothing anywhere.
#[derive(Default)]
pub struct Letterbox {
    put_off: Mutex<HashSet<String>>,
}

#[async_trait]
impl Mailer for Letterbox {
    async fn send(&self, mail: &OutgoingMail) -> Result<String, MailRefusal> {
        if mail.to.ends_with("@gone.test") {
            return Err(refusal(true, "550 5.1.1 No such user here"));
        }
        if mail.to.ends_with("@full.test") {
            return Err(refusal(false, "452 4.2.2 The mailbox is full"));
        }
        let is_careful = mail.to.ends_with("@careful.test");
        let mut put_off = self
            .put_off
            .lock()
            .expect("nothing panics while it holds this");
        if is_careful && put_off.insert(mail.message_id.clone()) {
            return Err(refusal(
                false,
                "451 4.7.1 Greylisted, please try again later",
            ));
        }
        Ok("250 2.0.0 Ok: queued".into())
    }
}

fn refusal(is_permanent: bool, answer: &str) -> MailRefusal {
    MailRefusal {
        is_permanent,
        answer: answer.into(),
    }
}

struct NoServers;

impl MailServers for NoServers {
    fn open(&self, _: &SecretString, _: &str) -> Result<Arc<dyn Mailer>, MailServerProblem> {
        Err(MailServerProblem::Url)
    }
}

struct Chance;

impl Entropy for Chance {
    fn fill(&self, buffer: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), buffer);
    }
}

struct NoStripe;

#[async_trait]
impl Stripe for NoStripe {
    async fn create_checkout_session(
        &self,
        _: &SecretString,
        _: &CheckoutRequest,
    ) -> Result<CheckoutSession, StripeProblem> {
        Err(StripeProblem::Unreachable)
    }

    async fn retrieve_event(&self, _: &SecretString, _: &str) -> Result<String, StripeProblem> {
        Err(StripeProblem::Unreachable)
    }

    async fn check_key(&self, _: &SecretString) -> Result<(), StripeProblem> {
        Err(StripeProblem::Unreachable)
    }
}
