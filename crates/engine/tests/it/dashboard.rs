//! The dashboard: what is new, and what wants attention.

use std::net::Ipv4Addr;

use domain::permission::{Permission, Permissions};
use domain::program_form::ActivationForm;
use engine::dashboard::figures::Figures;
use engine::dashboard::{
    self, Checklist, Dashboard, Problem, ProblemKind, Target, UnsentMails, wanting,
};
use engine::licenses::activate;
use engine::mails::change_address;
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
    let keys = &dashboard.figures.keys;
    assert_eq!((keys.total, keys.before), (9, 4));
    assert_eq!((keys.by_day.len(), keys.by_day.last()), (30, Some(&9)));
    assert_eq!(dashboard.latest.len(), 10);
    assert_eq!(dashboard.latest[0].email, "Buyer2@example.com");
    assert!(dashboard.problems.is_empty());
    assert!(dashboard.checklist.is_done());
    let live = dashboard::execute(&t.engine, &t.system(), true)
        .await
        .expect("is read");
    assert!(live.latest.is_empty());
    assert_eq!(live.figures.keys.total, 0);
}

#[tokio::test]
async fn sales_and_seats_are_told_by_day_and_stay_with_their_day_when_it_is_over() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    activate_newest(&t).await;
    let today = test_side(&t).await.figures;
    assert_eq!(
        today.days.last().map(|day| day.to_rfc3339()),
        Some("2026-11-23T00:00:00Z".into())
    );
    assert_eq!(today.activations.by_day.last(), Some(&1));
    let revenue = |figures: &Figures| {
        figures
            .revenue
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(revenue(&today), ["49.00 EUR"]);

    t.clock.advance_seconds(86_400);
    shop.sell(&t, 2, 2).await;
    for _ in 0..2 {
        let figures = test_side(&t).await.figures;
        assert_eq!(figures.keys.by_day[27..], [0, 1, 2]);
        assert_eq!(
            (figures.activations.by_day[28], figures.activations.total),
            (1, 1)
        );
        assert_eq!(revenue(&figures), ["98.00 EUR"]);
    }
    shop.sell(&t, 3, 1).await;
    assert_eq!(
        test_side(&t).await.figures.keys.total,
        4,
        "today is counted each time"
    );
    t.clock.advance_seconds(30 * 86_400);
    let later = test_side(&t).await.figures;
    assert_eq!((later.keys.total, later.keys.before), (0, 4));
    assert_eq!(later.revenue, []);
    let stranger = dashboard::execute(&t.engine, &second_tenant(&t).await, false)
        .await
        .expect("is read");
    assert_eq!(
        (
            stranger.figures.keys.before,
            stranger.figures.activations.before
        ),
        (0, 0)
    );
}

/// A device takes the seat of the newest key.
async fn activate_newest(t: &TestEngine) {
    let newest = &test_side(t).await.latest[0];
    let form = ActivationForm {
        activation_key: Some(newest.activation_key.to_string()),
        hardware_id: Some("DEVICE-1".into()),
        product_name: Some(newest.product_name.clone()),
        ..ActivationForm::default()
    };
    activate::execute(&t.engine, &t.system(), &form, Ipv4Addr::LOCALHOST.into())
        .await
        .expect("is activated");
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
}

#[tokio::test]
async fn mails_that_no_server_has_taken_are_counted_by_what_becomes_of_them() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    let unsent = async |queued, retrying, failed| {
        let expected = UnsentMails {
            queued,
            retrying,
            failed,
        };
        assert_eq!(test_side(&t).await.mails_unsent, expected);
        assert_eq!(expected.total(), queued + retrying + failed);
    };
    unsent(0, 0, 0).await;
    shop.sell(&t, 1, 1).await;
    unsent(1, 0, 0).await;
    give_up_a_mail(&t).await;
    unsent(0, 0, 1).await;
    shop.sell(&t, 2, 1).await;
    t.run_due_jobs().await;
    unsent(0, 1, 1).await;
    t.mailer.accept();
    t.clock.advance_seconds(60);
    t.run_due_jobs().await;
    unsent(0, 0, 1).await;
    t.clock.advance_seconds(7 * 86_400);
    unsent(0, 0, 0).await;
    let live = dashboard::execute(&t.engine, &t.system(), true).await;
    assert_eq!(live.expect("is read").mails_unsent.total(), 0);
}

#[tokio::test]
async fn without_a_mail_server_what_waits_is_counted_too() {
    let t = TestEngine::start_without_mailer().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    t.clock.advance_seconds(86_400);
    assert_eq!(t.run_due_jobs().await, 0);
    let dashboard = test_side(&t).await;
    assert_eq!(dashboard.mails_unsent.queued, 1);
    assert!(!dashboard.checklist.has_mail_server);
}

/// A mail that was refused for good, given up two hours after its first try; now it is three hours after.
async fn give_up_a_mail(t: &TestEngine) {
    t.mailer.refuse(MailRefusal {
        is_permanent: true,
        answer: "550 no such user".into(),
    });
    while t.run_due_jobs().await > 0 {
        t.clock.advance_seconds(3_600);
    }
}

async fn failed_mails(t: &TestEngine) -> i64 {
    let counts = wanting::execute(&t.engine, &t.system(), false).await;
    counts.expect("are read").failed_mails
}

#[tokio::test]
async fn a_mail_that_was_given_up_wants_nobody_any_more_once_its_address_is_corrected() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    give_up_a_mail(&t).await;
    let problem = only_problem(&t).await;
    assert_eq!(problem.kind, ProblemKind::MailsFailed);
    assert!(problem.detail.contains("550 no such user"));
    assert_eq!(failed_mails(&t).await, 1);
    let Target::Mail(id) = problem.target else {
        panic!("it should lead to the mail: {:?}", problem.target);
    };
    t.mailer.accept();
    change_address::execute(&t.engine, &shop.actor, id, "ann@example.com")
        .await
        .expect("is changed");
    for moment in ["while it waits", "once it is sent"] {
        assert!(test_side(&t).await.problems.is_empty(), "{moment}");
        assert_eq!(failed_mails(&t).await, 0, "{moment}");
        t.run_due_jobs().await;
    }
    assert_eq!(t.mailer.sent()[0].to, "ann@example.com");
}

#[tokio::test]
async fn a_mail_that_nobody_corrects_is_named_for_a_week_from_when_it_was_given_up() {
    let t = TestEngine::start().await;
    let shop = Shop::open(&t, t.system()).await;
    shop.sell(&t, 1, 1).await;
    // It waited for a worker longer than anybody looks back.
    t.clock.advance_seconds(10 * 86_400);
    give_up_a_mail(&t).await;
    t.clock.advance_seconds(7 * 86_400 - 3_600);
    assert_eq!(only_problem(&t).await.kind, ProblemKind::MailsFailed);
    assert_eq!(failed_mails(&t).await, 1);
    t.clock.advance_seconds(1);
    assert!(test_side(&t).await.problems.is_empty());
    assert_eq!(failed_mails(&t).await, 0);
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
async fn a_token_is_named_a_fortnight_before_its_end_and_a_fortnight_after() {
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
    let token = Target::AccessToken(made.id, "Build server".to_owned());
    assert!(test_side(&t).await.problems.is_empty());
    t.clock.advance_seconds(86_400);
    let problem = only_problem(&t).await;
    assert_eq!(problem.target, token);
    assert_eq!(problem.kind, ProblemKind::TokenExpires);
    t.clock.set(ends_at.plus_days(14));
    let problem = only_problem(&t).await;
    assert_eq!(problem.kind, ProblemKind::TokenExpired);
    assert_eq!(problem.target, token);
    assert_eq!(problem.since, Some(ends_at));
    t.clock.advance_seconds(1);
    assert!(test_side(&t).await.problems.is_empty());
}

#[tokio::test]
async fn an_ended_token_that_somebody_has_ended_too_wants_nothing_any_more() {
    let t = TestEngine::start().await;
    Shop::open(&t, t.system()).await;
    let new = NewToken {
        name: "Build server".into(),
        permissions: Permissions::NONE.with(Permission::Generate),
        expires_at: Some(t.engine.now().plus_days(1)),
    };
    let made = tokens::create::execute(&t.engine, &t.system(), &new)
        .await
        .expect("is created");
    t.clock.advance_seconds(2 * 86_400);
    assert_eq!(only_problem(&t).await.kind, ProblemKind::TokenExpired);
    tokens::revoke::execute(&t.engine, &t.system(), made.id)
        .await
        .expect("is ended");
    assert!(test_side(&t).await.problems.is_empty());
}
