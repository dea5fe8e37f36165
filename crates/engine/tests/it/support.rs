//! An engine on a fresh database whose time, chance, mail server and Stripe are in the test's hands.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::timestamp::Timestamp;
use engine::keys::master_key::MasterKey;
use engine::ports::{
    CheckoutRequest, CheckoutSession, Clock, Entropy, MailRefusal, MailServerProblem, MailServers,
    Mailer, OutgoingMail, Stripe, StripeProblem,
};
use engine::{Actor, Engine, Parts};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest, Sha256};
use store::Db;
use tempfile::TempDir;

use crate::postgres::PostgresDatabase;

/// 2026-11-23T12:00:00Z: where every test's clock begins.
pub const START: Timestamp = Timestamp::from_millis(1_795_435_200_000);

/// An engine with one tenant, and everything outside it.
pub struct TestEngine {
    pub engine: Engine,
    pub clock: Arc<FixedClock>,
    pub mailer: Arc<RecordingMailer>,
    /// What tenants' own mail servers take.
    pub own_servers: Arc<OwnServers>,
    pub stripe: Arc<StubStripe>,
    pub entropy: Arc<SeededEntropy>,
    pub tenant: TenantId,
    directory: TempDir,
    /// Where it is on PostgreSQL; dropped with the engine.
    pub postgres: Option<PostgresDatabase>,
}

impl TestEngine {
    /// A fresh SQLite database with one tenant, "Acme", and a mail server that takes everything.
    pub async fn start() -> Self {
        Self::start_on(None).await
    }

    /// The same where the installation has no mail server.
    pub async fn start_without_mailer() -> Self {
        Self::start_with(None, false).await
    }

    /// The same on PostgreSQL, where many transactions write at once; `None` where no server is named.
    pub async fn start_on_postgres() -> Option<Self> {
        let database = PostgresDatabase::create()?;
        Some(Self::start_on(Some(database)).await)
    }

    async fn start_on(postgres: Option<PostgresDatabase>) -> Self {
        Self::start_with(postgres, true).await
    }

    async fn start_with(postgres: Option<PostgresDatabase>, has_mailer: bool) -> Self {
        let directory = tempfile::tempdir().expect("a directory for the database");
        let url = match &postgres {
            Some(database) => database.url(),
            None => format!("sqlite://{}", directory.path().join("test.db").display()),
        };
        let db = Db::open(&url).await.expect("the database opens");
        db.migrate().await.expect("the migrations apply");
        let clock = Arc::new(FixedClock::at(START));
        let entropy = Arc::new(SeededEntropy::default());
        let mailer = Arc::new(RecordingMailer::default());
        let own_servers = Arc::new(OwnServers::default());
        let stripe = Arc::new(StubStripe::default());
        let installed: Arc<dyn Mailer> = mailer.clone();
        let parts = Parts {
            db,
            clock: clock.clone(),
            master_keys: Arc::new(MasterKey::generate(entropy.as_ref())),
            entropy: entropy.clone(),
            mailer: has_mailer.then_some(installed),
            mail_servers: own_servers.clone(),
            stripe: stripe.clone(),
            public_url: "https://licences.example".into(),
        };
        let engine = Engine::start(parts).await.expect("the engine starts");
        let tenant = engine::tenants::create::execute(&engine, "Acme")
            .await
            .expect("the tenant is created");
        Self {
            engine,
            clock,
            mailer,
            own_servers,
            stripe,
            entropy,
            tenant,
            directory,
            postgres,
        }
    }

    /// Another engine on the same database, as a second server is: it knows nothing yet.
    pub async fn another(&self) -> Engine {
        let parts = Parts {
            db: self.engine.db().clone(),
            clock: self.clock.clone(),
            // What was drawn first is drawn again.
            master_keys: Arc::new(MasterKey::generate(&SeededEntropy::default())),
            entropy: self.entropy.clone(),
            mailer: None,
            mail_servers: self.own_servers.clone(),
            stripe: self.stripe.clone(),
            public_url: self.engine.public_url().to_owned(),
        };
        Engine::start(parts).await.expect("the engine starts")
    }

    /// Where the database and its log are.
    pub fn database_files(&self) -> [PathBuf; 2] {
        ["test.db", "test.db-wal"].map(|name| self.directory.path().join(name))
    }

    /// The system on behalf of the first tenant: may do everything.
    pub fn system(&self) -> Actor {
        Actor::system(self.tenant)
    }

    /// Does all jobs that are due; answers how many.
    pub async fn run_due_jobs(&self) -> usize {
        let mut count = 0;
        while engine::jobs::run_next(&self.engine)
            .await
            .expect("the job runs")
        {
            count += 1;
        }
        count
    }
}

/// A clock that stands still until it is moved.
pub struct FixedClock(AtomicI64);

impl FixedClock {
    fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.millis()))
    }

    /// Sets the time.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.millis(), Ordering::SeqCst);
    }

    /// Moves the time on.
    pub fn advance_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// SHA-256 over a counter: the same in every run, and never twice the same bytes, unless it is told to.
#[derive(Default)]
pub struct SeededEntropy {
    drawn: AtomicU64,
    repeats: Mutex<HashMap<u64, u64>>,
}

impl SeededEntropy {
    /// How many draws there were; the next one has this number.
    pub fn drawn(&self) -> u64 {
        self.drawn.load(Ordering::SeqCst)
    }

    /// What the draw of this number gave.
    pub fn block(number: u64) -> [u8; 32] {
        Sha256::digest(number.to_le_bytes()).into()
    }

    /// Lets a draw to come give what an earlier one gave.
    pub fn repeat(&self, number: u64, earlier: u64) {
        let mut repeats = self.repeats.lock().expect("no test panics inside");
        repeats.insert(number, earlier);
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let repeats = self.repeats.lock().expect("no test panics inside");
        for chunk in buffer.chunks_mut(32) {
            let number = self.drawn.fetch_add(1, Ordering::SeqCst);
            let block = Self::block(repeats.get(&number).copied().unwrap_or(number));
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

/// A mail server that keeps what it takes and refuses when it is told to.
#[derive(Default)]
pub struct RecordingMailer {
    sent: Mutex<Vec<OutgoingMail>>,
    refusal: Mutex<Option<MailRefusal>>,
}

impl RecordingMailer {
    /// What was taken so far, oldest first.
    pub fn sent(&self) -> Vec<OutgoingMail> {
        self.sent.lock().expect("no test panics inside").clone()
    }

    /// Refuses every mail from now on.
    pub fn refuse(&self, refusal: MailRefusal) {
        *self.refusal.lock().expect("no test panics inside") = Some(refusal);
    }

    /// Takes mails again.
    pub fn accept(&self) {
        *self.refusal.lock().expect("no test panics inside") = None;
    }
}

#[async_trait]
impl Mailer for RecordingMailer {
    async fn send(&self, mail: &OutgoingMail) -> Result<String, MailRefusal> {
        let refusal = self.refusal.lock().expect("no test panics inside").clone();
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let mut sent = self.sent.lock().expect("no test panics inside");
        sent.push(mail.clone());
        Ok("250 OK".into())
    }
}

/// Tenants' own mail servers: each URL is one, opened as often as it is asked for.
#[derive(Default)]
pub struct OwnServers {
    opened: Mutex<Vec<(String, String)>>,
    servers: Mutex<HashMap<String, Arc<RecordingMailer>>>,
}

impl OwnServers {
    /// URL and sender of each that was opened, oldest first.
    pub fn opened(&self) -> Vec<(String, String)> {
        self.opened.lock().expect("no test panics inside").clone()
    }

    /// The server of a URL.
    pub fn at(&self, url: &str) -> Arc<RecordingMailer> {
        let mut servers = self.servers.lock().expect("no test panics inside");
        servers.entry(url.to_owned()).or_default().clone()
    }
}

impl MailServers for OwnServers {
    fn open(&self, url: &SecretString, sender: &str) -> Result<Arc<dyn Mailer>, MailServerProblem> {
        let url = url.expose_secret();
        if url.contains("unusable") {
            return Err(MailServerProblem::Url);
        }
        let mut opened = self.opened.lock().expect("no test panics inside");
        opened.push((url.to_owned(), sender.to_owned()));
        Ok(self.at(url))
    }
}

/// A Stripe that gives the answers that a test sets, and keeps what it was asked for.
#[derive(Default)]
pub struct StubStripe {
    requests: Mutex<Vec<CheckoutRequest>>,
    event: Mutex<Option<String>>,
    problem: Mutex<Option<StripeProblem>>,
}

impl StubStripe {
    /// The checkout pages that were asked for, oldest first.
    pub fn requests(&self) -> Vec<CheckoutRequest> {
        self.requests.lock().expect("no test panics inside").clone()
    }

    /// The event that Stripe has, whatever id is asked for; before that it has none.
    pub fn set_event(&self, json: &str) {
        *self.event.lock().expect("no test panics inside") = Some(json.to_owned());
    }

    /// Every call ends in this problem; `None` ends the problem.
    pub fn set_problem(&self, problem: Option<StripeProblem>) {
        *self.problem.lock().expect("no test panics inside") = problem;
    }

    fn check(&self) -> Result<(), StripeProblem> {
        let problem = self.problem.lock().expect("no test panics inside").clone();
        problem.map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Stripe for StubStripe {
    async fn create_checkout_session(
        &self,
        _key: &SecretString,
        request: &CheckoutRequest,
    ) -> Result<CheckoutSession, StripeProblem> {
        self.check()?;
        let mut requests = self.requests.lock().expect("no test panics inside");
        requests.push(request.clone());
        let id = format!("cs_test_{}", requests.len());
        Ok(CheckoutSession {
            url: format!("https://checkout.example/{id}"),
            id,
            amount_minor: request.unit_minor * i64::from(request.quantity),
            currency: request.currency.to_uppercase(),
        })
    }

    async fn retrieve_event(
        &self,
        _key: &SecretString,
        _id: &str,
    ) -> Result<String, StripeProblem> {
        self.check()?;
        let event = self.event.lock().expect("no test panics inside").clone();
        event.ok_or(StripeProblem::NotFound)
    }

    async fn check_key(&self, _key: &SecretString) -> Result<(), StripeProblem> {
        self.check()
    }
}
