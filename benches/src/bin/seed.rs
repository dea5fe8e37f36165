//! Fills a database with licences, beside a server or without one, through the product's own engine.
//!
//! `seed DATABASE_URL MASTER_KEY_FILE LICENSES ACTIVATED OTHERS` with an access token on its standard
//! input. The product is the tenant's first. Prints the keys that it activated, and then as many others,
//! a line each: key, device, and the product's name.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for measuring has the real time and chance; it is no part of the product"
)]

use std::fmt::Write as _;
use std::io::Read as _;
use std::sync::Arc;
use std::time::SystemTime;

use async_trait::async_trait;
use domain::license_form::LicenseForm;
use domain::program_form::ActivationForm;
use domain::timestamp::Timestamp;
use engine::keys::master_key::MasterKey;
use engine::licenses::generate::{self, Side};
use engine::licenses::{LicenseView, activate};
use engine::ports::{CheckoutRequest, CheckoutSession, Clock, Entropy, Stripe, StripeProblem};
use engine::{Actor, Engine, Parts, tokens};
use secrecy::SecretString;
use store::Db;

/// Licences of one call.
const TOGETHER: usize = 100;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [database, key_file, licenses, activated, others] = words.as_slice() else {
        eprintln!("seed DATABASE_URL MASTER_KEY_FILE LICENSES ACTIVATED OTHERS < TOKEN");
        std::process::exit(2);
    };
    let licenses: usize = licenses.parse().expect("a number of licences");
    let activated: usize = activated.parse().expect("a number of activated ones");
    let others: usize = others.parse().expect("a number of others");
    let mut token = String::new();
    std::io::stdin()
        .read_to_string(&mut token)
        .expect("a token on the standard input");
    let engine = start(database, key_file).await;
    let actor = tokens::authenticate::execute(&engine, token.trim())
        .await
        .expect("a token of the tenant");
    let product = first_product(&engine, &actor).await;
    let mut printed = 0;
    let mut text = String::new();
    for first in (0..licenses).step_by(TOGETHER) {
        let count = TOGETHER.min(licenses - first);
        for license in generate(&engine, &actor, &product, (first, count)).await {
            if printed >= activated + others {
                break;
            }
            let device = format!("DEVICE-{printed:08}");
            if printed < activated {
                activate(&engine, &actor, (&license, &product, &device)).await;
            }
            printed += 1;
            writeln!(text, "{}\t{device}\t{product}", license.activation_key)
                .expect("a string takes all");
        }
    }
    print!("{text}");
    engine.db().close().await;
}

async fn start(database: &str, key_file: &str) -> Engine {
    let key = std::fs::read_to_string(key_file).expect("the master key's file");
    let key = key.lines().next().and_then(MasterKey::parse);
    let parts = Parts {
        db: Db::open(database).await.expect("the database opens"),
        clock: Arc::new(Now),
        entropy: Arc::new(Chance),
        mailer: None,
        stripe: Arc::new(NoStripe),
        master_keys: Arc::new(key.expect("32 bytes in base64")),
        public_url: "http://127.0.0.1".into(),
    };
    Engine::start(parts).await.expect("the engine starts")
}

async fn first_product(engine: &Engine, actor: &Actor) -> String {
    let products = engine::products::list::execute(engine, actor).await;
    let products = products.expect("the products are listed");
    products.first().expect("a product").fields.name.clone()
}

async fn generate(
    engine: &Engine,
    actor: &Actor,
    product: &str,
    (first, count): (usize, usize),
) -> Vec<LicenseView> {
    let form = LicenseForm {
        product_name: Some(product.to_owned()),
        email: Some(format!("holder{first}@example.com")),
        quantity: Some(count.to_string()),
        ..LicenseForm::default()
    };
    let made = generate::execute(engine, actor, &form, Side::Live).await;
    made.expect("licences are generated")
}

async fn activate(
    engine: &Engine,
    actor: &Actor,
    (license, product, device): (&LicenseView, &str, &str),
) {
    let form = ActivationForm {
        activation_key: Some(license.activation_key.to_string()),
        hardware_id: Some(device.to_owned()),
        product_name: Some(product.to_owned()),
        version: Some("1.0.0".into()),
        ..ActivationForm::default()
    };
    let address = std::net::Ipv4Addr::LOCALHOST.into();
    let activated = activate::execute(engine, actor, &form, address).await;
    activated.expect("a licence is activated");
}

struct Now;

impl Clock for Now {
    fn now(&self) -> Timestamp {
        let since = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970");
        Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before year 9999"))
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
