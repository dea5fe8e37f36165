//! One's own account: the password, the second factor, the browsers that are signed in, the companies.

use domain::timestamp::Timestamp;
use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;

use super::load::{Data, ZoneData, loaded};
use super::sign_out::sign_out_everywhere;
use crate::api::account::{
    Account, BeginSecondFactor, BrowserRow, ChangePassword, ChooseCompany, ChooseTimeZone,
    CompanyRow, ConfirmSecondFactor, EndOwnSecondFactor, EndSession, SecondFactor, WaitingSecret,
    load_account,
};
use crate::format;
use crate::secret::SecretText;
use crate::ui::{
    Ago, ButtonLook, Cell, Column, Confirm, CopyButton, Field, Form, FormAction, InputKind, Notice,
    Outcome, PageHead, Panel, Place, Row, SelectField, SubmitButton, Table, Tag, Tone, When,
};

const BROWSERS: &[Column] = &[
    ("Browser", Place::Lead),
    ("State", Place::Mark),
    ("Address", Place::Detail),
    ("Signed in (UTC)", Place::Wide),
    ("Last seen (UTC)", Place::WideNumber),
    ("", Place::Acts),
];

/// The actions of the page.
#[derive(Clone, Copy)]
struct Acts {
    password: FormAction,
    begin: FormAction,
    confirm: FormAction,
    turn_off: FormAction,
    end: FormAction,
    company: FormAction,
    zone: FormAction,
}

/// Your account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let acts = Acts {
        password: FormAction::of::<ChangePassword>(),
        begin: FormAction::of::<BeginSecondFactor>(),
        confirm: FormAction::of::<ConfirmSecondFactor>(),
        turn_off: FormAction::of::<EndOwnSecondFactor>(),
        end: FormAction::of::<EndSession>(),
        company: FormAction::of::<ChooseCompany>(),
        zone: FormAction::of::<ChooseTimeZone>(),
    };
    let (chosen, zone) = (acts.zone.successes(), use_context::<ZoneData>());
    Effect::new(move |_: Option<()>| {
        if chosen.get() > 0
            && let Some(zone) = zone
        {
            zone.fetch_again();
        }
    });
    let changing = [
        acts.password,
        acts.begin,
        acts.confirm,
        acts.turn_off,
        acts.end,
        acts.zone,
    ];
    let changes = changing.map(FormAction::successes);
    let data = Data::new(move || changes.map(|count| count.get()), |_| load_account());
    view! {
        <div class="page">
            <PageHead
                title="Your account"
                purpose="How you sign in, and where you are signed in. It is the same in all your companies."
            />
            {loaded(data, move |account| body(account, &acts))}
        </div>
    }
}

fn body(account: Account, acts: &Acts) -> AnyView {
    let Account {
        email,
        time_zone,
        time_zones,
        second_factor: factor,
        browsers,
        companies,
        now,
    } = account;
    let codes = (!factor.new_codes.is_empty()).then(|| new_codes(&factor.new_codes));
    let companies = (companies.len() > 1).then(|| company_list(companies, acts.company));
    let second_factor = second_factor(factor, now, acts);
    let password = password(email.clone(), acts.password);
    let zone = zone((time_zone, time_zones), acts.zone);
    let browsers = browser_list(browsers, now, (&email, acts.end));
    view! {
        <div class="stack loose">
            <p class="muted wrap">"You are " {email} "."</p>
            {codes}
            <Panel title="Time zone">{zone}</Panel>
            <Panel title="Password">{password}</Panel>
            <Panel title="Second step at sign-in">{second_factor}</Panel>
            {browsers}
            {companies}
        </div>
    }
    .into_any()
}

fn zone((chosen, all): (String, Vec<String>), action: FormAction) -> AnyView {
    let utc = (String::new(), "UTC".to_owned());
    let zones = all.into_iter().map(|name| (name.clone(), name));
    view! {
        <div class="inner">
            <Form action>
                <SelectField
                    name="timeZone"
                    label="Times are shown in"
                    hint="For you alone. Pages of one thing say UTC beside it; days without a time, files and the API stay in UTC."
                    value=chosen
                    options=std::iter::once(utc).chain(zones).collect()
                />
                <div class="form-end">
                    <SubmitButton label="Save time zone"/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

/// The address stands in the form for password managers alone: without a name it is not sent.
fn password(email: String, action: FormAction) -> AnyView {
    view! {
        <div class="inner">
            <Form action>
                <input type="text" autocomplete="username" value=email readonly=true hidden=true/>
                <Field name="currentPassword" label="Current password" kind=InputKind::Password/>
                <Field
                    name="newPassword"
                    label="New password"
                    hint="At least 12 characters; a sentence is fine. Your other browsers are signed out."
                    kind=InputKind::NewPassword
                />
                <div class="form-end">
                    <SubmitButton label="Change password"/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

fn new_codes(codes: &[SecretText]) -> AnyView {
    let all: Vec<_> = codes.iter().map(|code| code.0.as_str()).collect();
    let all = all.join("\n");
    view! {
        <Notice tone=Tone::Ok title="Keep these recovery codes now: they are shown this once">
            <p>
                "Each signs you in once, in place of a code of your app. Print them, or put them where your passwords are."
            </p>
            <pre class="letter small" aria-label="Recovery codes">{all.clone()}</pre>
            <CopyButton text=all what="recovery codes"/>
        </Notice>
    }
    .into_any()
}

fn second_factor(factor: SecondFactor, now: Timestamp, acts: &Acts) -> AnyView {
    if let Some(since) = factor.since {
        return turned_on((since, factor.codes_left), now, acts.turn_off);
    }
    if let Some(secret) = factor.waiting {
        return waiting(secret, acts.confirm);
    }
    let begin = acts.begin;
    view! {
        <div class="inner stack">
            <p>
                <Tag tone=Tone::Plain word="off"/>
            </p>
            <p>
                "With it, sign-in asks for a code of an authenticator app on your phone as well: whoever learns your password still stays out."
            </p>
            <Form action=begin>
                <SubmitButton label="Set it up" look=ButtonLook::Plain/>
            </Form>
        </div>
    }
    .into_any()
}

fn waiting(secret: WaitingSecret, confirm: FormAction) -> AnyView {
    let WaitingSecret {
        secret,
        url,
        picture,
    } = secret;
    view! {
        <div class="inner stack loose">
            <ol class="guide">
                <li>
                    "Scan this with your authenticator app, or " <a href=url.0>"open it in the app"</a>
                    " on this device, or type the key into it."
                </li>
                <li>"Then write the six digits that the app shows."</li>
            </ol>
            <img class="qr" src=picture.0 alt="QR code for the authenticator app"/>
            <p class="copyable">
                <code class="wrap">{secret.0.clone()}</code>
                <CopyButton text=secret.0 what="key"/>
            </p>
            <Form action=confirm>
                <Field name="code" label="Code" kind=InputKind::OneTimeCode/>
                <div class="form-end">
                    <SubmitButton label="Turn it on"/>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

fn turned_on(
    (since, codes_left): (Timestamp, i64),
    now: Timestamp,
    turn_off: FormAction,
) -> AnyView {
    let left = match codes_left {
        0 => "No recovery codes are left. Turn it off and set it up again to get new ones."
            .to_owned(),
        left => format!("{} left.", format::counted(left, "recovery code")),
    };
    view! {
        <div class="inner stack">
            <p>
                <Tag tone=Tone::Ok word="on"/> " " <When at=since now/>
            </p>
            <p>{left}</p>
            <Confirm
                label="Turn it off…"
                question="Sign-in then asks for your password alone, and your recovery codes end."
            >
                <Form action=turn_off>
                    <Field
                        name="proof"
                        label="Password or code"
                        hint="Your password, a code of your app, or a recovery code."
                        kind=InputKind::Password
                    />
                    <SubmitButton label="Turn it off" look=ButtonLook::Danger/>
                </Form>
            </Confirm>
        </div>
    }
    .into_any()
}

fn browser_list(
    browsers: Vec<BrowserRow>,
    now: Timestamp,
    (email, end): (&str, FormAction),
) -> AnyView {
    let present = browsers.iter().map(|browser| browser.id.clone()).collect();
    let rows = browsers
        .into_iter()
        .map(|browser| browser_line(browser, now, end))
        .collect_view();
    let everywhere = sign_out_everywhere(email);
    view! {
        <Outcome action=end about="id" present/>
        <Panel title="Signed-in browsers">
            <Table label="Signed-in browsers" columns=BROWSERS>
                {rows}
            </Table>
            <footer>{everywhere}</footer>
        </Panel>
    }
    .into_any()
}

fn browser_line(browser: BrowserRow, now: Timestamp, end: FormAction) -> AnyView {
    let this = browser
        .is_this
        .then(|| view! { <Tag tone=Tone::Ok word="this one"/> });
    let sign_out = (!browser.is_this).then(|| {
        let label = format!("Sign out {}", browser.name);
        view! {
            <Confirm
                label="End…"
                question=format!("{} at {} has to sign in again.", browser.name, browser.address)
            >
                <Form action=end about=("id", browser.id)>
                    <SubmitButton label look=ButtonLook::Danger/>
                </Form>
            </Confirm>
        }
    });
    view! {
        <Row>
            <Cell place=Place::Lead>{browser.name}</Cell>
            <Cell place=Place::Mark>{this}</Cell>
            <Cell place=Place::Detail>{browser.address}</Cell>
            <Cell place=Place::Wide label="Signed in (UTC)">
                <Ago at=browser.signed_in_at now/>
            </Cell>
            <Cell place=Place::WideNumber label="Last seen (UTC)">
                <Ago at=browser.last_seen_at now/>
            </Cell>
            <Cell place=Place::Acts>{sign_out}</Cell>
        </Row>
    }
    .into_any()
}

/// Going to another company loads the whole page anew, so that nothing of this one stays in the
/// browser: these forms need no script.
fn company_list(companies: Vec<CompanyRow>, choose: FormAction) -> AnyView {
    const COLUMNS: &[Column] = &[
        ("Company", Place::Lead),
        ("Your role", Place::Detail),
        ("", Place::Acts),
    ];
    let rows = companies
        .into_iter()
        .map(|company| {
            let act = if company.is_present {
                view! { <Tag tone=Tone::Ok word="you are here"/> }.into_any()
            } else {
                let label = format!("Go to {}", company.name);
                view! {
                    <form method="post" action=ChooseCompany::PATH>
                        <input type="hidden" name="id" value=company.id.to_string()/>
                        <button class="btn quiet">{label}</button>
                    </form>
                }
                .into_any()
            };
            view! {
                <Row>
                    <Cell place=Place::Lead>{company.name}</Cell>
                    <Cell place=Place::Detail>{company.role.label()}</Cell>
                    <Cell place=Place::Acts>{act}</Cell>
                </Row>
            }
        })
        .collect_view();
    view! {
        <Outcome action=choose about="id" present=Vec::new()/>
        <Panel title="Your companies">
            <Table label="Your companies" columns=COLUMNS>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}
