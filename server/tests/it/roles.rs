//! Who may do what in the browser: every server function and every page with every role, straight at
//! the server. A server function that has no row here makes the test fail.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use app::App;
use domain::role::Role;
use engine::accounts::create_admin::{self, NewAdmin};
use engine::accounts::sign_in::{self, Credentials, Entered, Visitor};
use engine::settings::send_test_mail;
use leptos::server_fn::axum::server_fn_paths;
use leptos_axum::generate_route_list;
use reqwest::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::harness::{House, on_each};

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum May {
    /// Everybody, also whoever is not signed in.
    All,
    /// Whoever is signed in.
    Viewer,
    /// Whoever makes keys and answers customers.
    Support,
    /// Whoever changes what is sold and how.
    Admin,
    /// Whoever says who belongs here.
    Owner,
}

use May::{Admin, All, Owner, Support, Viewer};

const ROLES: [(Role, May); 4] = [
    (Role::Viewer, Viewer),
    (Role::Support, Support),
    (Role::Admin, Admin),
    (Role::Owner, Owner),
];

/// A server function, who may call it, and what it is sent besides [`FILLED`].
type Row = (&'static str, May, &'static [(&'static str, &'static str)]);

const ROWS: &[Row] = &[
    ("load_access_tokens", Viewer, &[]),
    ("create_access_token", Admin, &[("verify", "true")]),
    ("revoke_access_token", Admin, &[]),
    ("load_account", Viewer, &[]),
    ("end_session", Viewer, &[]),
    ("choose_company", Viewer, &[]),
    ("begin_second_factor", Viewer, &[]),
    ("confirm_second_factor", Viewer, &[]),
    ("end_own_second_factor", Viewer, &[]),
    ("load_changes", Viewer, &[]),
    ("load_dashboard", Viewer, &[]),
    ("load_devices", Viewer, &[]),
    ("load_device", Viewer, &[]),
    ("change_trial", Admin, &[]),
    ("load_guide", Viewer, &[]),
    ("find_anything", Viewer, &[]),
    ("load_license_choices", Support, &[]),
    ("generate_licenses", Support, &[]),
    (
        "change_license_state",
        Admin,
        &[("id", "{license}"), ("change", "suspend")],
    ),
    ("update_license", Admin, &[("id", "{license}")]),
    ("extend_license", Admin, &[("id", "{license}")]),
    ("resend_license", Support, &[("id", "{license}")]),
    ("make_offline_code", Support, &[("id", "{license}")]),
    ("load_licenses", Viewer, &[]),
    ("load_license", Viewer, &[("id", "{license}")]),
    ("load_mails", Viewer, &[]),
    ("load_mail", Viewer, &[("id", "{mail}")]),
    ("resend_mail", Support, &[("id", "{mail}")]),
    ("load_order", Viewer, &[]),
    ("give_order_address", Support, &[]),
    ("load_people", Viewer, &[]),
    ("invite_person", Owner, &[]),
    ("resend_invitation", Owner, &[]),
    ("withdraw_invitation", Owner, &[]),
    ("change_role", Owner, &[]),
    ("remove_person", Owner, &[]),
    ("take_second_factor_off", Owner, &[]),
    ("load_invitation", All, &[]),
    ("accept_invitation", All, &[]),
    ("join_by_invitation", Viewer, &[]),
    ("load_plans", Viewer, &[]),
    ("load_plan", Viewer, &[]),
    ("save_plan", Admin, &[("id", "")]),
    ("load_products", Viewer, &[]),
    ("load_product_choices", Viewer, &[]),
    ("load_product", Viewer, &[("id", "{product}")]),
    ("save_product", Admin, &[("id", "")]),
    ("preview_mail", Viewer, &[]),
    ("send_test_mail", Admin, &[("id", "{product}")]),
    ("load_purchase_choices", Viewer, &[]),
    ("start_test_purchase", Support, &[]),
    ("load_receipt", All, &[]),
    ("load_review", Viewer, &[]),
    ("issue_keys", Admin, &[]),
    ("dismiss_review", Admin, &[]),
    ("load_viewer", Viewer, &[]),
    ("sign_in", All, &[]),
    ("load_code_step", All, &[]),
    ("sign_in_with_code", All, &[]),
    ("choose_mode", Viewer, &[]),
    ("load_flash", All, &[]),
    ("set_up_is_open", All, &[]),
    ("is_set_up_open", All, &[]),
    ("set_up", All, &[]),
    ("load_settings", Viewer, &[]),
    ("save_settings", Admin, &[]),
    ("set_test_keys", Admin, &[]),
    ("send_server_test", Admin, &[]),
    ("load_apps", Viewer, &[]),
    ("load_app", Viewer, &[("id", "{app}")]),
    ("save_app", Admin, &[("id", "")]),
    ("check_app", Admin, &[]),
    ("archive_app", Admin, &[]),
    ("load_events", Viewer, &[]),
    ("load_event", Viewer, &[("id", "{event}")]),
    ("replay_event", Admin, &[("id", "{event}")]),
    ("load_tenant_keys", Viewer, &[]),
    ("activate_tenant_key", Admin, &[]),
    ("rotate_signing_key", Admin, &[]),
    ("load_tickets", Viewer, &[]),
    ("load_ticket", Viewer, &[]),
    // The last one, because it ends the session.
    ("sign_out", Viewer, &[]),
];

/// Inputs that can be read, whatever the form.
const FILLED: [(&str, &str); 27] = [
    ("id", "00000000-0000-7000-8000-000000000000"),
    ("orderId", "00000000-0000-7000-8000-000000000000"),
    ("email", "eve@example.com"),
    ("recipient", "eve@example.com"),
    ("name", "Eve"),
    ("password", "a guess like another"),
    ("proof", "a guess like another"),
    ("code", "000000"),
    ("token", "none"),
    ("role", "viewer"),
    ("mode", "test"),
    ("valid", "true"),
    ("productId", "{product}"),
    ("appId", "{app}"),
    ("quantity", "1"),
    ("days", "1"),
    ("durationDays", "1"),
    ("hardwareId", "EVE"),
    ("session_id", "cs_test_none"),
    ("product_name", "None"),
    ("subject", "Key"),
    ("template", "{{ActivationKey}}"),
    ("change", "none"),
    ("product", "{product}"),
    ("hardware", "EVE"),
    ("trialEndsAt", "2030-01-31"),
    ("find", "ann"),
];

/// Pages that not every role may see.
const GUARDED: &[(&str, May)] = &[
    ("/licenses/new", Support),
    ("/products/new", Admin),
    ("/plans/new", Admin),
    ("/stripe/apps/new", Admin),
];
/// Pages in front of the door.
const OPEN: &[&str] = &[
    "/sign-in",
    "/sign-in/code",
    "/set-up",
    "/invitation/:token",
    "/purchase/success",
];

struct Cast<'a> {
    house: &'a House,
    things: BTreeMap<&'static str, String>,
    /// Session cookies.
    sessions: Vec<(May, String)>,
}

impl<'a> Cast<'a> {
    async fn of(house: &'a House) -> Self {
        let mut sessions = Vec::new();
        for (role, may) in ROLES {
            sessions.push((may, session(house, role).await));
        }
        Self {
            house,
            things: things(house).await,
            sessions,
        }
    }

    fn fill(&self, text: &str) -> String {
        let name = text.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
        let known = name.and_then(|name| self.things.get(name));
        known.cloned().unwrap_or_else(|| text.to_owned())
    }

    async fn call(
        &self,
        (function, own): (&str, &[(&str, &str)]),
        cookie: Option<&str>,
    ) -> StatusCode {
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
        request.send().await.expect("an answer").status()
    }
}

/// Somebody with the role, signed in; answers the session's token.
async fn session(house: &House, role: Role) -> String {
    let password = SecretString::from("correct horse battery".to_owned());
    let email = format!("{role}@example.com");
    let new = NewAdmin {
        tenant: house.shop.actor.tenant(),
        email: &email,
        role,
        password: &password,
    };
    let made = create_admin::execute(house.engine(), &new).await;
    assert!(made.is_ok());
    let credentials = Credentials {
        email: &email,
        password: &password,
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
    let form = json!({ "productName": "Atlas", "email": "ann@example.com" });
    let form = serde_json::from_value(form).expect("a form");
    let side = engine::licenses::generate::Side::Test;
    let made = engine::licenses::generate::execute(engine, actor, &form, side).await;
    let license = made.expect("is made").remove(0).id;
    let mail = send_test_mail::execute(engine, actor, "ann@example.com").await;
    let forged = json!({ "id": "evt_1Forged", "object": "event", "type": "x", "data": {} });
    let url = format!("{}{}", house.nodes[0].url, house.shop.hook);
    let zeros = "0".repeat(64);
    let signature = format!("t={},v1={zeros}", engine.now().unix_seconds());
    let sent = house.http.post(url).header("stripe-signature", signature);
    sent.json(&forged).send().await.expect("an answer");
    let event = house.log().await.remove(0).id;
    BTreeMap::from([
        ("license", license.to_string()),
        ("mail", mail.expect("is queued").to_string()),
        ("event", event.to_string()),
        ("product", house.shop.product.to_string()),
        ("app", house.shop.app.to_string()),
    ])
}

#[test]
fn every_server_function_has_a_row() {
    let mut all: Vec<_> = server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/ui/").to_owned())
        .collect();
    let mut rows: Vec<_> = ROWS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    all.sort_unstable();
    rows.sort_unstable();
    assert_eq!(all, rows);
}

#[tokio::test]
async fn each_role_may_call_its_server_functions_and_no_other() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        let mut wrong = Vec::new();
        for (function, may, own) in ROWS {
            let nobody = cast.call((function, own), None).await;
            if *may != All && nobody != StatusCode::UNAUTHORIZED {
                wrong.push(format!("nobody: {function}: {nobody}"));
            }
            for (role, cookie) in &cast.sessions {
                let status = cast.call((function, own), Some(cookie)).await;
                let is_refused = status == StatusCode::FORBIDDEN;
                let is_out = status == StatusCode::UNAUTHORIZED && *may != All;
                let is_strange = is_out || status.is_server_error();
                if is_strange || is_refused == (role >= may) {
                    wrong.push(format!("{role:?}: {function}: {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn each_role_sees_its_pages_and_whoever_is_not_signed_in_the_door() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let mut wrong = Vec::new();
        for route in generate_route_list(App) {
            let path = route.path().replace('{', ":").replace('}', "");
            let guard = GUARDED.iter().find(|(guarded, _)| *guarded == path);
            let may = guard.map_or(Viewer, |(_, may)| *may);
            let is_open = OPEN.contains(&path.as_str());
            let address = path
                .split('/')
                .map(|part| if part.starts_with(':') { "0" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let url = format!("{}{address}", house.nodes[0].url);
            let nobody = client.get(&url).send().await.expect("an answer").status();
            if !is_open && nobody != StatusCode::FOUND {
                wrong.push(format!("nobody: {path}: {nobody}"));
            }
            for (role, cookie) in &cast.sessions {
                let request = client
                    .get(&url)
                    .header("cookie", format!("exisone={cookie}"));
                let status = request.send().await.expect("an answer").status();
                let is_refused = status == StatusCode::FORBIDDEN;
                let is_strange = status == StatusCode::FOUND || status.is_server_error();
                if !is_open && (is_strange || is_refused == (*role >= may)) {
                    wrong.push(format!("{role:?}: {path}: {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}
