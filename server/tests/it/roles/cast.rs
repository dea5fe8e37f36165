//! Who calls, and what is there to be called for.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use domain::ids::TenantId;
use domain::role::Role;
use domain::stripe_signature;
use engine::accounts::create_admin::{self, Created, NewAdmin};
use engine::accounts::sign_in::{self, Credentials, Entered, Visitor};
use engine::accounts::{browsers, session};
use engine::licenses::generate::{self, Side};
use engine::settings::send_test_mail;
use engine::tokens::create::{self, NewToken};
use engine::{people, plans, stripe, tenants, tickets};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{FILLED, May, ROLES};
use crate::api::stage::paid;
use crate::harness::{House, SIGNING_SECRET, eventually};

/// Whoever belongs to the house's company has an address here.
const OWN: &str = "example.com";

pub struct Cast<'a> {
    house: &'a House,
    things: BTreeMap<&'static str, String>,
    /// Session cookies.
    pub sessions: Vec<(May, String)>,
}

impl<'a> Cast<'a> {
    pub async fn of(house: &'a House) -> Self {
        let tenant = house.shop.actor.tenant();
        let mut sessions = Vec::new();
        for (role, may) in ROLES {
            let email = format!("{role}@{OWN}");
            join(house, (tenant, &email), role).await;
            sessions.push((may, enter(house, &email).await));
        }
        Self {
            house,
            things: things(house).await,
            sessions,
        }
    }

    /// An owner of another company, signed in.
    pub async fn stranger(&self) -> String {
        let tenant = tenants::create::execute(self.house.engine(), "Blue").await;
        let email = "owner@blue.example";
        let tenant = tenant.expect("is made");
        join(self.house, (tenant, email), Role::Owner).await;
        enter(self.house, email).await
    }

    /// The house's owner, signed in once more; of the former sign-in only the session's id is of use.
    pub async fn owner(&mut self) -> String {
        let engine = self.house.engine();
        let token = enter(self.house, &format!("{}@{OWN}", Role::Owner)).await;
        let who = session::authenticate(engine, &token).await.expect("reads");
        let all = browsers::list(engine, &who.expect("is signed in")).await;
        let former = all.expect("lists").into_iter().find(|b| !b.is_this);
        let id = former.expect("is signed in twice").id;
        self.things.insert("session", id.to_string());
        token
    }

    /// An address with the ids of things in place of their names.
    pub fn address(&self, pattern: &str) -> String {
        let parts = pattern.split('/').map(|part| self.fill(part));
        parts.collect::<Vec<_>>().join("/")
    }

    fn fill(&self, text: &str) -> String {
        let name = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        match name.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase())) {
            Some(name) => self.things[name].clone(),
            None => text.to_owned(),
        }
    }

    /// True where an answer tells something of the house's company.
    pub fn is_told(&self, answer: &str) -> bool {
        // What is shorter is a number, and stands everywhere.
        let ids = self.things.values().filter(|id| id.len() > 8);
        let mut marks = ids.map(String::as_str).chain(["Acme", "Atlas", "ann@"]);
        marks.any(|mark| answer.contains(mark))
    }

    /// What an address answers, without following where it leads.
    pub async fn open(&self, address: &str, cookie: Option<&str>) -> Response {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .build()
            .expect("a client");
        let mut request = client.get(format!("{}{address}", self.house.nodes[0].url));
        if let Some(cookie) = cookie {
            request = request.header("cookie", format!("exisone={cookie}"));
        }
        request.send().await.expect("an answer")
    }

    /// What a server function answers, sent this and whatever else it may want.
    pub async fn ask(
        &self,
        (function, own): (&str, &[(&str, &str)]),
        cookie: Option<&str>,
    ) -> (StatusCode, String) {
        let given = own.iter().map(|(name, _)| *name);
        let given: Vec<_> = given.collect();
        let rest = FILLED.iter().filter(|(name, _)| !given.contains(name));
        let form: Vec<_> = own
            .iter()
            .chain(rest)
            .map(|(name, text)| (*name, self.fill(text)))
            .collect();
        let url = format!("{}/ui/{function}", self.house.nodes[0].url);
        let mut request = self.house.http.post(url).form(&form);
        request = request.header("accept", "application/json");
        if let Some(cookie) = cookie {
            request = request.header("cookie", format!("exisone={cookie}"));
        }
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("is whole"))
    }
}

fn password() -> SecretString {
    SecretString::from("correct horse battery".to_owned())
}

/// Somebody with the role in a tenant; answers the person's id.
async fn join(house: &House, (tenant, email): (TenantId, &str), role: Role) -> String {
    let password = password();
    let new = NewAdmin {
        tenant,
        email,
        role,
        password: &password,
    };
    match create_admin::execute(house.engine(), &new).await {
        Ok(Created::Person(id)) => id.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Signs in; answers the session's token.
async fn enter(house: &House, email: &str) -> String {
    let credentials = Credentials {
        email,
        password: &password(),
        visitor: Visitor {
            address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            user_agent: "",
            former_token: None,
            browser_pass: None,
        },
    };
    let entered = sign_in::execute(house.engine(), &credentials).await;
    match entered.expect("signs in") {
        Entered::SignedIn(opened) => opened.token.expose_secret().to_owned(),
        Entered::CodeWanted(_) => panic!("nobody has a second factor"),
    }
}

/// One of each kind: what is not there is not found, whoever asks.
async fn things(house: &House) -> BTreeMap<&'static str, String> {
    let (engine, actor) = (house.engine(), &house.shop.actor);
    let wish = form(json!({ "productName": "Atlas", "email": "ann@example.com" }));
    let made = generate::execute(engine, actor, &wish, Side::Test).await;
    let license = made.expect("is made").remove(0).id;
    let mail = send_test_mail::execute(engine, actor, "ann@example.com").await;
    let year = form(json!({ "name": "Atlas a year", "durationDays": 365 }));
    let plan = plans::create::execute(engine, actor, &year).await;
    let ticket = form(json!({ "productName": "Atlas", "email": "ann@example.com",
        "subject": "Matter", "message": "It does not start." }));
    let ticket = tickets::create::execute(engine, actor, &ticket).await;
    let invited = people::invite::execute(engine, actor, "bob@example.com", Role::Viewer).await;
    let tenant = actor.tenant();
    let mut things = BTreeMap::from([
        ("license", license.to_string()),
        ("mail", mail.expect("is queued").to_string()),
        ("plan", plan.expect("is made").id.to_string()),
        ("ticket", ticket.expect("is taken").to_string()),
        ("invitation", invited.expect("is sent").to_string()),
        (
            "person",
            join(house, (tenant, "cy@example.com"), Role::Viewer).await,
        ),
        ("product", house.shop.product.to_string()),
        ("app", house.shop.app.to_string()),
        ("tenant", tenant.to_string()),
    ]);
    things.extend(events(house).await);
    things.extend(a_device(house).await);
    things
}

fn form<T: DeserializeOwned>(fields: Value) -> T {
    serde_json::from_value(fields).expect("a form")
}

/// A purchase, one that waits for a decision, and an event that nobody vouches for.
async fn events(house: &House) -> [(&'static str, String); 4] {
    let (engine, actor) = (house.engine(), &house.shop.actor);
    let forged = json!({ "id": "evt_forged", "object": "event", "type": "x", "data": {} });
    deliver(house, (&forged, "whsec_another")).await;
    for (number, product) in [(1, json!(house.shop.product.get())), (2, json!(9_999))] {
        deliver(house, (&paid(number, &product), SIGNING_SECRET)).await;
    }
    // Refused deliveries are written behind, and the server may be at it just now.
    let is_logged = async || {
        let log = house.log().await;
        log.iter().any(|line| line.stripe_event_id == "evt_forged")
    };
    eventually("what nobody vouches for is in the log", is_logged).await;
    let log = house.log().await;
    let find = |name: &str| {
        let line = log.iter().find(|line| line.stripe_event_id == name);
        line.expect("is in the log").id
    };
    let order = async |name: &str| {
        let detail = stripe::events::detail(engine, actor, find(name)).await;
        let order = detail.expect("is read").order_id;
        order.expect("has an order").to_string()
    };
    [
        ("event", find("evt_forged").to_string()),
        ("vouched", find("evt_1").to_string()),
        ("order", order("evt_1").await),
        ("review", order("evt_2").await),
    ]
}

async fn deliver(house: &House, (event, secret): (&Value, &str)) {
    let body = event.to_string();
    let signature = stripe_signature::sign(secret, house.engine().now(), body.as_bytes());
    let url = format!("{}{}", house.nodes[0].url, house.shop.hook);
    let request = house.http.post(url).header("stripe-signature", signature);
    request.body(body).send().await.expect("an answer");
}

/// A device on trial, and the token of its program.
async fn a_device(house: &House) -> [(&'static str, String); 2] {
    let new = NewToken {
        name: "Atlas".into(),
        permissions: "verify".parse().expect("a word"),
        expires_at: None,
    };
    let made = create::execute(house.engine(), &house.shop.actor, &new).await;
    let made = made.expect("is made");
    let url = format!("{}/api/license/validate", house.nodes[0].url);
    let device = "DEVICE-OF-ANN";
    let asked = json!({ "hardwareId": device, "productName": "Atlas" });
    let request = house.http.post(url).bearer_auth(made.token.expose_secret());
    let judged = request.json(&asked).send().await.expect("an answer");
    assert_eq!(judged.status(), StatusCode::OK);
    [
        ("device", device.to_owned()),
        ("token", made.id.to_string()),
    ]
}
