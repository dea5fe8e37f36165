//! What SQLite makes of the statements of every webhook, look-up and list: none walks rows that are not its own. Without
//! statistics its planner guesses, and a wrong guess only shows when there are many rows.

use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::{
    arrivals, daily, event_log, jobs, license_lookups, licenses, mails, migrate, orders,
    stripe_events,
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

#[tokio::test]
async fn what_the_dashboard_counts_and_lists_show_is_read_from_an_index_of_its_own() {
    let mut conn = SqliteConnection::connect("sqlite::memory:")
        .await
        .expect("a database in memory");
    let migrated = migrate::SQLITE.run(&mut conn).await;
    migrated.expect("the migrations apply");
    for (sql, found_by) in [
        (daily::LICENSES, "COVERING INDEX licenses_by_created"),
        (daily::ACTIVATIONS, "COVERING INDEX activations_by_time"),
        (daily::TAKINGS, "COVERING INDEX payments_by_time"),
        (daily::REFUNDS, "INDEX payments_refunded"),
        (orders::WITHOUT_ADDRESS, "orders_without_address"),
        (mails::LIST, "mails_by_time"),
        (mails::LIST_BY_STATE, "mails_by_state"),
        (mails::COUNT_UNSENT, "COVERING INDEX mails_by_state"),
        (
            event_log::LIST,
            "stripe_events_by_time (tenant_id=? AND livemode=?)",
        ),
        (event_log::LIST_UNVERIFIED, "stripe_events_unverified"),
        (event_log::FAILED_CAUSES, "stripe_events_unverified"),
    ] {
        let plan = plan(&mut conn, sql).await;
        assert!(plan.contains(found_by), "{sql}\nis done so:\n{plan}");
    }
}
