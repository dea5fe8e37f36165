//! The business: what it sells, its Stripe apps, the people who work there, and the tokens of its programs.

use domain::permission::{Permission, Permissions};
use domain::product::ProductForm;
use domain::role::Role;
use domain::stripe_app::StripeAppForm;
use domain::timestamp::Timestamp;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::actor::Who;
use engine::tokens::create::NewToken;
use engine::{Actor, Engine, plans, products, stripe, tokens};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::calendar::DAYS;

/// The name by which a database is known to have its year already.
pub const LIVE_APP: &str = "Web shop";

/// Something that is sold.
pub struct Sold {
    /// Id.
    pub id: i32,
    /// Name.
    pub name: String,
    /// Price in EUR and USD cents.
    pub cents: i64,
    /// Price in yen.
    pub yen: i64,
    /// How much of what is sold it is, in hundredths.
    pub share: i64,
    /// Its versions, the newest last.
    pub versions: [&'static str; 3],
}

/// A Stripe app that vouches for events.
pub struct App {
    /// Stands in its webhook URL.
    pub public_id: String,
    /// What its events are signed with.
    pub signing_secret: String,
}

/// All of it.
pub struct Shop {
    /// What is sold.
    pub products: Vec<Sold>,
    /// Plans: a month, two years, for ever.
    pub plans: Vec<i32>,
    /// Test payments come by it.
    pub test: App,
    /// Live payments come by it.
    pub live: App,
    /// Somebody who looks after customers.
    pub support: Actor,
    /// Somebody who may do all.
    pub admin: Actor,
    /// What the shipped programs ask with.
    pub program: Actor,
}

/// Opens it as it was when the year began; `end` is when the year ends.
pub async fn open(engine: &Engine, system: &Actor, end: Timestamp) -> Shop {
    let mut sold = Vec::new();
    for (product, cents, yen, share, versions) in catalogue() {
        sold.push(make_product(engine, system, (product, cents, yen, share, versions)).await);
    }
    let mut made = Vec::new();
    for (name, days) in [("Monthly", 30), ("Two years", 730), ("For ever", 0)] {
        let form = serde_json::from_value(json!({ "name": name, "durationDays": days }));
        let plan = plans::create::execute(engine, system, &form.expect("a form")).await;
        made.push(plan.expect("a plan is made").id.get());
    }
    let program = make_tokens(engine, system, end).await;
    Shop {
        products: sold,
        plans: made,
        test: make_app(engine, system, ("Web shop, trial runs", "test")).await,
        live: make_app(engine, system, (LIVE_APP, "live")).await,
        support: somebody(engine, system, ("sam.okafor@example.com", Role::Support)).await,
        admin: somebody(
            engine,
            system,
            ("olivia.lindqvist@example.com", Role::Admin),
        )
        .await,
        program,
    }
}

type Line = (Value, i64, i64, i64, [&'static str; 3]);

fn catalogue() -> Vec<Line> {
    let line = |name: &str, more: Value, versions: [&'static str; 3]| {
        let mut form = json!({ "name": name, "version": versions[2], "currency": "EUR",
            "defaultLicenseDays": 365 });
        for (field, value) in more.as_object().into_iter().flatten() {
            form[field] = value.clone();
        }
        (form, versions)
    };
    let studio = json!({ "price": "49", "trialDays": 14, "features": "maps,layers,export",
        "description": "Draws maps from surveys." });
    let server = json!({ "price": "390", "maxSeats": "5", "features": "maps,tiles",
        "minimumRequiredVersion": "2.0", "enforceVersionCheck": true });
    let command = json!({ "price": "19", "trialDays": 7, "defaultLicenseDays": 0,
        "deactivationCooldownHours": "24" });
    let long = json!({ "price": "129", "trialDays": 30, "refundPolicy": "suspend" });
    let long_name = "Atlas Cartography Workbench for Offline Survey Teams, Professional Edition";
    let lines = [
        (
            line("Atlas Studio", studio, ["2.8.0", "3.0.1", "3.1.0"]),
            4_900,
            7_800,
            55,
        ),
        (
            line("Atlas Server", server, ["2.1.0", "2.2.0", "2.2.3"]),
            39_000,
            62_000,
            12,
        ),
        (
            line("Atlas CLI", command, ["0.9.0", "1.0.0", "1.2.0"]),
            1_900,
            2_980,
            25,
        ),
        (
            line(long_name, long, ["1.0.0", "1.0.4", "1.1.0"]),
            12_900,
            19_800,
            8,
        ),
    ];
    let flat = |((form, versions), cents, yen, share)| (form, cents, yen, share, versions);
    lines.into_iter().map(flat).collect()
}

async fn make_product(
    engine: &Engine,
    actor: &Actor,
    (form, cents, yen, share, versions): Line,
) -> Sold {
    let form: ProductForm = serde_json::from_value(form).expect("a form");
    let made = products::create::execute(engine, actor, &form).await;
    let made = made.expect("a product is made; its name was free");
    Sold {
        id: made.id.get(),
        name: made.fields.name,
        cents,
        yen,
        share,
        versions,
    }
}

/// Its signing secret is drawn, and known to nobody afterwards.
async fn make_app(engine: &Engine, actor: &Actor, (name, mode): (&str, &str)) -> App {
    let signing_secret = format!("whsec_{}", drawn_text());
    let form: StripeAppForm = serde_json::from_value(json!({
        "name": name, "secretKey": format!("sk_{mode}_{}", drawn_text()),
        "webhookSigningSecret": signing_secret, "isLive": mode == "live", "isDefault": true,
        "defaultCurrency": "EUR",
    }))
    .expect("a form");
    let id = stripe::apps::save::create(engine, actor, &form).await;
    let id = id.expect("a Stripe app is made");
    let app = stripe::apps::list::find(engine, actor, id).await;
    let url = app.expect("the app is there").webhook_url;
    App {
        public_id: url.rsplit('/').next().unwrap_or_default().to_owned(),
        signing_secret,
    }
}

fn drawn_text() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

async fn somebody(engine: &Engine, system: &Actor, (email, role): (&str, Role)) -> Actor {
    let password = SecretString::from(drawn_text());
    let new = NewAdmin {
        tenant: system.tenant(),
        email,
        role,
        password: &password,
    };
    let made = create_admin::execute(engine, &new).await;
    let (Created::Person(id) | Created::Membership(id)) = made.expect("somebody joins");
    let who = Who::Person {
        id,
        email: email.to_owned(),
        role,
        is_operator: false,
    };
    Actor::new(system.tenant(), who)
}

/// One that the programs use, one that nobody uses any more, and one that ends soon.
async fn make_tokens(engine: &Engine, actor: &Actor, end: Timestamp) -> Actor {
    let verify = Permissions::NONE.with(Permission::Verify);
    let wanted = [
        ("Build server", verify.with(Permission::Generate), Some(6)),
        ("Atlas 2, withdrawn", verify, Some(-DAYS / 2)),
        ("Shipped programs", verify.with(Permission::Email), None),
    ];
    let mut latest = SecretString::default();
    for (name, permissions, ends_in) in wanted {
        let new = NewToken {
            name: name.into(),
            permissions,
            expires_at: ends_in.map(|days| end.plus_days(days)),
        };
        let made = tokens::create::execute(engine, actor, &new).await;
        latest = made.expect("a token is made").token;
    }
    let known = tokens::authenticate::execute(engine, latest.expose_secret()).await;
    known.expect("the token is known")
}
