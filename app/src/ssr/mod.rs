//! What server functions use on the server: the engine, who asks, the reply, the cookie,
//! and a file a feature that turns the engine's answers into what pages show.
//!
//! Invariant: nothing of this is compiled for the browser.

mod access_tokens;
mod account;
mod activity;
mod browser_name;
mod changes;
mod chart;
mod cookie;
mod dashboard;
mod door;
mod guide;
mod license_acts;
mod license_devices;
mod license_export;
mod licenses;
mod mails;
mod orders;
mod palette;
mod parts;
mod people;
mod plans;
mod products;
mod purchases;
mod qr;
mod refusal;
mod reply;
mod request;
mod session;
mod settings;
mod snippets;
mod stripe_apps;
mod stripe_events;
mod tenant_keys;
mod tickets;

pub use access_tokens::{access_tokens, end_access_token, give_token_name, make_access_token};
pub use account::{
    account_page, choose_password, choose_zone, draw_second_factor, end_browser, go_to_company,
    turn_second_factor_off, turn_second_factor_on, zone_of,
};
pub use activity::{device_detail, device_list, move_trial};
pub use changes::change_list;
pub use cookie::{end_session, never_store, session_token_in};
pub use dashboard::{dashboard_page, wanting_counts};
pub use door::{
    SetUpCode, at_the_door, is_at_code_step, make_first_person, open_session,
    open_session_with_code,
};
pub use guide::guide;
pub use license_acts::{
    change_hold, extend, free_seat, license_choices, mail_license, make_licenses, save_license,
    write_offline_code,
};
pub use license_export::export_licenses;
pub use licenses::{license_detail, license_list};
pub use mails::{mail_detail, mail_list, send_again};
pub use orders::{give_address, order_page};
pub use palette::hits;
pub use parts::announce_part;
pub use people::{
    accept_as_new, end_members_second_factor, give_role, invitation_page, invite, invite_again,
    join, let_go, people_page, take_invitation_back,
};
pub use plans::{bring_plan_back, keep_plan, plan_page, plans_on_shelf, put_plan_away};
pub use products::{
    bring_product_back, keep_product, mail_preview, product_choices, product_page,
    products_on_shelf, put_product_away, try_mail,
};
pub use purchases::{
    begin_purchase, dismiss_reviewed, issue_reviewed, purchase_choices, receipt, review_page,
};
pub use refusal::{pack, refuse};
pub use reply::{NOTHING, Next, keep_first_redirect, reply, take_flash};
pub use request::{ClientAddress, SentForm, safe_path};
pub use session::{SignedIn, engine, session_token, signed_in};
pub use settings::{
    drop_own_mail_server, keep_mail_server, keep_settings, settings_page, switch_test_keys,
    try_mail_server,
};
pub use stripe_apps::{
    app_page, apps_in_use, archive_stripe_app, archived_apps, check_stripe_app, save_stripe_app,
};
pub use stripe_events::{event_choices, event_detail, event_list, process_again};
pub use tenant_keys::{make_signing_pair, tenant_keys};
pub use tickets::{close_or_reopen, ticket_detail, ticket_list};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leptos::server_fn::axum::server_fn_paths;

    #[test]
    fn every_server_function_lives_under_ui_and_has_an_address_of_its_own() {
        let all: Vec<_> = server_fn_paths().map(|(path, _)| path).collect();
        assert!(all.contains(&"/ui/sign_in"), "{all:?}");
        assert!(all.iter().all(|path| path.starts_with("/ui/")), "{all:?}");
        let different: BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len(), "{all:?}");
    }

    #[test]
    fn every_server_function_is_asked_by_post() {
        let others: Vec<_> = server_fn_paths()
            .filter(|(_, method)| method != http::Method::POST)
            .collect();
        assert!(others.is_empty(), "{others:?}");
    }
}
