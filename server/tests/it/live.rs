//! Live pages from outside: what changed reaches the streams of its tenant, and no other.

use std::time::Duration;

use domain::hardware_id::HardwareId;
use domain::ids::TenantId;
use domain::role::Role;
use engine::accounts::create_admin::{self, NewAdmin};
use engine::licenses::{deactivate_device, generate};
use engine::{Actor, Engine, products, tenants};
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::{Client, Response, StatusCode};
use sandbox::Outcome;
use serde_json::json;
use server::assets::Site;
use server::boot::Running;
use server::state::ServerState;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::database::TestDatabase;
use crate::harness::{House, eventually, on_each, on_two_nodes};

const PASSWORD: &str = "correct horse battery staple";
/// Longer than anything takes here, and shorter than the grace of a shutdown.
const SOON: Duration = Duration::from_secs(15);

/// A signed-in browser.
struct Browser {
    http: Client,
    cookie: String,
}

/// An event of a stream.
#[derive(Debug, Default)]
struct Event {
    id: String,
    words: String,
}

/// An open stream.
struct Stream {
    response: Response,
    unread: String,
}

impl Browser {
    async fn of(house: &House, tenant: TenantId, email: &str) -> Self {
        Self::sign_in((house.engine(), &house.nodes[0].url), tenant, email).await
    }

    async fn sign_in((engine, url): (&Engine, &str), tenant: TenantId, email: &str) -> Self {
        let new = NewAdmin {
            tenant,
            email,
            role: Role::Admin,
            password: &PASSWORD.into(),
        };
        let created = create_admin::execute(engine, &new).await;
        let _ = created.expect("the person is made");
        let http = Client::builder().no_proxy().build().expect("a client");
        let form = [("email", email), ("password", PASSWORD)];
        let request = http.post(format!("{url}/ui/sign_in"));
        let request = request.header("accept", "application/json");
        let answer = request.form(&form).send().await.expect("an answer");
        let cookies = answer.headers().get_all(SET_COOKIE).iter();
        let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        assert!(!cookie.is_empty(), "{:?}", answer.text().await);
        Self { http, cookie }
    }

    async fn ask(&self, url: &str, last_event_id: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, self.cookie.parse().expect("a header"));
        if let Some(id) = last_event_id {
            headers.insert("last-event-id", id.parse().expect("a header"));
        }
        let request = self.http.get(format!("{url}/live?after=0"));
        request.headers(headers).send().await.expect("an answer")
    }

    async fn listen(&self, url: &str) -> Stream {
        Stream::of(self.ask(url, None).await)
    }

    /// What the buyer's page is told of a purchase when this browser looks.
    async fn receipt(&self, url: &str, session: &str) -> String {
        let request = self.http.post(format!("{url}/ui/load_receipt"));
        let request = request
            .header(COOKIE, &self.cookie)
            .header("accept", "application/json");
        let answer = request.form(&[("session_id", session)]).send().await;
        answer.expect("an answer").text().await.expect("a receipt")
    }

    async fn sign_out(&self, url: &str) {
        let request = self.http.post(format!("{url}/ui/sign_out"));
        let request = request
            .header(COOKIE, &self.cookie)
            .header("accept", "application/json");
        let form: [(&str, &str); 0] = [];
        let answer = request.form(&form).send().await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

impl Stream {
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            response,
            unread: String::new(),
        }
    }

    /// The next event that says something; `None` where the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        timeout(SOON, self.read()).await.expect("something soon")
    }

    async fn read(&mut self) -> Option<Event> {
        loop {
            while let Some((block, rest)) = self.unread.split_once("\n\n") {
                let field = |name: &str| {
                    let mut lines = block.lines();
                    let value = lines.find_map(|line| line.strip_prefix(name));
                    value.unwrap_or_default().trim().to_owned()
                };
                let event = Event {
                    id: field("id:"),
                    words: field("data:"),
                };
                let rest = rest.to_owned();
                self.unread = rest;
                if !event.words.is_empty() {
                    return Some(event);
                }
            }
            let more = self.response.chunk().await.ok()??;
            self.unread += &String::from_utf8_lossy(&more);
        }
    }

    /// Everything up to the event that has this word, that one included.
    async fn until(&mut self, word: &str) -> Vec<Event> {
        let mut heard = Vec::new();
        loop {
            let event = self.next().await;
            let event = event.unwrap_or_else(|| panic!("ended before {word}: {heard:?}"));
            let is_it = event.words.split(' ').any(|said| said == word);
            heard.push(event);
            if is_it {
                return heard;
            }
        }
    }
}

async fn make_product(house: &House, tenant: TenantId, name: &str) {
    let form = json!({ "name": name, "price": "9.90", "currency": "USD",
        "defaultLicenseDays": 365, "emailTemplate": "{{ActivationKey}}" });
    let form = serde_json::from_value(form).expect("a form");
    let made = products::create::execute(house.engine(), &Actor::system(tenant), &form).await;
    made.expect("the product is made");
}

async fn buy(house: &House) {
    let checkout = house.check_out(1).await;
    let paid = house.sandbox.pay(&checkout.session_id, Outcome::Pay);
    paid.expect("the buyer pays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_tells_of_a_webhook_and_of_the_mail_after_it() {
    on_each(async |house| {
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut stream = ann.listen(&house.nodes[0].url).await;
        buy(house).await;
        let heard = stream.until("test.license.issued").await;
        let last = heard.last().expect("an event");
        assert!(last.id.parse::<i64>().is_ok_and(|id| id > 0), "{last:?}");
        for event in &heard {
            assert!(!event.words.contains('@'), "nothing private: {event:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_goes_out_is_told_though_the_log_does_not_say_it() {
    on_each(async |house| {
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut stream = ann.listen(&house.nodes[0].url).await;
        buy(house).await;
        stream.until("any.mail.changed").await;
        house.sandbox.wait_for_mails(1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_broke_goes_on_where_it_was() {
    on_each(async |house| {
        let url = &house.nodes[0].url;
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut stream = ann.listen(url).await;
        make_product(house, tenant, "One").await;
        let heard = stream.until("test.product.created").await;
        let id = heard.last().expect("an event").id.clone();
        drop(stream);
        make_plan(house, tenant).await;
        let mut again = Stream::of(ann.ask(url, Some(&id)).await);
        let missed = again.next().await.expect("what was missed");
        assert!(missed.words.contains("test.plan.created"), "{missed:?}");
        assert!(
            missed.words.contains("any.stripe_event.changed"),
            "{missed:?}"
        );
    })
    .await;
}

async fn make_plan(house: &House, tenant: TenantId) {
    let form = json!({ "name": "Yearly", "durationDays": "365" });
    let form = serde_json::from_value(form).expect("a form");
    let made = engine::plans::create::execute(house.engine(), &Actor::system(tenant), &form).await;
    made.expect("the plan is made");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seat_that_a_person_frees_is_told_like_a_devices_own_deactivation() {
    on_each(async |house| {
        let (engine, actor) = (house.engine(), &house.shop.actor);
        let wish =
            json!({ "productName": "Atlas", "email": "ann@example.com", "hardwareId": "AB" });
        let wish = serde_json::from_value(wish).expect("a form");
        let made = generate::execute(engine, actor, &wish, generate::Side::Live).await;
        let key = made.expect("is made")[0].activation_key.to_string();
        let ann = Browser::of(house, actor.tenant(), "ann@example.com").await;
        let mut stream = ann.listen(&house.nodes[0].url).await;
        let device = HardwareId::parse("AB").expect("an id");
        let freed = deactivate_device::execute(engine, actor, &key, &device).await;
        assert!(freed.expect("is freed"));
        stream.until("live.license.deactivated").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenant_hears_nothing_of_it() {
    on_each(async |house| {
        let blue = tenants::create::execute(house.engine(), "Blue").await;
        let blue = blue.expect("the tenant is made");
        let bea = Browser::of(house, blue, "bea@example.com").await;
        let mut stream = bea.listen(&house.nodes[0].url).await;
        buy(house).await;
        house.delivered().await;
        make_product(house, blue, "Blue’s own").await;
        for event in stream.until("test.product.created").await {
            for other in ["license", "stripe", "order", "mail"] {
                assert!(!event.words.contains(other), "{event:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_session_and_nobody_else_opens_one() {
    on_each(async |house| {
        let url = &house.nodes[0].url;
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut stream = ann.listen(url).await;
        ann.sign_out(url).await;
        while let Some(event) = stream.next().await {
            assert!(!event.words.contains("signed_out"), "{event:?}");
        }
        for cookie in [ann.cookie.as_str(), "exisone=x", "other=1"] {
            let request = ann.http.get(format!("{url}/live")).header(COOKIE, cookie);
            let answer = request.send().await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_sellers_own_people_may_listen_at_a_buyers_page_and_only_while_it_waits() {
    on_each(async |house| {
        let url = &house.nodes[0].url;
        let ann = Browser::of(house, house.shop.actor.tenant(), "ann@example.com").await;
        let blue = tenants::create::execute(house.engine(), "Blue").await;
        let blue = blue.expect("the tenant is made");
        let bea = Browser::of(house, blue, "bea@example.com").await;
        let session = house.check_out(1).await.session_id;
        let may_listen = async |browser: &Browser| {
            let receipt = browser.receipt(url, &session).await;
            assert!(receipt.contains("may_listen"), "{receipt}");
            receipt.contains(r#"\"may_listen\":true"#)
        };
        assert!(may_listen(&ann).await);
        assert!(!may_listen(&bea).await, "their stream would not tell");
        ann.sign_out(url).await;
        assert!(!may_listen(&ann).await);
        let eve = Browser::of(house, house.shop.actor.tenant(), "eve@example.com").await;
        assert!(may_listen(&eve).await);
        let paid = house.sandbox.pay(&session, Outcome::Pay);
        paid.expect("the buyer pays");
        house.delivered().await;
        assert!(!may_listen(&eve).await, "there is nothing more to tell");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_has_so_many_streams_and_gets_another_when_one_ends() {
    on_each(async |house| {
        let url = &house.nodes[0].url;
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut streams = Vec::new();
        let refused = loop {
            let answer = ann.ask(url, None).await;
            if answer.status() != StatusCode::OK {
                break answer;
            }
            streams.push(answer);
            assert!(streams.len() < 50, "there is an end");
        };
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        streams.pop();
        eventually("a place is free again", async || {
            ann.ask(url, None).await.status() == StatusCode::OK
        })
        .await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_streams_hold_no_shutdown() {
    let database = TestDatabase::sqlite();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let engine = Engine::start(database.parts(&url).await).await;
    let engine = engine.expect("the engine starts");
    let site = Site::load().expect("the site, or none");
    let state = ServerState::new(engine.clone(), site, None);
    let running = Running::start(listener, state).expect("the server starts");
    let tenant = tenants::create::execute(&engine, "Acme").await;
    let tenant = tenant.expect("the tenant is made");
    let ann = Browser::sign_in((&engine, &url), tenant, "ann@example.com").await;
    let mut stream = ann.listen(&url).await;
    let stopped = timeout(SOON, running.stop()).await;
    assert!(stopped.is_ok(), "it waits for the stream");
    while stream.next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_node_takes_reaches_the_streams_of_another() {
    on_two_nodes(async |house| {
        let tenant = house.shop.actor.tenant();
        let ann = Browser::of(house, tenant, "ann@example.com").await;
        let mut streams = [
            ann.listen(&house.nodes[0].url).await,
            ann.listen(&house.nodes[1].url).await,
        ];
        make_product(house, tenant, "Made at the first").await;
        for stream in &mut streams {
            stream.until("test.product.created").await;
        }
        buy(house).await;
        for stream in &mut streams {
            stream.until("test.license.issued").await;
        }
    })
    .await;
}
