//! Who may do what in the browser: every server function and every page with every role, straight at
//! the server; and what somebody of another company meets. A server function that has no row here makes
//! the test fail. It is long because most of it is one table.

mod cast;

use domain::role::Role;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::StatusCode;

use crate::harness::on_each;
use cast::Cast;

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

/// What somebody meets who may do everything, but in another company.
#[derive(Debug, Clone, Copy)]
enum Elsewhere {
    /// This input names something of the first company, which is not there.
    Missing(&'static str, &'static str),
    /// A product of the first company is none that could be chosen.
    Refused,
    /// Nothing is named, and the answer is the own company's.
    Own,
    /// It is about a person or a browser, whatever the company.
    Apart,
}

use Elsewhere::{Apart, Missing, Own, Refused};

/// A server function, who may call it, what it is sent besides [`FILLED`], and what it answers to
/// somebody of another company.
type Row = (
    &'static str,
    May,
    &'static [(&'static str, &'static str)],
    Elsewhere,
);

const ROWS: &[Row] = &[
    ("load_access_tokens", Viewer, &[], Own),
    ("create_access_token", Admin, &[("verify", "true")], Own),
    ("rename_access_token", Admin, &[], Missing("id", "{token}")),
    ("revoke_access_token", Admin, &[], Missing("id", "{token}")),
    ("load_account", Viewer, &[], Own),
    ("end_session", Viewer, &[], Missing("id", "{session}")),
    ("choose_time_zone", Viewer, &[], Apart),
    (
        "change_password",
        Viewer,
        &[
            ("currentPassword", "a guess like another"),
            ("newPassword", "a guess like yet another"),
        ],
        Apart,
    ),
    ("choose_company", Viewer, &[], Missing("id", "{tenant}")),
    ("begin_second_factor", Viewer, &[], Own),
    ("confirm_second_factor", Viewer, &[], Apart),
    ("end_own_second_factor", Viewer, &[], Apart),
    ("load_changes", Viewer, &[("id", "")], Own),
    ("load_dashboard", Viewer, &[], Own),
    ("load_devices", Viewer, &[], Own),
    ("load_device", Viewer, &[], Missing("hardware", "{device}")),
    ("change_trial", Admin, &[], Missing("hardware", "{device}")),
    ("load_guide", Viewer, &[], Own),
    ("find_anything", Viewer, &[], Own),
    ("load_license_choices", Support, &[], Own),
    ("generate_licenses", Support, &[], Refused),
    (
        "change_license_state",
        Admin,
        &[("id", "{license}"), ("change", "suspend")],
        Missing("id", "{license}"),
    ),
    (
        "deactivate_device",
        Admin,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    (
        "update_license",
        Admin,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    (
        "extend_license",
        Admin,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    (
        "resend_license",
        Support,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    (
        "make_offline_code",
        Support,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    ("load_licenses", Viewer, &[], Own),
    (
        "load_license",
        Viewer,
        &[("id", "{license}")],
        Missing("id", "{license}"),
    ),
    ("load_mails", Viewer, &[], Own),
    (
        "load_mail",
        Viewer,
        &[("id", "{mail}")],
        Missing("id", "{mail}"),
    ),
    (
        "resend_mail",
        Support,
        &[("id", "{mail}")],
        Missing("id", "{mail}"),
    ),
    ("load_order", Viewer, &[], Missing("id", "{order}")),
    ("give_order_address", Support, &[], Missing("id", "{order}")),
    ("load_people", Viewer, &[], Own),
    ("invite_person", Owner, &[], Own),
    (
        "resend_invitation",
        Owner,
        &[],
        Missing("id", "{invitation}"),
    ),
    (
        "withdraw_invitation",
        Owner,
        &[],
        Missing("id", "{invitation}"),
    ),
    ("change_role", Owner, &[], Missing("id", "{person}")),
    (
        "take_second_factor_off",
        Owner,
        &[],
        Missing("id", "{person}"),
    ),
    ("remove_person", Owner, &[], Missing("id", "{person}")),
    ("load_invitation", All, &[], Apart),
    ("accept_invitation", All, &[], Apart),
    ("join_by_invitation", Viewer, &[], Apart),
    ("load_plans", Viewer, &[], Own),
    ("load_plan", Viewer, &[], Missing("id", "{plan}")),
    ("save_plan", Admin, &[("id", "")], Missing("id", "{plan}")),
    (
        "archive_plan",
        Admin,
        &[("id", "9999")],
        Missing("id", "{plan}"),
    ),
    (
        "restore_plan",
        Admin,
        &[("id", "9999")],
        Missing("id", "{plan}"),
    ),
    ("load_products", Viewer, &[], Own),
    ("load_product_choices", Viewer, &[], Own),
    (
        "load_product",
        Viewer,
        &[("id", "{product}")],
        Missing("id", "{product}"),
    ),
    (
        "save_product",
        Admin,
        &[("id", "")],
        Missing("id", "{product}"),
    ),
    ("preview_mail", Viewer, &[], Own),
    (
        "send_test_mail",
        Admin,
        &[("id", "{product}")],
        Missing("id", "{product}"),
    ),
    ("load_purchase_choices", Viewer, &[], Own),
    ("start_test_purchase", Support, &[], Refused),
    ("load_receipt", All, &[], Apart),
    ("load_review", Viewer, &[], Own),
    ("issue_keys", Admin, &[], Missing("orderId", "{review}")),
    ("dismiss_review", Admin, &[], Missing("orderId", "{review}")),
    ("load_viewer", Viewer, &[], Own),
    ("load_zone", Viewer, &[], Apart),
    ("sign_in", All, &[], Apart),
    ("load_code_step", All, &[], Apart),
    ("sign_in_with_code", All, &[], Apart),
    ("choose_mode", Viewer, &[], Own),
    ("load_flash", All, &[], Apart),
    ("set_up_is_open", All, &[], Apart),
    ("is_set_up_open", All, &[], Apart),
    ("set_up", All, &[], Apart),
    ("load_settings", Viewer, &[], Own),
    ("save_settings", Admin, &[], Own),
    ("set_test_keys", Admin, &[], Own),
    (
        "save_mail_server",
        Admin,
        &[
            ("mailServerUrl", "smtp://mail.example.com"),
            ("mailSender", "keys@example.com"),
        ],
        Own,
    ),
    ("drop_mail_server", Admin, &[], Own),
    ("send_server_test", Admin, &[], Own),
    ("load_apps", Viewer, &[], Own),
    ("load_archived_apps", Viewer, &[], Own),
    (
        "load_app",
        Viewer,
        &[("id", "{app}")],
        Missing("id", "{app}"),
    ),
    ("save_app", Admin, &[("id", "")], Missing("id", "{app}")),
    ("check_app", Admin, &[], Missing("id", "{app}")),
    ("archive_app", Admin, &[], Missing("id", "{app}")),
    ("load_events", Viewer, &[("find", "")], Own),
    ("load_event_choices", Viewer, &[], Own),
    (
        "load_event",
        Viewer,
        &[("id", "{event}")],
        Missing("id", "{vouched}"),
    ),
    (
        "replay_event",
        Admin,
        &[("id", "{event}")],
        Missing("id", "{event}"),
    ),
    ("load_tenant_keys", Viewer, &[], Own),
    ("activate_tenant_key", Admin, &[], Own),
    ("rotate_signing_key", Admin, &[], Own),
    ("load_tickets", Viewer, &[], Own),
    ("load_ticket", Viewer, &[], Missing("id", "{ticket}")),
    (
        "change_ticket",
        Support,
        &[("change", "close")],
        Missing("id", "{ticket}"),
    ),
    // After whatever sells it.
    (
        "archive_product",
        Admin,
        &[("id", "9999")],
        Missing("id", "{product}"),
    ),
    (
        "restore_product",
        Admin,
        &[("id", "9999")],
        Missing("id", "{product}"),
    ),
    // The last one, because it ends the session.
    ("sign_out", Viewer, &[], Own),
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

/// What else a browser asks for, who may, and what whoever is not signed in is answered.
const DOWNLOADS: &[(&str, May, StatusCode)] = &[
    ("/licenses/export.csv", Viewer, StatusCode::SEE_OTHER),
    ("/live", Viewer, StatusCode::UNAUTHORIZED),
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
        for (function, may, own, _) in ROWS {
            let (nobody, _) = cast.ask((function, own), None).await;
            if *may != All && nobody != StatusCode::UNAUTHORIZED {
                wrong.push(format!("nobody: {function}: {nobody}"));
            }
            for (role, cookie) in &cast.sessions {
                let (status, _) = cast.ask((function, own), Some(cookie)).await;
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

/// What a function is sent, with what it is to name in place of its own.
fn naming(
    own: &[(&'static str, &'static str)],
    elsewhere: Elsewhere,
) -> Vec<(&'static str, &'static str)> {
    let Missing(input, thing) = elsewhere else {
        return own.to_vec();
    };
    let rest = own.iter().filter(|(name, _)| *name != input);
    std::iter::once(&(input, thing))
        .chain(rest)
        .copied()
        .collect()
}

#[tokio::test]
async fn an_owner_of_another_company_finds_nothing_of_this_one() {
    on_each(async |house| {
        let mut cast = Cast::of(house).await;
        let (stranger, owner) = (cast.stranger().await, cast.owner().await);
        let (mut wrong, mut named) = (Vec::new(), Vec::new());
        for (function, _, own, elsewhere) in ROWS {
            let inputs = naming(own, *elsewhere);
            let (status, text) = cast.ask((function, &inputs), Some(&stranger)).await;
            let is_right = match elsewhere {
                Missing(..) => status == StatusCode::NOT_FOUND,
                Refused => status == StatusCode::UNPROCESSABLE_ENTITY,
                Own => status == StatusCode::OK,
                Apart => !status.is_server_error(),
            };
            if !is_right || cast.is_told(&text) {
                wrong.push(format!("{function}: {status} {text}"));
            }
            if matches!(elsewhere, Missing(..) | Refused) {
                named.push((function, inputs, text));
            }
        }
        // It is there, and still there, for this company's owner: else the above would prove nothing.
        for (function, inputs, refusal) in named {
            let (status, text) = cast.ask((function, &inputs), Some(&owner)).await;
            let is_strange = status == StatusCode::UNAUTHORIZED || status.is_server_error();
            if is_strange || text == refusal {
                wrong.push(format!("{function}, for this one's: {status} {text}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn each_role_may_download_and_listen_to_its_own_companys_news() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        for (path, may, refusal) in DOWNLOADS {
            assert_eq!(cast.open(path, None).await.status(), *refusal, "{path}");
            for (role, cookie) in &cast.sessions {
                let status = cast.open(path, Some(cookie)).await.status();
                let expected = if role >= may {
                    StatusCode::OK
                } else {
                    StatusCode::FORBIDDEN
                };
                assert_eq!(status, expected, "{role:?}: {path}");
            }
        }
        let stranger = cast.stranger().await;
        let export = async |cookie: &str| {
            let answer = cast.open("/licenses/export.csv", Some(cookie)).await;
            answer.text().await.expect("is whole")
        };
        let (own, other) = (&cast.sessions[0].1, &stranger);
        assert!(cast.is_told(&export(own).await));
        assert!(!cast.is_told(&export(other).await));
    })
    .await;
}

#[tokio::test]
async fn each_role_sees_its_pages_and_whoever_is_not_signed_in_the_door() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        let mut wrong = Vec::new();
        for pattern in server::pages::addresses() {
            let path = pattern.replace('{', ":").replace('}', "");
            let guard = GUARDED.iter().find(|(guarded, _)| *guarded == path);
            let may = guard.map_or(Viewer, |(_, may)| *may);
            let is_open = OPEN.contains(&path.as_str());
            let address = path
                .split('/')
                .map(|part| if part.starts_with(':') { "0" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let nobody = cast.open(&address, None).await.status();
            if !is_open && nobody != StatusCode::FOUND {
                wrong.push(format!("nobody: {path}: {nobody}"));
            }
            for (role, cookie) in &cast.sessions {
                let status = cast.open(&address, Some(cookie)).await.status();
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

/// What pages of their own show, by their addresses.
const OF_ONE_THING: [&str; 9] = [
    "/products/{product}",
    "/plans/{plan}",
    "/licenses/{license}",
    "/stripe/apps/{app}",
    "/stripe/events/{event}",
    "/orders/{order}",
    "/outbox/{mail}",
    "/tickets/{ticket}",
    "/activity/{product}/{device}",
];

#[tokio::test]
async fn the_page_of_another_companys_thing_is_not_there() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        let with_id = server::pages::addresses()
            .filter(|pattern| pattern.contains('{') && !pattern.starts_with("/invitation"));
        assert_eq!(with_id.count(), OF_ONE_THING.len(), "a page has no row");
        let (stranger, owner) = (cast.stranger().await, &cast.sessions[3].1);
        let mut wrong = Vec::new();
        for pattern in OF_ONE_THING {
            let address = cast.address(pattern);
            for (cookie, expected) in [(&stranger, StatusCode::NOT_FOUND), (owner, StatusCode::OK)]
            {
                let answer = cast.open(&address, Some(cookie)).await;
                let status = answer.status();
                let text = answer.text().await.expect("is whole");
                let is_told = cast.is_told(&text.replace(&address, ""));
                if status != expected || is_told != (status == StatusCode::OK) {
                    wrong.push(format!("{pattern}: {status}, told: {is_told}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// Inputs that narrow a list.
const NARROWING: [&str; 9] = [
    "find", "type", "state", "status", "about", "id", "from", "to", "after",
];

#[tokio::test]
async fn the_nul_character_is_refused_wherever_it_is_typed() {
    on_each(async |house| {
        let cast = Cast::of(house).await;
        let owner = &cast.sessions[3].1;
        let mut wrong = Vec::new();
        for (function, _, own, _) in ROWS.iter().filter(|(name, ..)| *name != "sign_out") {
            let texts = FILLED.iter().chain(*own).map(|(name, _)| *name);
            for name in texts.chain(NARROWING) {
                let inputs = [(name, "evt_\0")].into_iter();
                let inputs = inputs.chain(own.iter().copied().filter(|(own, _)| *own != name));
                let inputs: Vec<_> = inputs.collect();
                let (status, _) = cast.ask((function, &inputs), Some(owner)).await;
                if status.is_server_error() {
                    wrong.push(format!("{function}, {name}: {status}"));
                }
            }
        }
        for pattern in server::pages::addresses().filter(|pattern| !pattern.contains('{')) {
            let query = NARROWING.map(|name| format!("{name}=evt_%00"));
            let each = query.iter().cloned().chain([query.join("&")]);
            for query in each {
                let address = format!("{pattern}?{query}");
                let status = cast.open(&address, Some(owner)).await.status();
                if status.is_server_error() {
                    wrong.push(format!("{address}: {status}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}
