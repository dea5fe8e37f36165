//! The dashboard: what is new, and what wants attention.

use domain::permission::{Permission, Permissions};
use engine::dashboard::{self, Checklist, Dashboard, Problem, ProblemKind, Target};
use engine::ports::MailRefusal;
use engine::stripe::receive_event::Answer;
use engine::tokens::{self, create::NewToken};
use serde_json::json;

use crate::shop::{Shop, completed, second_tenant};
use crate::support::TestEngine;

async fn test_side(t: &TestEngine) -> Dashboard {
    dashboard::execute(&t.engine, &t.system(), false)
        .await
        .expect("is read")
}

async fn only_problem(t: &TestEngine) -> Problem {
    let mut problems = test_side(t).await.problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.remove(0)
}

#[tokio::test]
async fn a_new_tenant_is_told_the_first_steps() {
    let t = TestEngine::start().await;
    let dashboard = test_side(&t).await;
    let expected = Checklist {
        has_product: false,
        has_ready_stripe_app: false,
        has_mail_server: true,
        has_license: false,
    };
    assert_eq!(dashboard.checklist, expected);
    let problem = only_problem(&t).await;
    assert_eq!(
        (problem.kind, problem.target),
        (ProblemKind::NoStripeApp, Target::StripeApps)
    );
}

#[tokio::test]
async fn sold_keys_are_counted_by_month_and_the_latest_ten_shown() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 4).await;
    t.clock.advance_seconds(31 * 86_400);
    shop.sell(&t, 2, 9).await;
    t.run_due_jobs().await;
    let dashboard = test_side(&t).await;
    assert_eq!(
        (dashboard.keys_issued, dashboard.keys_issued_before),
        (9, 4)
    );
    assert_eq!(dashboard.latest.len(), 10);
    assert_eq!(dashboard.latest[0].email, "Buyer2@example.com");
    assert!(dashboard.problems.is_empty());
    assert!(dashboard.checklist.is_done());
    let live = dashboard::execute(&t.engine, &t.system(), true)
        .await
        .expect("is read");
    assert!(live.latest.is_empty());
    assert_eq!(live.keys_issued, 0);
}

#[tokio::test]
async fn refused_deliveries_are_grouped_by_cause_until_the_event_is_verified() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    for number in [1, 2] {
        let answer = shop.deliver_forged(&t, &shop.paid(number, 1)).await;
        assert!(matches!(answer, Answer::Refused(_)));
    }
    engine::stripe::deliveries::flush(&t.engine)
        .await
        .expect("are written");
    let problem = only_problem(&t).await;
    assert_eq!(
        (problem.kind, problem.target),
        (ProblemKind::FailedEvents, Target::FailedEvents)
    );
    assert_eq!(problem.title, "2 events for “Store” failed");
    assert!(problem.detail.contains("no app matched signature"));

    t.clock.advance_seconds(60);
    for number in [1, 2] {
        shop.sell(&t, number, 1).await;
    }
    t.run_due_jobs().await;
    assert!(test_side(&t).await.problems.is_empty());
}

#[tokio::test]
async fn a_payment_in_review_and_one_without_address_want_a_person() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let mut nobody = shop.paid(1, 1);
    nobody["data"]["object"]["customer_details"] = json!(null);
    shop.deliver(&t, &nobody).await;
    assert!(test_side(&t).await.problems.is_empty());
    t.clock.advance_seconds(15 * 60 + 1);
    let problem = only_problem(&t).await;
    assert_eq!(problem.kind, ProblemKind::OrderWithoutAddress);
    shop.deliver(&t, &completed(2, &json!("9999"))).await;
    let kinds: Vec<_> = test_side(&t)
        .await
        .problems
        .iter()
        .map(|p| p.kind)
        .collect();
    assert_eq!(
        kinds,
        [ProblemKind::OrderInReview, ProblemKind::OrderWithoutAddress]
    );
    let stranger = dashboard::execute(&t.engine, &second_tenant(&t).await, false)
        .await
        .expect("is read");
    let kinds: Vec<_> = stranger.problems.iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [ProblemKind::NoStripeApp]);
}

#[tokio::test]
async fn refused_mails_are_one_line_that_leads_to_them() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    t.mailer.refuse(MailRefusal {
        is_permanent: false,
        answer: "450 try later".into(),
    });
    shop.sell(&t, 1, 1).await;
    t.run_due_jobs().await;
    let problem = only_problem(&t).await;
    assert_eq!(problem.kind, ProblemKind::MailsRetrying);
    assert!(matches!(problem.target, Target::Mail(_)));
    assert!(problem.detail.contains("450 try later"));
    assert_eq!(test_side(&t).await.mails_unsent, 1);
}

#[tokio::test]
async fn an_app_without_its_signing_secret_is_named_with_the_remedy() {
    let t = TestEngine::start().await;
    let form = serde_json::from_value(
        json!({ "name": "Half", "secretKey": "sk_test_halfabcdefghijklmnop" }),
    )
    .expect("a form");
    let id = engine::stripe::apps::save::create(&t.engine, &t.system(), &form)
        .await
        .expect("is saved");
    let problem = only_problem(&t).await;
    assert_eq!(
        (problem.kind, problem.target),
        (ProblemKind::StripeApp, Target::StripeApp(id))
    );
    assert!(problem.detail.contains("signing secret"));
}

#[tokio::test]
async fn a_token_is_named_a_fortnight_before_its_end() {
    let t = TestEngine::start().await;
    Shop::open(&t, t.system()).await;
    let ends_at = t.engine.now().plus_days(15);
    let new = NewToken {
        name: "Build server".into(),
        permissions: Permissions::NONE.with(Permission::Generate),
        expires_at: Some(ends_at),
    };
    let made = tokens::create::execute(&t.engine, &t.system(), &new)
        .await
        .expect("is created");
    assert!(test_side(&t).await.problems.is_empty());
    t.clock.advance_seconds(86_400);
    let problem = only_problem(&t).await;
    assert_eq!(problem.target, Target::AccessToken(made.id));
    t.clock.set(ends_at.plus_seconds(1));
    assert!(test_side(&t).await.problems.is_empty());
}
