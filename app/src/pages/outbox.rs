//! The outbox: every mail, its state, its text, sending it again.

use leptos::prelude::*;

use super::history::History;
use super::live::news;
use super::load::{Data, loaded, path_part, query_part};
use super::mail_table::MailTable;
use super::words;
use crate::api::Listed;
use crate::api::mails::{MailAttempt, MailDetail, MailRow, ResendMail, load_mail, load_mails};
use crate::ui::{
    Empty, Fact, Facts, Field, FormAction, FormPanel, InputKind, Notice, PageHead, Pager, Panel,
    Segments, Step, Steps, Tag, Tone, When, local,
};

const STATES: [&str; 5] = ["", "queued", "retrying", "sent", "failed"];

/// Outbox.
#[component]
pub fn OutboxPage() -> impl IntoView {
    let (state, after) = (query_part("state"), query_part("after"));
    let data = Data::new(
        move || (state.get(), after.get()),
        |(state, after)| load_mails(state, after),
    );
    let filter = move || {
        let chosen = state.get().unwrap_or_default();
        let items = STATES.map(|word| match word {
            "" => ("all".to_owned(), "/outbox".to_owned(), chosen.is_empty()),
            word => (
                word.to_owned(),
                format!("/outbox?state={word}"),
                word == chosen,
            ),
        });
        view! { <Segments label="State" items=items.into()/> }
    };
    view! {
        <div class="page">
            <PageHead
                title="Outbox"
                purpose="Every mail, what became of it, and sending it again."
            />
            <Panel title="Mails" end=filter>
                {move || after.get().is_none().then(|| news(data, &[".mail."]))}
                {loaded(
                    data,
                    move |mails| {
                        let page = (state.get_untracked(), after.get_untracked().is_none());
                        view! { <List mails page/> }.into_any()
                    },
                )}
            </Panel>
        </div>
    }
}

/// A page of mails; `page` is the chosen state, and whether this is the first page.
#[component]
fn List(mails: Listed<MailRow>, page: (Option<String>, bool)) -> impl IntoView {
    if mails.items.is_empty() {
        return nothing(page.0.is_some());
    }
    let (state, is_first) = page;
    let base = state.map_or_else(
        || "/outbox?".to_owned(),
        |state| format!("/outbox?state={state}&"),
    );
    let newest = base.trim_end_matches(['?', '&']).to_owned();
    view! {
        <MailTable rows=mails.items now=mails.now/>
        <Pager
            newest=(!is_first).then_some(newest)
            older=mails.next.map(|next| format!("{base}after={next}"))
        />
    }
    .into_any()
}

fn nothing(is_narrowed: bool) -> AnyView {
    let (title, href, label) = if is_narrowed {
        ("No such mails", "/outbox", "All mails")
    } else {
        (
            "No mails yet",
            "/stripe/test-purchase",
            "Make a test purchase",
        )
    };
    view! {
        <Empty title text="A mail stands here as soon as a purchase gave keys.">
            <a class="btn" href=href>
                {label}
            </a>
        </Empty>
    }
    .into_any()
}

/// One mail.
#[component]
pub fn MailPage() -> impl IntoView {
    let resend = FormAction::of::<ResendMail>();
    let id = path_part("id");
    let done = resend.successes();
    let data = Data::new(move || (id.get(), done.get()), |(id, _)| load_mail(id));
    // What becomes of it is shown as it happens; the form beside it keeps what is typed.
    let delivery = Data::new(move || (id.get(), done.get()), |(id, _)| load_mail(id));
    delivery.follow(&[".mail."]);
    view! {
        <div class="page">
            {loaded(data, move |mail| view! { <Mail mail delivery resend/> }.into_any())}
        </div>
    }
}

#[component]
fn Mail(mail: MailDetail, delivery: Data<MailDetail>, resend: FormAction) -> impl IntoView {
    let no_mailer = (!mail.has_mailer).then(|| {
        view! {
            <Notice tone=Tone::Warn title="No mail server is set, so mails wait here">
                <p>
                    "Name one in " <a href="/settings">"Settings"</a>
                    "; waiting mails then go out by themselves."
                </p>
            </Notice>
        }
    });
    let body = letter(&mail);
    let (history, now) = (mail.history, mail.now);
    // Most mails go out and nobody does anything with them.
    let history = (!history.is_empty()).then(|| view! { <History changes=history now/> });
    let (id, address) = (mail.row.id.to_string(), mail.row.address.clone());
    let again = mail
        .may_resend
        .then(|| send_again((id, address.clone()), resend));
    let title = if mail.subject.is_empty() {
        words::mail_kind(&mail.row.kind)
    } else {
        mail.subject
    };
    view! {
        <PageHead title purpose=format!("To {address}.")/>
        {no_mailer}
        <div class="two">
            <Panel title="Text">{body}</Panel>
            <div class="stack">
                <Panel title="Delivery">{loaded(delivery, |mail| facts(mail).into_any())}</Panel>
                {again}
                {history}
            </div>
        </div>
    }
}

fn send_again((id, address): (String, String), resend: FormAction) -> AnyView {
    view! {
        <FormPanel title="Send again" action=resend id submit="Send again">
            <Field
                name="email"
                label="To"
                hint="As a new mail, with what the template says today."
                kind=InputKind::Email
                value=address
            />
        </FormPanel>
    }
    .into_any()
}

fn letter(mail: &MailDetail) -> AnyView {
    if let Some(problem) = mail.problem.clone() {
        return view! {
            <div class="inner">
                <Notice tone=Tone::Bad title=problem>
                    <p>"Mend the template on the product’s page; waiting mails then go out by themselves."</p>
                </Notice>
            </div>
        }
        .into_any();
    }
    match mail.html.clone() {
        Some(html) => view! {
            <iframe class="letter-frame" title="The mail as HTML" sandbox="" srcdoc=html></iframe>
        }
        .into_any(),
        None => view! { <div class="letter">{mail.text.clone()}</div> }.into_any(),
    }
}

fn facts(mail: MailDetail) -> impl IntoView {
    let (now, attempts) = (mail.now, attempts(mail.attempts));
    let purchase = mail.order_id.map(|id| {
        view! {
            <Fact name="Purchase">
                <a href=format!("/orders/{id}")>"See what was bought"</a>
            </Fact>
        }
    });
    let sent = mail.sent_at.map(|at| {
        view! {
            <Fact name="Handed over (UTC)">
                <When at now/>
            </Fact>
        }
    });
    view! {
        <Facts>
            <Fact name="State">
                <Tag tone=words::mail(&mail.row.state) word=mail.row.state/>
            </Fact>
            <Fact name="To">{mail.row.address}</Fact>
            <Fact name="Queued (UTC)">
                <When at=mail.row.created_at now/>
            </Fact>
            {purchase} {sent} <Fact name="Message-ID">
                <code>{mail.message_id}</code>
            </Fact>
        </Facts>
        {attempts}
    }
}

fn attempts(attempts: Vec<MailAttempt>) -> impl IntoView {
    let any = !attempts.is_empty();
    let lines = attempts
        .into_iter()
        .map(|attempt| {
            let is_taken = attempt.answer.starts_with('2');
            let tone = if is_taken { Tone::Ok } else { Tone::Warn };
            view! {
                <Step tone remark=local(attempt.at)>
                    {attempt.answer}
                </Step>
            }
        })
        .collect_view();
    any.then(|| view! { <Steps>{lines}</Steps> })
}
