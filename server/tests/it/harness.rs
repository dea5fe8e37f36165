//! A house to test: a sandbox, one or two servers on one database, and a shop that sells through them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::ids::{ProductId, StripeAppId};
use domain::list_order::LogOrder;
use domain::timestamp::Timestamp;
use engine::keys::master_key::MasterKey;
use engine::licenses::LicenseView;
use engine::licenses::list::{LicenseQuery, Search, newest};
use engine::mails::MailView;
use engine::mails::list::MailQuery;
use engine::orders::checkout::{self, Checkout, NewCheckout};
use engine::ports::Clock;
use engine::stripe::{apps, events};
use engine::{Actor, Engine, Parts, mails, products, tenants};
use sandbox::{NewEndpoint, Options, Sandbox};
use serde_json::json;
use server::assets::Site;
use server::boot::Running;
use server::outbound::clock::SystemClock;
use server::outbound::entropy::SystemEntropy;
use server::outbound::smtp::{Smtp, SmtpServers};
use server::outbound::stripe::StripeApi;
use server::state::ServerState;
use store::Db;
use store::event_log::{EventFilter, EventLine};
use tokio::net::TcpListener;

use crate::database::TestDatabase;

/// The secret key of the shop's Stripe account.
pub const SECRET_KEY: &str = "sk_test_51HouseHouseHouseHouse01";
/// The signing secret of the shop's endpoints.
pub const SIGNING_SECRET: &str = "whsec_househousehousehousehouse01";

/// What the shop's endpoints are sent.
const EVENTS: [&str; 4] = [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.succeeded",
];

/// Everything that one test needs.
pub struct House {
    pub sandbox: Sandbox,
    pub nodes: Vec<Node>,
    pub shop: Shop,
    pub clock: Arc<ShiftedClock>,
    pub http: reqwest::Client,
    database: TestDatabase,
}

/// One server.
pub struct Node {
    pub url: String,
    pub engine: Engine,
    running: Running,
}

/// What is sold, and by whom.
pub struct Shop {
    pub actor: Actor,
    pub product: ProductId,
    pub app: StripeAppId,
    /// The path of the app's webhook URL.
    pub hook: String,
}

/// The machine's time, plus what a test adds.
#[derive(Default)]
pub struct ShiftedClock(AtomicI64);

impl ShiftedClock {
    /// Moves the time on.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Runs the body with one server on SQLite and, where one is named, one on PostgreSQL.
pub async fn on_each(body: impl AsyncFn(&House)) {
    println!("on SQLite");
    run(TestDatabase::sqlite(), 1, &body).await;
    match TestDatabase::postgres() {
        Some(database) => {
            println!("on PostgreSQL");
            run(database, 1, &body).await;
        }
        None => println!("not on PostgreSQL: TEST_POSTGRES_URL is not set"),
    }
}

/// Runs the body with two servers on one PostgreSQL, where one is named.
pub async fn on_two_nodes(body: impl AsyncFn(&House)) {
    match TestDatabase::postgres() {
        Some(database) => run(database, 2, &body).await,
        None => println!("not run: TEST_POSTGRES_URL is not set"),
    }
}

async fn run(database: TestDatabase, nodes: usize, body: &impl AsyncFn(&House)) {
    let house = House::build(database, nodes).await;
    body(&house).await;
    house.close().await;
}

impl House {
    async fn build(database: TestDatabase, count: usize) -> Self {
        // Whoever was first has installed it.
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .ok();
        let sandbox = Sandbox::start(Options::default())
            .await
            .expect("a sandbox on free ports");
        let clock = Arc::new(ShiftedClock::default());
        let key = MasterKey::generate(&SystemEntropy).to_text();
        let mut nodes = Vec::new();
        for _ in 0..count {
            let key = MasterKey::parse(&key).expect("the key just made");
            nodes.push(start_node((&database.url, key), &sandbox, clock.clone()).await);
        }
        let shop = open_shop(&nodes[0].engine).await;
        for node in &nodes {
            let mut endpoint = NewEndpoint::new(SECRET_KEY, &format!("{}{}", node.url, shop.hook));
            endpoint.secret = Some(SIGNING_SECRET.into());
            endpoint.enabled_events = EVENTS.map(str::to_owned).to_vec();
            sandbox.register_endpoint(&endpoint);
        }
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("a client");
        Self {
            sandbox,
            nodes,
            shop,
            clock,
            http,
            database,
        }
    }

    async fn close(self) {
        for node in self.nodes {
            node.running.stop().await;
        }
        drop(self.database);
    }

    /// The first server's engine.
    pub fn engine(&self) -> &Engine {
        &self.nodes[0].engine
    }

    /// Opens a checkout of so many at the sandbox.
    pub async fn check_out(&self, quantity: u16) -> Checkout {
        self.try_check_out(quantity)
            .await
            .expect("Stripe makes the page")
    }

    /// The same where Stripe may fail.
    pub async fn try_check_out(&self, quantity: u16) -> engine::Result<Checkout> {
        let new = NewCheckout {
            product_id: self.shop.product,
            quantity,
            app_id: Some(self.shop.app),
            livemode: Some(false),
            currency: None,
            customer_email: None,
            plan_id: None,
            success_url: None,
            cancel_url: None,
        };
        checkout::execute(self.engine(), &self.shop.actor, &new).await
    }

    /// Waits until every webhook was tried.
    pub async fn delivered(&self) {
        eventually("every webhook was tried", async || {
            self.sandbox.idle().await
        })
        .await;
    }

    /// The keys so far, newest first.
    pub async fn keys(&self) -> Vec<LicenseView> {
        let query = LicenseQuery {
            livemode: Some(false),
            product_id: None,
            state: None,
            search: Search::All,
            order: None,
            after: None,
            limit: 200,
        };
        let (keys, _) = newest(self.engine(), &self.shop.actor, &query)
            .await
            .expect("the keys are listed");
        keys
    }

    /// The outbox, newest first.
    pub async fn outbox(&self) -> Vec<MailView> {
        let query = MailQuery {
            livemode: Some(false),
            state: None,
            recipient: String::new(),
            order: LogOrder::Newest,
            after: None,
            limit: 200,
        };
        let page = mails::list::execute(self.engine(), &self.shop.actor, &query).await;
        page.expect("the outbox is listed").items
    }

    /// The event log, newest first, with what was refused so far.
    pub async fn log(&self) -> Vec<EventLine> {
        engine::stripe::deliveries::flush(self.engine())
            .await
            .expect("what was put aside is written");
        let filter = EventFilter {
            limit: 200,
            ..EventFilter::default()
        };
        events::list(self.engine(), &self.shop.actor, (filter, 0))
            .await
            .expect("the log is listed")
    }

    /// Everything that the database holds, as a thief would find it.
    pub fn dump(&self) -> Vec<u8> {
        self.database.dump()
    }

    /// Asserts that there are exactly so many keys, each in one of so many mails.
    pub async fn assert_sold(&self, keys: usize, mails: usize) {
        let sent = self.sandbox.wait_for_mails(mails).await;
        // Whatever would come too often would come now.
        self.delivered().await;
        assert_eq!(self.keys().await.len(), keys, "keys");
        assert_eq!(self.sandbox.mails().len(), mails, "mails");
        for license in self.keys().await {
            let key = license.activation_key.to_string();
            let count = sent.iter().filter(|mail| mail.text.contains(&key)).count();
            assert_eq!(count, 1, "every key stands in one mail");
        }
    }
}

async fn start_node(
    (url, master_key): (&str, MasterKey),
    sandbox: &Sandbox,
    clock: Arc<ShiftedClock>,
) -> Node {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let db = Db::open(url).await.expect("the database opens");
    db.migrate().await.expect("the migrations apply");
    let smtp = format!("smtp://{}", sandbox.smtp_addr());
    let mailer = Smtp::new(&smtp.into(), "ExisOne <no-reply@shop.example>");
    let parts = Parts {
        db,
        clock,
        entropy: Arc::new(SystemEntropy),
        mailer: Some(Arc::new(mailer.expect("a mail server"))),
        mail_servers: Arc::new(SmtpServers),
        stripe: Arc::new(StripeApi::new(Some(sandbox.base_url()))),
        master_keys: Arc::new(master_key),
        public_url: format!("http://{address}"),
    };
    let engine = Engine::start(parts).await.expect("the engine starts");
    let site = Site::load().expect("the site, or none");
    // Whoever asks from here may say for whom, as a proxy does.
    let proxies = "127.0.0.1".parse().expect("an address");
    let state = ServerState::new(engine.clone(), site, None).with_trusted_proxies(proxies);
    Node {
        url: format!("http://{address}"),
        engine,
        running: Running::start(listener, state).expect("the server starts"),
    }
}

async fn open_shop(engine: &Engine) -> Shop {
    let tenant = tenants::create::execute(engine, "Acme")
        .await
        .expect("the tenant is created");
    let actor = Actor::system(tenant);
    let product = json!({ "name": "Atlas", "price": "49.90", "currency": "USD",
        "defaultLicenseDays": 365, "trialDays": 14, "emailTemplate": "{{ActivationKey}}" });
    let product = serde_json::from_value(product).expect("a form");
    let product = products::create::execute(engine, &actor, &product)
        .await
        .expect("the product is created")
        .id;
    let app = json!({ "name": "Shop", "secretKey": SECRET_KEY,
        "webhookSigningSecret": SIGNING_SECRET });
    let app = serde_json::from_value(app).expect("a form");
    let app = apps::save::create(engine, &actor, &app)
        .await
        .expect("the app is created");
    let view = apps::list::find(engine, &actor, app).await;
    let url = view.expect("the app is found").webhook_url;
    let hook = url.strip_prefix(engine.public_url()).expect("our own URL");
    Shop {
        actor,
        product,
        app,
        hook: hook.to_owned(),
    }
}

/// Waits until a condition holds, at most 90 seconds. This is the one place that waits by looking again:
/// for what a process or a worker does by itself and tells nobody.
pub async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    let looks = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(90), looks).await;
    assert!(waited.is_ok(), "not within 90 seconds: {what}");
}
