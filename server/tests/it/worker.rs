//! The worker's hands: nothing that a job does takes one away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::list_order::LogOrder;
use domain::mail_state::MailState;
use engine::dashboard::{self, Problem, ProblemKind};
use engine::keys::master_key::MasterKey;
use engine::mails::MailView;
use engine::mails::list::{self, MailQuery};
use engine::ports::{MailRefusal, Mailer, OutgoingMail};
use engine::products::{create, send_test_mail};
use engine::{Actor, Engine, Parts, jobs, monitor, tenants};
use serde_json::json;
use server::outbound::entropy::SystemEntropy;
use server::outbound::smtp::SmtpServers;
use server::outbound::stripe::StripeApi;
use store::Db;
use tokio_util::sync::CancellationToken;

use crate::database::TestDatabase;
use crate::harness::{ShiftedClock, eventually};

/// More than the worker has hands.
const PANICS: usize = 6;

/// Panics so often, then takes every mail.
struct Panicking {
    panics: usize,
    asked: AtomicUsize,
    taken: AtomicUsize,
}

impl Panicking {
    fn so_often(panics: usize) -> Arc<Self> {
        Arc::new(Self {
            panics,
            asked: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Mailer for Panicking {
    async fn send(&self, _mail: &OutgoingMail) -> Result<String, MailRefusal> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        assert!(
            asked >= self.panics,
            "on purpose: the worker must survive this"
        );
        self.taken.fetch_add(1, Ordering::SeqCst);
        Ok("250 OK".into())
    }
}

async fn start(mailer: Arc<Panicking>, clock: Arc<ShiftedClock>, url: &str) -> Engine {
    let db = Db::open(url).await.expect("the database opens");
    db.migrate().await.expect("the migrations apply");
    let parts = Parts {
        db,
        clock,
        entropy: Arc::new(SystemEntropy),
        mailer: Some(mailer),
        mail_servers: Arc::new(SmtpServers),
        stripe: Arc::new(StripeApi::new(None)),
        master_keys: Arc::new(MasterKey::generate(&SystemEntropy)),
        public_url: "http://127.0.0.1".into(),
    };
    Engine::start(parts).await.expect("the engine starts")
}

/// A tenant with a product, and so many mails that wait.
async fn queue(engine: &Engine, count: usize) -> Actor {
    let tenant = tenants::create::execute(engine, "Acme").await;
    let actor = Actor::system(tenant.expect("the tenant is created"));
    let form = serde_json::from_value(json!({ "name": "Atlas" })).expect("a form");
    let product = create::execute(engine, &actor, &form).await;
    let product = product.expect("the product is created").id;
    for number in 0..count {
        let to = format!("admin{number}@example.com");
        send_test_mail::execute(engine, &actor, product, &to)
            .await
            .expect("the mail is queued");
    }
    actor
}

/// The one mail that there is.
async fn the_mail(engine: &Engine, actor: &Actor) -> MailView {
    let query = MailQuery {
        livemode: Some(false),
        state: None,
        recipient: String::new(),
        order: LogOrder::Newest,
        after: None,
        limit: 10,
    };
    let page = list::execute(engine, actor, &query).await;
    let mut mails = page.expect("the outbox is listed").items;
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

/// The one problem about mails that the Dashboard shows: its kind and its words.
async fn problem(engine: &Engine, actor: &Actor) -> (ProblemKind, String) {
    let page = dashboard::execute(engine, actor, false).await;
    let problems = page.expect("the dashboard is read").problems;
    let about_mails = |p: &Problem| {
        matches!(
            p.kind,
            ProblemKind::MailsFailed | ProblemKind::MailsRetrying
        )
    };
    let mut found = problems.into_iter().filter(about_mails);
    let problem = found.next().expect("it is shown");
    (problem.kind, problem.detail)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_panics_than_hands_leave_a_worker_that_does_every_job_in_the_end() {
    let database = TestDatabase::sqlite();
    let (mailer, clock) = (Panicking::so_often(PANICS), Arc::<ShiftedClock>::default());
    let engine = start(mailer.clone(), clock.clone(), &database.url).await;
    queue(&engine, PANICS).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(server::worker::run(engine.clone(), stop.clone()));
    eventually("every job has panicked", async || {
        mailer.asked.load(Ordering::SeqCst) >= PANICS
    })
    .await;
    // Each is tried again ten seconds after its panic.
    eventually("every mail is sent", async || {
        clock.advance_seconds(11);
        mailer.taken.load(Ordering::SeqCst) >= PANICS
    })
    .await;
    stop.cancel();
    worker.await.expect("the worker ends well");
    assert_eq!(mailer.taken.load(Ordering::SeqCst), PANICS, "none twice");
}

#[tokio::test]
async fn a_job_that_always_panics_is_given_up_and_told_on_the_dashboard() {
    let database = TestDatabase::sqlite();
    let mailer = Panicking::so_often(usize::MAX);
    let clock = Arc::<ShiftedClock>::default();
    let engine = start(mailer.clone(), clock.clone(), &database.url).await;
    let actor = queue(&engine, 1).await;
    for number in 1..=16 {
        assert!(jobs::run_next(&engine).await.expect("it is taken"));
        let (kind, said) = problem(&engine, &actor).await;
        let is_over = number == 16;
        assert_eq!(kind == ProblemKind::MailsFailed, is_over, "after {number}");
        assert!(said.contains("a panic"), "{said}");
        assert!(
            !jobs::run_next(&engine).await.expect("a look"),
            "not at once"
        );
        clock.advance_seconds(6 * 60 * 60);
    }
    assert!(
        !jobs::run_next(&engine).await.expect("a look"),
        "it is dead"
    );
    assert_eq!(mailer.asked.load(Ordering::SeqCst), 16);
    let reading = monitor::execute(&engine).await.expect("it is read");
    let mails = reading.jobs.iter().find(|jobs| jobs.kind == "deliver_mail");
    let mails = mails.expect("every kind is there");
    assert_eq!((mails.waiting, mails.dead), (0, 1));
}

#[tokio::test]
async fn a_job_whose_worker_is_killed_each_time_is_given_up_too() {
    let database = TestDatabase::sqlite();
    let mailer = Panicking::so_often(0);
    let clock = Arc::<ShiftedClock>::default();
    let engine = start(mailer.clone(), clock.clone(), &database.url).await;
    let actor = queue(&engine, 1).await;
    for _ in 0..16 {
        // Taken, and never heard of again.
        let now = engine.now().millis();
        let mut tx = engine.db().begin();
        let job = store::jobs::claim(&mut tx, now, now + 60_000, "deliver_mail").await;
        assert!(job.expect("it is asked").is_some());
        tx.commit().await.expect("it is committed");
        clock.advance_seconds(61);
    }
    assert!(jobs::run_next(&engine).await.expect("it is ended"));
    assert_eq!(mailer.asked.load(Ordering::SeqCst), 0, "not begun again");
    let mail = the_mail(&engine, &actor).await;
    assert_eq!(mail.state, MailState::Failed);
    assert!(
        mail.last_answer.contains("begun 16 times"),
        "{}",
        mail.last_answer
    );
    assert_eq!(problem(&engine, &actor).await.0, ProblemKind::MailsFailed);
}
