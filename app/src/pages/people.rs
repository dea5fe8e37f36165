//! Users and roles: who belongs here, what they may do, and who was asked to join.

use domain::role::Role;
use domain::timestamp::Timestamp;
use leptos::prelude::*;

use super::history::{History, history_link};
use super::load::{Data, loaded};
use super::named_list::{NamedList, named_search};
use crate::api::NamedSearch;
use crate::api::people::{
    ChangeRole, InvitationRow, InvitePerson, MemberRow, People, RemovePerson, ResendInvitation,
    TakeSecondFactorOff, WithdrawInvitation, load_people,
};
use crate::ui::{
    Ago, Breakable, ButtonLook, Cell, Column, Confirm, Field, Form, FormAction, Notice, Outcome,
    PageHead, Panel, Place, Row, SelectField, SubmitButton, Table, Tag, Tone,
};

const MEMBERS: &[Column] = &[
    ("Person", Place::Lead),
    ("Role", Place::Mark),
    ("Second step", Place::Wide),
    ("Last seen (UTC)", Place::Detail),
    ("", Place::Acts),
];

const INVITED: &[Column] = &[
    ("Invited", Place::Lead),
    ("Role", Place::Mark),
    ("Link ends (UTC)", Place::Detail),
    ("", Place::Acts),
];

const LIST: NamedList = NamedList {
    path: "/users",
    label: "People",
    field: "Address, from its beginning",
    states: &[],
    heads: &[("Person", "email")],
    // Who belongs here longest stands at the top.
    order: "created",
};

/// What each role may do, for whoever chooses one.
const ROLES: [(Role, &str); 4] = [
    (Role::Viewer, "reads, changes nothing"),
    (Role::Support, "keys and customers"),
    (Role::Admin, "all but who belongs here"),
    (Role::Owner, "everything"),
];

/// The actions of the page.
#[derive(Clone, Copy)]
struct Acts {
    invite: FormAction,
    resend: FormAction,
    withdraw: FormAction,
    role: FormAction,
    remove: FormAction,
    factor: FormAction,
}

impl Acts {
    fn all(&self) -> [FormAction; 6] {
        [
            self.invite,
            self.resend,
            self.withdraw,
            self.role,
            self.remove,
            self.factor,
        ]
    }
}

/// Kinds of changes that its history shows, as the audit log names them, and in words.
const KINDS: &[(&str, &str)] = &[("person", "people"), ("invitation", "invitations")];

/// Users and roles.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let acts = Acts {
        invite: FormAction::of::<InvitePerson>(),
        resend: FormAction::of::<ResendInvitation>(),
        withdraw: FormAction::of::<WithdrawInvitation>(),
        role: FormAction::of::<ChangeRole>(),
        remove: FormAction::of::<RemovePerson>(),
        factor: FormAction::of::<TakeSecondFactorOff>(),
    };
    let changes = acts.all().map(FormAction::successes);
    let search = named_search();
    let key = move || (changes.map(|count| count.get()), search());
    let data = Data::new(key, |(_, search)| load_people(search));
    view! {
        <div class="page">
            <PageHead
                title="Users and roles"
                purpose="Who belongs here and what they may do. Owners invite, change roles and let people go."
            />
            {loaded(data, move |people| body(people, &untrack(search), &acts))}
        </div>
    }
}

fn body(people: People, search: &NamedSearch, acts: &Acts) -> AnyView {
    let (now, may_manage) = (people.now, people.may_manage);
    let outcomes = outcomes(&people, acts);
    let history = people.history.clone();
    let invited = invited(people.invitations, now, acts);
    let is_empty = people.members.is_empty();
    let rows = people
        .members
        .into_iter()
        .map(|member| line(member, now, may_manage.then_some(acts)))
        .collect_view();
    let table = view! {
        <Table label="People" columns=MEMBERS sorts=LIST.sorts(search)>
            {rows}
        </Table>
    };
    // Whoever looks belongs here: only a search or a late page can be empty.
    let table = if is_empty {
        Err(().into_any())
    } else {
        Ok(table.into_any())
    };
    let members = LIST.frame(search, people.next.as_ref(), table);
    let invite = may_manage.then(|| invite(people.has_mailer, acts.invite));
    view! {
        <div class="stack loose">
            {outcomes}
            <div class=if may_manage { "two" } else { "stack" }>
                <div class="stack loose">
                    {members}
                    {invited}
                    <History changes=history now kinds=KINDS/>
                </div>
                {invite}
            </div>
        </div>
    }
    .into_any()
}

/// What became of acts whose forms may be gone with what they were about.
fn outcomes(people: &People, acts: &Acts) -> AnyView {
    let members = people.members.iter().map(|member| member.id.clone());
    let members: Vec<_> = members.collect();
    let invited = people.invitations.iter().map(|row| row.id.clone());
    let invited: Vec<_> = invited.collect();
    [
        (acts.role, &members),
        (acts.remove, &members),
        (acts.factor, &members),
        (acts.resend, &invited),
        (acts.withdraw, &invited),
    ]
    .map(|(action, present)| {
        view! { <Outcome action about="id" present=present.clone()/> }
    })
    .into_any()
}

fn line(member: MemberRow, now: Timestamp, acts: Option<&Acts>) -> AnyView {
    let (tone, word) = if member.has_second_factor {
        (Tone::Ok, "on")
    } else {
        (Tone::Plain, "off")
    };
    let seen = match member.last_seen_at {
        Some(at) => view! { <Ago at now/> }.into_any(),
        None => view! { <span class="muted">"not signed in"</span> }.into_any(),
    };
    let you = if member.is_self { " (you)" } else { "" };
    let name = if member.name.is_empty() {
        None
    } else {
        Some(view! { <span class="under">{member.name.clone()}</span> })
    };
    let (person, role) = (format!("{}{you}", member.email), member.role.label());
    let history = history_link("person", &member.id, &member.email);
    let acts = acts.map(|acts| member_acts(member, acts));
    view! {
        <Row>
            <Cell place=Place::Lead>
                <Breakable text=person/>
                {name}
                {history}
            </Cell>
            <Cell place=Place::Mark>{role}</Cell>
            <Cell place=Place::Wide label="Second step">
                <Tag tone word/>
            </Cell>
            <Cell place=Place::Detail>{seen}</Cell>
            <Cell place=Place::Acts>{acts}</Cell>
        </Row>
    }
    .into_any()
}

fn member_acts(member: MemberRow, acts: &Acts) -> AnyView {
    let Acts {
        role,
        remove,
        factor,
        ..
    } = *acts;
    let MemberRow { id, email, .. } = member;
    let role_of = format!("Role of {email}");
    let take_off = member
        .has_second_factor
        .then(|| taking_off((id.clone(), &email), factor));
    let removing = removing((id.clone(), &email), remove);
    view! {
        <details class="confirm plain">
            <summary class="btn quiet">"Change…"</summary>
            <div>
                <Form action=role about=("id", id)>
                    <SelectField
                        name="role"
                        label=role_of
                        value=member.role.as_str()
                        options=choices()
                    />
                    <SubmitButton label="Save role" look=ButtonLook::Plain/>
                </Form>
                {take_off}
                {removing}
            </div>
        </details>
    }
    .into_any()
}

fn taking_off((id, email): (String, &str), action: FormAction) -> AnyView {
    let label = format!("Turn the second step of {email} off");
    let question = format!(
        "{email} then signs in with the password alone, and the recovery codes end. Do it for somebody who has lost phone and codes."
    );
    view! {
        <Confirm label="Turn the second step off…" question>
            <Form action about=("id", id)>
                <SubmitButton label look=ButtonLook::Danger/>
            </Form>
        </Confirm>
    }
    .into_any()
}

fn removing((id, email): (String, &str), action: FormAction) -> AnyView {
    let label = format!("Remove {email}");
    let question = format!(
        "{email} is out at once, in every browser, and comes back by a new invitation alone. What {email} did stays in the audit log."
    );
    view! {
        <Confirm label="Remove…" question>
            <Form action about=("id", id)>
                <SubmitButton label look=ButtonLook::Danger/>
            </Form>
        </Confirm>
    }
    .into_any()
}

fn choices() -> Vec<(String, String)> {
    let choice = |(role, what): (Role, &str)| {
        (
            role.as_str().to_owned(),
            format!("{}: {what}", role.label()),
        )
    };
    ROLES.map(choice).into()
}

fn invite(has_mailer: bool, action: FormAction) -> AnyView {
    let waits = (!has_mailer).then(|| {
        view! { <Notice tone=Tone::Warn title="No mail server is set, so invitations wait in the outbox"/> }
    });
    view! {
        <Panel title="Invite somebody">
            <div class="inner stack">
                {waits}
                <Form action>
                    <Field
                        name="email"
                        label="E-mail"
                        hint="A link goes there that holds for seven days and works once."
                    />
                    <SelectField
                        name="role"
                        label="Role"
                        value=Role::Viewer.as_str()
                        options=choices()
                    />
                    <div class="form-end">
                        <SubmitButton label="Send invitation"/>
                    </div>
                </Form>
            </div>
        </Panel>
    }
    .into_any()
}

fn invited(invitations: Vec<InvitationRow>, now: Timestamp, acts: &Acts) -> AnyView {
    if invitations.is_empty() {
        return ().into_any();
    }
    let rows = invitations
        .into_iter()
        .map(|invitation| invitation_line(invitation, now, acts))
        .collect_view();
    view! {
        <Panel title="Invited">
            <Table label="Invitations" columns=INVITED>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

fn invitation_line(invitation: InvitationRow, now: Timestamp, acts: &Acts) -> AnyView {
    let (resend, withdraw) = (acts.resend, acts.withdraw);
    let InvitationRow { id, email, .. } = invitation;
    let end = if invitation.expires_at <= now {
        view! { <Tag tone=Tone::Warn word="ended"/> }.into_any()
    } else {
        view! { <Ago at=invitation.expires_at now/> }.into_any()
    };
    let question = format!("The link that {email} got opens nothing any more.");
    let withdraw_label = format!("Withdraw the invitation of {email}");
    view! {
        <Row>
            <Cell place=Place::Lead>
                <Breakable text=email/>
            </Cell>
            <Cell place=Place::Mark>{invitation.role.label()}</Cell>
            <Cell place=Place::Detail>{end}</Cell>
            <Cell place=Place::Acts>
                <div class="line tight">
                    <Form action=resend about=("id", id.clone())>
                        <SubmitButton label="Send again" look=ButtonLook::Quiet/>
                    </Form>
                    <Confirm label="Withdraw…" question>
                        <Form action=withdraw about=("id", id)>
                            <SubmitButton label=withdraw_label look=ButtonLook::Danger/>
                        </Form>
                    </Confirm>
                </div>
            </Cell>
        </Row>
    }
    .into_any()
}
