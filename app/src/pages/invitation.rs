//! What the link of an invitation opens: making an account, or joining with the one that is there.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::location::Url;

use super::load::{Data, loaded, path_part, provide_flash};
use crate::api::people::{AcceptInvitation, Invitation, JoinByInvitation, load_invitation};
use crate::api::session::SignOut;
use crate::ui::{Field, Form, FormAction, InputKind, Logo, SubmitButton};

/// The actions of the page.
#[derive(Clone, Copy)]
struct Acts {
    accept: FormAction,
    join: FormAction,
}

/// An invitation.
#[component]
pub fn InvitationPage() -> impl IntoView {
    provide_flash();
    let acts = Acts {
        accept: FormAction::of::<AcceptInvitation>(),
        join: FormAction::of::<JoinByInvitation>(),
    };
    let token = path_part("token");
    let data = Data::new(move || token.get(), load_invitation);
    view! {
        <Title text="Invitation"/>
        <main class="door">
            <span class="brand">
                <Logo/>
            </span>
            {loaded(data, move |invitation| body(invitation, token.get_untracked(), acts))}
        </main>
    }
}

fn body(invitation: Invitation, token: String, acts: Acts) -> AnyView {
    let Invitation {
        company,
        invited_by,
        role,
        ..
    } = invitation.clone();
    let way = if invitation.has_account {
        with_account(invitation, token, acts.join)
    } else {
        new_account(invitation, token, acts.accept)
    };
    view! {
        <header>
            <h1 class="wrap">"Join " {company}</h1>
            <p class="muted wrap">{invited_by} " invites you, as " {role.label()} "."</p>
        </header>
        {way}
    }
    .into_any()
}

fn new_account(invitation: Invitation, token: String, action: FormAction) -> AnyView {
    view! {
        <Form action>
            <input type="hidden" name="token" value=token/>
            <p>
                "Your account is " <b class="wrap">{invitation.email}</b> "."
            </p>
            <Field name="name" label="Your name"/>
            <Field
                name="password"
                label="Password"
                hint="At least 12 characters; a sentence is fine."
                kind=InputKind::NewPassword
            />
            <div class="form-end">
                <SubmitButton label="Join"/>
            </div>
        </Form>
    }
    .into_any()
}

fn with_account(invitation: Invitation, token: String, action: FormAction) -> AnyView {
    let email = invitation.email;
    let Some(present) = invitation.signed_in_as else {
        let here = Url::escape(&format!("/invitation/{token}"));
        return view! {
            <p>
                <b class="wrap">{email}</b>
                " has an account here. Sign in with it, and this page lets you join."
            </p>
            <p>
                <a class="btn main" href=format!("/sign-in?next={here}")>
                    "Sign in"
                </a>
            </p>
        }
        .into_any();
    };
    if !invitation.may_join {
        return view! {
            <p>
                "This invitation is for " <b class="wrap">{email}</b> ", and you are signed in as "
                <b class="wrap">{present}</b> ". Sign out, then open the link again."
            </p>
            <form method="post" action=SignOut::PATH>
                <button class="btn">"Sign out"</button>
            </form>
        }
        .into_any();
    }
    view! {
        <Form action>
            <input type="hidden" name="token" value=token/>
            <p>
                "You are signed in as " <b class="wrap">{present}</b>
                ". Your other companies stay as they are."
            </p>
            <div class="form-end">
                <SubmitButton label="Join"/>
            </div>
        </Form>
    }
    .into_any()
}
