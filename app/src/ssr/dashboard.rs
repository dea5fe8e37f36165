//! The dashboard between the engine and its page.

use domain::permission::Permission;
use domain::timestamp::Timestamp;
use engine::Error;
use engine::dashboard::figures::Counts;
use engine::dashboard::{
    self, FAILURES_DAYS, Problem as Found, ProblemKind, Target, UnsentMails, wanting,
};
use leptos_router::location::Url;

use super::chart::Daily;
use super::licenses::license_row;
use super::session::SignedIn;
use crate::api::dashboard::{Dashboard, Figure, FirstSteps, Problem};
use crate::api::session::Wanting;
use crate::format;

/// One side's dashboard.
pub async fn dashboard_page(who: &SignedIn) -> Result<Dashboard, Error> {
    let side = who.session.livemode;
    let found = dashboard::execute(&who.engine, &who.actor, side).await?;
    let figures = found.figures;
    Ok(Dashboard {
        keys: figure(("keys", "Keys issued", "key"), &figures.days, &figures.keys),
        activations: figure(
            ("activations", "Activations", "activation"),
            &figures.days,
            &figures.activations,
        ),
        revenue: figures
            .revenue
            .into_iter()
            .map(|money| money.to_string())
            .collect(),
        mails_unsent: found.mails_unsent.total(),
        mails_note: mails_note(found.mails_unsent, found.checklist.has_mail_server),
        may_manage: who.actor.may(Permission::Manage).is_ok(),
        problems: found.problems.into_iter().map(problem).collect(),
        first_steps: FirstSteps {
            has_product: found.checklist.has_product,
            has_ready_app: found.checklist.has_ready_stripe_app,
            has_mail_server: found.checklist.has_mail_server,
            has_license: found.checklist.has_license,
        },
        latest: found.latest.into_iter().map(license_row).collect(),
        now: who.engine.now(),
    })
}

/// The counts beside every page.
pub async fn wanting_counts(who: &SignedIn) -> Result<Wanting, Error> {
    let side = who.session.livemode;
    let counts = wanting::execute(&who.engine, &who.actor, side).await?;
    Ok(Wanting {
        events: counts.failed_events,
        reviews: counts.reviews,
        mails: counts.failed_mails,
    })
}

/// What becomes of the mails that no server has taken: those that were given up are not tried again.
fn mails_note(mails: UnsentMails, has_mail_server: bool) -> String {
    let UnsentMails {
        queued,
        retrying,
        failed,
    } = mails;
    let given_up = format!("given up in {FAILURES_DAYS} days");
    let parts = if has_mail_server {
        vec![
            (queued, "queued"),
            (retrying, "tried again"),
            (failed, given_up.as_str()),
        ]
    } else {
        vec![
            (queued + retrying, "waiting for a mail server"),
            (failed, given_up.as_str()),
        ]
    };
    let there = parts.into_iter().filter(|(count, _)| *count > 0);
    let texts: Vec<_> = there
        .map(|(count, what)| format!("{} {what}", format::count(count)))
        .collect();
    if texts.is_empty() {
        return format!("none waits; none {given_up}");
    }
    texts.join(", ")
}

fn figure(
    (id, title, one): (&'static str, &'static str, &'static str),
    days: &[Timestamp],
    counts: &Counts,
) -> Figure {
    let chart = Daily {
        id,
        title,
        one,
        days,
        counts: &counts.by_day,
    };
    Figure {
        chart: chart.to_html(),
        total: counts.total,
        before: counts.before,
    }
}

fn problem(found: Found) -> Problem {
    let (kind, is_urgent) = match found.kind {
        ProblemKind::FailedEvents => ("Event", true),
        ProblemKind::OrderInReview | ProblemKind::OrderWithoutAddress => ("Purchase", true),
        ProblemKind::MailsFailed => ("Mail", true),
        ProblemKind::MailsRetrying | ProblemKind::NoMailServer => ("Mail", false),
        ProblemKind::StripeApp | ProblemKind::NoStripeApp => ("App", false),
        ProblemKind::KeysGuessed => ("Keys", false),
        ProblemKind::TokenExpired => ("Token", true),
        ProblemKind::TokenExpires => ("Token", false),
    };
    Problem {
        kind: kind.to_owned(),
        is_urgent,
        title: found.title,
        text: found.detail,
        href: address(&found.target),
        since: found.since,
    }
}

fn address(target: &Target) -> String {
    match target {
        Target::FailedEvents => "/stripe?status=failed".to_owned(),
        Target::Review(_) => "/review".to_owned(),
        Target::Order(id) => format!("/orders/{id}"),
        Target::Mails(state) => format!("/outbox?state={state}"),
        Target::Mail(id) => format!("/outbox/{id}"),
        Target::StripeApps => "/stripe".to_owned(),
        Target::StripeApp(id) => format!("/stripe/apps/{id}"),
        // It has no page of its own: the list is searched for it.
        Target::AccessToken(_, name) => format!("/access-tokens?find={}", Url::escape(name)),
        Target::Settings => "/settings".to_owned(),
        Target::Programs => "/help".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_leads_to_where_it_is_mended() {
        assert_eq!(address(&Target::Settings), "/settings");
        assert_eq!(address(&Target::StripeApps), "/stripe");
        assert_eq!(address(&Target::FailedEvents), "/stripe?status=failed");
        let id = "00000000-0000-7000-8000-000000000000".parse();
        let token = Target::AccessToken(id.expect("an id"), "A & B".to_owned());
        assert_eq!(address(&token), "/access-tokens?find=A%20%26%20B");
    }

    #[test]
    fn the_note_below_unsent_mails_is_true_of_all_of_them() {
        let note = |queued, retrying, failed, has_mail_server| {
            let mails = UnsentMails {
                queued,
                retrying,
                failed,
            };
            mails_note(mails, has_mail_server)
        };
        assert_eq!(note(0, 0, 0, true), "none waits; none given up in 7 days");
        assert_eq!(note(0, 0, 0, false), "none waits; none given up in 7 days");
        assert_eq!(note(1_200, 0, 0, true), "1,200 queued");
        assert_eq!(note(0, 0, 1, true), "1 given up in 7 days");
        assert_eq!(
            note(1, 2, 3, true),
            "1 queued, 2 tried again, 3 given up in 7 days"
        );
        assert_eq!(
            note(1, 2, 3, false),
            "3 waiting for a mail server, 3 given up in 7 days"
        );
    }
}
