//! The outbox: every mail, its state, its text, sending it again.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::filters::NEWEST;
use super::first_sale::first_sale;
use super::history::History;
use super::live::news;
use super::load::{Data, loaded, path_part};
use super::mail_table::MailTable;
use super::named_list::{NamedList, named_search};
use super::words;
use crate::api::mails::{MailAttempt, MailDetail, MailRow, ResendMail, load_mail, load_mails};
use crate::api::{Listed, NamedSearch};
use crate::ui::{
    ButtonLook, Empty, Fact, Facts, Field, Form, FormAction, InputKind, Notice, PageHead, Panel,
    Step, Steps, SubmitButton, Tag, Tone, When,
};

const LIST: NamedList = NamedList {
    path: "/outbox",
    label: "Mails",
    field: "Recipient, from the beginning",
    states: &[
        ("", "all"),
        ("queued", "queued"),
        ("retrying", "retrying"),
        ("sent", "sent"),
        ("failed", "failed"),
    ],
    heads: &[("Queued", "created")],
    order: NEWEST,
};

/// Outbox.
#[component]
pub fn OutboxPage() -> impl IntoView {
    let search = named_search();
    let data = Data::new(search, load_mails);
    view! {
        <div class="page">
            <PageHead
                title="Outbox"
                purpose="Every mail, what became of it, and sending it again."
            />
            {move || LIST.shows_newest(&search()).then(|| news(data, &[".mail."]))}
            {loaded(data, move |mails| list(mails, &untrack(search)))}
        </div>
    }
}

fn list(mails: Listed<MailRow>, search: &NamedSearch) -> AnyView {
    let next = mails.next;
    if mails.items.is_empty() {
        return LIST.frame(search, None, Err(no_mails()));
    }
    let table = view! { <MailTable rows=mails.items now=mails.now sorts=LIST.sorts(search)/> };
    LIST.frame(search, next.as_ref(), Ok(table.into_any()))
}

fn no_mails() -> AnyView {
    view! {
        <Empty title="No mails yet" text="A mail stands here as soon as a purchase gave keys.">
            {first_sale()}
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
    let state = followed_state(&mail, delivery);
    let body = letter(&mail, state);
    let (history, now) = (mail.history, mail.now);
    // Most mails go out and nobody does anything with them.
    let about = ("mail", mail.row.id.to_string());
    let history = (!history.is_empty()).then(|| view! { <History changes=history now about/> });
    let (id, address) = (mail.row.id.to_string(), mail.row.address.clone());
    let again = mail
        .may_resend
        .then(|| send_again((id, address.clone()), state, resend));
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

/// The mail's state while the page is open, for words beside what somebody may be typing.
fn followed_state(mail: &MailDetail, delivery: Data<MailDetail>) -> RwSignal<String> {
    let state = RwSignal::new(mail.row.state.clone());
    Effect::new(move || {
        if let Some(Ok(mail)) = delivery.get() {
            state.try_set(mail.row.state);
        }
    });
    state
}

fn send_again(
    (id, address): (String, String),
    state: RwSignal<String>,
    resend: FormAction,
) -> AnyView {
    let button = move || {
        let label = send_label(&state.get());
        view! { <SubmitButton label look=ButtonLook::Plain/> }
    };
    view! {
        <Panel title="Recipient">
            <div class="inner">
                <Form action=resend>
                    <input type="hidden" name="id" value=id/>
                    <p class="small muted">{move || which_mail(&state.get())}</p>
                    <Field name="email" label="To" kind=InputKind::Email value=address/>
                    <div class="form-end">{button}</div>
                </Form>
            </div>
        </Panel>
    }
    .into_any()
}

/// Which mail goes to the address: another one only where a server has this one.
fn which_mail(state: &str) -> &'static str {
    match state {
        "sent" => "It goes out as a new mail, with what the template says today.",
        "failed" => "It was given up. The same mail is tried again, at this address.",
        _ => "It is not sent yet: the same mail goes to this address.",
    }
}

fn send_label(state: &str) -> &'static str {
    match state {
        "sent" | "failed" => "Send again",
        _ => "Send to this address",
    }
}

/// What follows where the template cannot be rendered: what was given up does not go out by itself.
fn remedy(state: &str) -> &'static str {
    match state {
        "sent" => {
            "It was sent with what the template said then. Mend the template on the product’s page to read it or send it again."
        }
        "failed" => {
            "It was given up. Mend the template on the product’s page, then send it again here."
        }
        _ => "Mend the template on the product’s page; this mail then goes out with its next try.",
    }
}

fn letter(mail: &MailDetail, state: RwSignal<String>) -> AnyView {
    if let Some(problem) = mail.problem.clone() {
        return view! {
            <div class="inner">
                <Notice tone=Tone::Bad title=problem>
                    <p>{move || remedy(&state.get())}</p>
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
    let (now, attempts) = (mail.now, attempts(mail.attempts, mail.now));
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

fn attempts(attempts: Vec<MailAttempt>, now: Timestamp) -> impl IntoView {
    let any = !attempts.is_empty();
    let lines = attempts
        .into_iter()
        .map(|attempt| {
            let is_taken = attempt.answer.starts_with('2');
            let tone = if is_taken { Tone::Ok } else { Tone::Warn };
            let remark = view! { <When at=attempt.at now/> }.into_any();
            view! {
                <Step tone remark>
                    {attempt.answer}
                </Step>
            }
        })
        .collect_view();
    any.then(|| view! { <Steps>{lines}</Steps> })
}
