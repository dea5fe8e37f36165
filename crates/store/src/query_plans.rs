//! What SQLite makes of the statements of every webhook, look-up and list: none walks rows that are not its own. Without
//! statistics its planner guesses, and a wrong guess only shows when there are many rows.

use domain::list_order::NameOrder;
use domain::list_state::Shelf;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::log_order::BothWays;
use crate::named::NameFilter;
use crate::{
    access_tokens, activations, arrivals, change_search, changes, daily, event_log, jobs,
    license_lookups, licenses, mails, memberships, migrate, orders, plans, products, review_list,
    stripe_events, tickets,
};

async fn plan(conn: &mut SqliteConnection, sql: &str) -> String {
    let explain = format!("explain query plan {sql}");
    let rows = sqlx::query(AssertSqlSafe(explain)).fetch_all(conn).await;
    let rows = rows.expect("the statement is understood");
    let details = rows.iter().map(|row| row.get::<String, _>("detail"));
    details.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn the_statements_of_every_webhook_and_look_up_find_their_rows_by_an_index_of_their_own() {
    let mut conn = SqliteConnection::connect("sqlite::memory:")
        .await
        .expect("a database in memory");
    let migrated = migrate::SQLITE.run(&mut conn).await;
    migrated.expect("the migrations apply");
    for (sql, found_by) in [
        (licenses::SET_EMAIL, "(order_id=?)"),
        (orders::FACTS, "order_facts_by_order (order_id=?)"),
        (
            orders::SESSION_ORDER,
            "order_facts_by_session (stripe_id=?)",
        ),
        (stripe_events::FOLLOW_ORDER, "stripe_events_by_order"),
        (jobs::CLAIM, "jobs_by_due (state=? AND kind=? AND run_at<?)"),
        (jobs::NEXT_DUE, "jobs_by_due (state=? AND kind=?)"),
        (
            jobs::NEXT_DUE_FOR_OWN_SERVERS,
            "jobs_by_due (state=? AND kind=?)",
        ),
        (arrivals::FIND, "(tenant_id=? AND kind=? AND stripe_id=?)"),
        (arrivals::FIND, "(tenant_id=? AND stripe_event_id=?)"),
        (license_lookups::BY_INDEX, "(tenant_id=? AND key_index=?)"),
        (
            license_lookups::BY_INDEX,
            "COVERING INDEX activations_by_hardware (tenant_id=? AND hardware_key=? AND license_id=? AND ",
        ),
        (
            license_lookups::BY_INDEX,
            "d USING PRIMARY KEY (tenant_id=? AND product_id=? AND hardware_key=?)",
        ),
        (license_lookups::BY_ID, "licenses_1 (id=?)"),
        (
            license_lookups::text(license_lookups::TOGETHER).1,
            "(tenant_id=? AND key_index=?)",
        ),
    ] {
        let plan = plan(&mut conn, sql).await;
        assert!(plan.contains(found_by), "{sql}\nis done so:\n{plan}");
    }
}

/// The same index leads through a list from its end and from its beginning.
const fn both(list: BothWays, found_by: &str) -> [(&str, &str); 2] {
    [(list.newest, found_by), (list.oldest, found_by)]
}

async fn assert_found_by(cases: &[(&str, &str)]) {
    let mut conn = SqliteConnection::connect("sqlite::memory:")
        .await
        .expect("a database in memory");
    let migrated = migrate::SQLITE.run(&mut conn).await;
    migrated.expect("the migrations apply");
    for (sql, found_by) in cases {
        let plan = plan(&mut conn, sql).await;
        assert!(plan.contains(found_by), "{sql}\nis done so:\n{plan}");
    }
}

#[tokio::test]
async fn what_the_dashboard_counts_and_the_outbox_shows_is_read_from_an_index_of_its_own() {
    assert_found_by(&[
        (daily::LICENSES, "COVERING INDEX licenses_by_created"),
        (daily::ACTIVATIONS, "COVERING INDEX activations_by_time"),
        (daily::TAKINGS, "COVERING INDEX payments_by_time"),
        (daily::REFUNDS, "INDEX payments_refunded"),
        (
            orders::ANY_ISSUED,
            "COVERING INDEX orders_by_state (tenant_id=? AND livemode=? AND state=?)",
        ),
        (orders::WITHOUT_ADDRESS, "orders_without_address"),
        (
            change_search::FIRST_SINCE,
            "COVERING INDEX changes_by_time (tenant_id=? AND at>?)",
        ),
        (
            change_search::LAST_UNTIL,
            "COVERING INDEX changes_by_time (tenant_id=? AND at<?)",
        ),
        (mails::COUNT_WAITING, "COVERING INDEX mails_by_state"),
        (
            mails::COUNT_FAILED,
            "INDEX mails_failed (tenant_id=? AND livemode=? AND failed_at>?)",
        ),
        (
            mails::LIST_FAILED,
            "INDEX mails_failed (tenant_id=? AND livemode=? AND failed_at>?)",
        ),
    ])
    .await;
    let lists = [
        both(mails::LIST, "mails_by_time"),
        both(mails::LIST_BY_STATE, "mails_by_state"),
        both(
            mails::LIST_BY_RECIPIENT,
            "mails_by_recipient (tenant_id=? AND livemode=? AND recipient_key>? AND recipient_key<?)",
        ),
        both(change_search::LIST, "changes_by_tenant (tenant_id=? AND "),
        both(
            change_search::LIST_OF_SUBJECT,
            "changes_by_subject (tenant_id=? AND subject_kind=? AND subject_id=? AND ",
        ),
    ];
    assert_found_by(&lists.concat()).await;
}

#[tokio::test]
async fn the_event_log_is_read_from_an_index_of_each_filter() {
    let lists = [
        both(
            event_log::LIST,
            "stripe_events_by_time (tenant_id=? AND livemode=? AND (received_at,id)",
        ),
        both(
            event_log::LIST_OF_TYPE,
            "stripe_events_by_type (tenant_id=? AND livemode=? AND type=? AND (received_at,id)",
        ),
        both(
            event_log::LIST_OF_APP,
            "stripe_events_by_app (tenant_id=? AND app_id=? AND livemode=? AND (received_at,id)",
        ),
        both(event_log::FIND, "(tenant_id=? AND stripe_event_id=?)"),
        both(
            event_log::FIND,
            "stripe_events_by_object (tenant_id=? AND object_id=?)",
        ),
        both(
            event_log::FIND,
            "stripe_events_by_order (tenant_id=? AND order_id=?)",
        ),
        both(
            event_log::FIND,
            "e USING INDEX sqlite_autoindex_stripe_events_1 (id=?)",
        ),
        both(event_log::LIST_UNVERIFIED, "stripe_events_unverified"),
    ];
    assert_found_by(&lists.concat()).await;
    assert_found_by(&[
        (
            event_log::TYPES,
            "COVERING INDEX stripe_events_by_type (tenant_id=? AND livemode=? AND type>?)",
        ),
        (event_log::FAILED_CAUSES, "stripe_events_unverified"),
    ])
    .await;
}

#[tokio::test]
async fn what_has_a_name_is_listed_by_an_index_of_its_order() {
    let text = |named, shelf, order, beginning: &str| {
        let filter = NameFilter {
            shelf,
            beginning: beginning.to_owned(),
            order,
            after: None,
            limit: 50,
        };
        filter.text(named)
    };
    let mut cases = Vec::new();
    for order in NameOrder::ALL.iter().copied() {
        let by_id = [
            (&products::NAMED, Shelf::Current, "products_current"),
            (&products::NAMED, Shelf::Archived, "products_archived"),
            (&plans::NAMED, Shelf::Current, "plans_current"),
            (&plans::NAMED, Shelf::Archived, "plans_archived"),
        ];
        for (named, shelf, index) in by_id {
            let index = match (order.is_by_name(), named.table) {
                (false, _) => index,
                (true, "products") => "products_by_name",
                (true, _) => "sqlite_autoindex_plans_1",
            };
            cases.push((
                text(named, shelf, order, ""),
                format!("{index} (tenant_id=? AND "),
            ));
            let names = "(tenant_id=? AND name_key>? AND name_key<?)".to_owned();
            cases.push((text(named, shelf, order, "a"), names));
        }
    }
    let cases: Vec<_> = cases.iter().map(|(sql, by)| (&**sql, &**by)).collect();
    assert_found_by(&cases).await;
}

#[tokio::test]
async fn what_has_a_state_or_a_time_is_listed_by_an_index_of_its_own() {
    let lists = [
        both(
            access_tokens::PAGE,
            "access_tokens_by_tenant (tenant_id=? AND created_at",
        ),
        both(
            access_tokens::PAGE_REVOKED,
            "access_tokens_revoked (tenant_id=? AND (created_at,id)",
        ),
        both(
            access_tokens::PAGE_CURRENT,
            "access_tokens_current (tenant_id=? AND (created_at,id)",
        ),
        both(
            access_tokens::PAGE_FOUND,
            "access_tokens_by_name (tenant_id=? AND name_key>? AND name_key<?)",
        ),
        both(
            tickets::LIST,
            "tickets_by_time (tenant_id=? AND (created_at,id)",
        ),
        both(
            tickets::LIST_OF_PRODUCT,
            "tickets_by_product (tenant_id=? AND product_id=? AND (created_at,id)",
        ),
        both(
            tickets::LIST_OPEN,
            "tickets_open (tenant_id=? AND (created_at,id)",
        ),
        both(
            tickets::LIST_CLOSED,
            "tickets_closed (tenant_id=? AND (created_at,id)",
        ),
        both(
            tickets::LIST_CLOSED_OF_PRODUCT,
            "tickets_by_product (tenant_id=? AND product_id=? AND (created_at,id)",
        ),
        both(
            tickets::FIND_BY_BEGINNING,
            "tickets_by_email (tenant_id=? AND email_key>? AND email_key<?)",
        ),
        both(
            tickets::FIND_BY_BEGINNING,
            "tickets_by_subject (tenant_id=? AND subject_key>? AND subject_key<?)",
        ),
    ];
    assert_found_by(&lists.concat()).await;
    assert_found_by(&[
        (
            activations::ANY_ACTIVE,
            "activations_by_hardware (tenant_id=?)",
        ),
        (
            changes::BY_KIND,
            "changes_by_subject (tenant_id=? AND subject_kind=?)",
        ),
        (
            memberships::PAGE,
            "memberships_by_time (tenant_id=? AND (created_at,person_id)>",
        ),
        (
            memberships::PAGE_BY_EMAIL,
            "memberships_by_time (tenant_id=?)",
        ),
        (
            memberships::PAGE_BY_EMAIL,
            "changes_by_subject (tenant_id=? AND subject_kind=? AND subject_id=?)",
        ),
    ])
    .await;
}

#[tokio::test]
async fn review_is_read_from_an_index_of_each_filter_either_way_around() {
    let lists = [
        both(
            review_list::LIST,
            "orders_in_review (tenant_id=? AND livemode=? AND <expr>",
        ),
        both(
            review_list::LIST_OF_PRODUCT,
            "orders_in_review_by_product (tenant_id=? AND livemode=? AND product_id=? AND <expr>",
        ),
        both(
            review_list::FOUND,
            "orders_in_review_by_email (tenant_id=? AND livemode=? AND email_key>? AND email_key<?)",
        ),
        both(
            review_list::FOUND,
            "(tenant_id=? AND kind=? AND stripe_id=?)",
        ),
    ];
    assert_found_by(&lists.concat()).await;
}
