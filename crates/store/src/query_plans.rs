//! What SQLite makes of the statements of every webhook, look-up and list: none walks rows that are not its own. Without
//! statistics its planner guesses, and a wrong guess only shows when there are many rows.

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::{
    access_tokens, arrivals, change_search, daily, event_log, jobs, license_lookups, licenses,
    mails, memberships, migrate, orders, plans, products, stripe_events, tickets,
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
            "(license_id=? AND hardware_key=?)",
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
        (mails::LIST, "mails_by_time"),
        (mails::LIST_BY_STATE, "mails_by_state"),
        (
            mails::LIST_BY_RECIPIENT,
            "mails_by_recipient (tenant_id=? AND livemode=? AND recipient_key>? AND recipient_key<?)",
        ),
        (
            change_search::LIST_OF_SUBJECT,
            "changes_by_subject (tenant_id=? AND subject_kind=? AND subject_id=? AND ",
        ),
        (
            change_search::FIRST_SINCE,
            "COVERING INDEX changes_by_time (tenant_id=? AND at>?)",
        ),
        (
            change_search::LAST_UNTIL,
            "COVERING INDEX changes_by_time (tenant_id=? AND at<?)",
        ),
        (mails::COUNT_UNSENT, "COVERING INDEX mails_by_state"),
    ])
    .await;
}

#[tokio::test]
async fn the_event_log_is_read_from_an_index_of_each_filter() {
    assert_found_by(&[
        (
            event_log::LIST,
            "stripe_events_by_time (tenant_id=? AND livemode=? AND (received_at,id)<",
        ),
        (
            event_log::LIST_OF_TYPE,
            "stripe_events_by_type (tenant_id=? AND livemode=? AND type=? AND (received_at,id)<",
        ),
        (
            event_log::LIST_OF_APP,
            "stripe_events_by_app (tenant_id=? AND app_id=? AND livemode=? AND (received_at,id)<",
        ),
        (event_log::FIND, "(tenant_id=? AND stripe_event_id=?)"),
        (
            event_log::FIND,
            "stripe_events_by_object (tenant_id=? AND object_id=?)",
        ),
        (
            event_log::FIND,
            "stripe_events_by_order (tenant_id=? AND order_id=?)",
        ),
        (
            event_log::FIND,
            "e USING INDEX sqlite_autoindex_stripe_events_1 (id=?)",
        ),
        (
            event_log::TYPES,
            "COVERING INDEX stripe_events_by_type (tenant_id=? AND livemode=? AND type>?)",
        ),
        (event_log::LIST_UNVERIFIED, "stripe_events_unverified"),
        (event_log::FAILED_CAUSES, "stripe_events_unverified"),
    ])
    .await;
}

#[tokio::test]
async fn what_has_a_name_or_a_state_is_listed_by_an_index_of_its_own() {
    assert_found_by(&[
        (products::PAGE, "products_current (tenant_id=? AND "),
        (
            products::PAGE_ARCHIVED,
            "products_archived (tenant_id=? AND ",
        ),
        (
            products::PAGE_FOUND,
            "(tenant_id=? AND name_key>? AND name_key<?)",
        ),
        (plans::PAGE, "plans_current (tenant_id=? AND "),
        (plans::PAGE_ARCHIVED, "plans_archived (tenant_id=? AND "),
        (
            plans::PAGE_FOUND,
            "(tenant_id=? AND name_key>? AND name_key<?)",
        ),
        (
            access_tokens::PAGE,
            "access_tokens_by_tenant (tenant_id=? AND created_at<?)",
        ),
        (
            access_tokens::PAGE_REVOKED,
            "access_tokens_revoked (tenant_id=? AND (created_at,id)<",
        ),
        (
            access_tokens::PAGE_CURRENT,
            "access_tokens_current (tenant_id=? AND (created_at,id)<",
        ),
        (
            access_tokens::PAGE_FOUND,
            "access_tokens_by_name (tenant_id=? AND name_key>? AND name_key<?)",
        ),
        (
            memberships::PAGE,
            "memberships_by_time (tenant_id=? AND (created_at,person_id)>",
        ),
        (
            tickets::LIST,
            "tickets_by_time (tenant_id=? AND (created_at,id)<",
        ),
        (
            tickets::LIST_OF_PRODUCT,
            "tickets_by_product (tenant_id=? AND product_id=? AND (created_at,id)<",
        ),
        (
            tickets::LIST_OPEN,
            "tickets_open (tenant_id=? AND (created_at,id)<",
        ),
        (
            tickets::LIST_CLOSED,
            "tickets_closed (tenant_id=? AND (created_at,id)<",
        ),
        (
            tickets::LIST_CLOSED_OF_PRODUCT,
            "tickets_by_product (tenant_id=? AND product_id=? AND (created_at,id)<",
        ),
        (
            tickets::FIND_BY_BEGINNING,
            "tickets_by_email (tenant_id=? AND email_key>? AND email_key<?)",
        ),
        (
            tickets::FIND_BY_BEGINNING,
            "tickets_by_subject (tenant_id=? AND subject_key>? AND subject_key<?)",
        ),
    ])
    .await;
}
