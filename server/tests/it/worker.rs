//! The worker's hands: nothing that a job does takes one away.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use engine::keys::master_key::MasterKey;
use engine::ports::{MailRefusal, Mailer, OutgoingMail};
use engine::products::{create, send_test_mail};
use engine::{Actor, Engine, Parts, tenants};
use serde_json::json;
use server::outbound::entropy::SystemEntropy;
use server::outbound::stripe::StripeApi;
use store::Db;
use tokio_util::sync::CancellationToken;

use crate::database::TestDatabase;
use crate::harness::{ShiftedClock, eventually};

/// More than the worker has hands.
const PANICS: usize = 6;

/// Panics so often, then takes every mail.
#[derive(Default)]
struct Panicking {
    asked: AtomicUsize,
    taken: AtomicUsize,
}

#[async_trait]
impl Mailer for Panicking {
    async fn send(&self, _mail: &OutgoingMail) -> Result<String, MailRefusal> {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        assert!(asked >= PANICS, "on purpose: the worker must survive this");
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
        stripe: Arc::new(StripeApi::new(None)),
        master_key: MasterKey::generate(&SystemEntropy),
        public_url: "http://127.0.0.1".into(),
    };
    Engine::start(parts).await.expect("the engine starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_panics_than_hands_leave_a_worker_that_does_every_job_in_the_end() {
    let database = TestDatabase::sqlite();
    let (mailer, clock) = (Arc::<Panicking>::default(), Arc::<ShiftedClock>::default());
    let engine = start(mailer.clone(), clock.clone(), &database.url).await;
    let tenant = tenants::create::execute(&engine, "Acme").await;
    let actor = Actor::system(tenant.expect("the tenant is created"));
    let form = serde_json::from_value(json!({ "name": "Atlas" })).expect("a form");
    let product = create::execute(&engine, &actor, &form).await;
    let product = product.expect("the product is created").id;
    for number in 0..PANICS {
        let to = format!("admin{number}@example.com");
        send_test_mail::execute(&engine, &actor, product, &to)
            .await
            .expect("the mail is queued");
    }
    let stop = CancellationToken::new();
    let worker = tokio::spawn(server::worker::run(engine.clone(), stop.clone()));
    eventually("every job has panicked", async || {
        mailer.asked.load(Ordering::SeqCst) >= PANICS
    })
    .await;
    // Whoever panicked holds the lease for a minute.
    clock.advance_seconds(61);
    eventually("every mail is sent", async || {
        mailer.taken.load(Ordering::SeqCst) >= PANICS
    })
    .await;
    stop.cancel();
    worker.await.expect("the worker ends well");
    assert_eq!(mailer.taken.load(Ordering::SeqCst), PANICS, "none twice");
}
