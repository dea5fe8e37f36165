//! What people do with one key: edit it, hold it back, extend it, send it again, make its offline code.

use leptos::prelude::*;

use crate::api::license_acts::{
    ChangeLicenseState, DeactivateDevice, ExtendLicense, MakeOfflineCode, ResendLicense,
    UpdateLicense,
};
use crate::api::licenses::LicenseDetail;
use crate::ui::{
    AreaField, ButtonLook, Confirm, CopyButton, Field, Form, FormAction, FormPanel, InputKind,
    Outcome, Panel, SubmitButton,
};

/// The actions of a key's page.
#[derive(Clone, Copy)]
pub struct Acts {
    state: FormAction,
    update: FormAction,
    extend: FormAction,
    resend: FormAction,
    offline: FormAction,
    deactivate: FormAction,
}

impl Acts {
    /// All of them, for one page.
    pub fn new() -> Self {
        Self {
            state: FormAction::of::<ChangeLicenseState>(),
            update: FormAction::of::<UpdateLicense>(),
            extend: FormAction::of::<ExtendLicense>(),
            resend: FormAction::of::<ResendLicense>(),
            offline: FormAction::of::<MakeOfflineCode>(),
            deactivate: FormAction::of::<DeactivateDevice>(),
        }
    }

    /// The one that takes a device's seat.
    pub fn deactivate(&self) -> FormAction {
        self.deactivate
    }

    /// Changes with every success.
    pub fn successes(self) -> impl Fn() -> [u32; 6] + Copy + Send + Sync + 'static {
        let all = [
            self.state,
            self.update,
            self.extend,
            self.resend,
            self.offline,
            self.deactivate,
        ];
        let all = all.map(FormAction::successes);
        move || all.map(|count| count.get())
    }
}

/// The changes of state that make sense for a key as it is.
fn changes(state: &str) -> &'static [&'static str] {
    match state {
        "active" => &["suspend", "revoke"],
        "suspended" => &["reinstate", "revoke"],
        "revoked" => &["reinstate"],
        _ => &["revoke"],
    }
}

/// What became of a change of state.
pub fn state_outcome(license: &LicenseDetail, acts: &Acts) -> AnyView {
    let present = if license.may_manage {
        changes(&license.row.state)
    } else {
        &[]
    };
    let present = present.iter().map(|change| (*change).to_owned()).collect();
    view! { <Outcome action=acts.state about="change" present/> }.into_any()
}

/// The form of whoever answers customers.
pub fn send(license: &LicenseDetail, acts: &Acts) -> AnyView {
    if !license.may_send {
        return ().into_any();
    }
    let (id, email) = (license.row.id.to_string(), license.row.email.clone());
    view! {
        <FormPanel title="Send the key" action=acts.resend id submit="Send">
            <Field
                name="email"
                label="To"
                hint="The holder, or another address. The holder stays who it is."
                kind=InputKind::Email
                value=email
            />
        </FormPanel>
    }
    .into_any()
}

/// The forms of whoever may change licences.
pub fn manage(license: &LicenseDetail, acts: &Acts) -> AnyView {
    if !license.may_manage {
        return ().into_any();
    }
    let (id, row) = (license.row.id.to_string(), &license.row);
    let changes = changes(&row.state)
        .iter()
        .map(|change| state_form(change, license, acts.state))
        .collect_view();
    view! {
        {edit(license, acts.update)}
        <FormPanel title="Extend" action=acts.extend id submit="Extend">
            <Field
                name="days"
                label="Days"
                hint="So many more, from its end or from today."
                kind=InputKind::Number
            />
            <Field
                name="expirationDate"
                label="Or until"
                hint="A day like 2027-01-31, whose last second (UTC) it is; 2049-12-31 is for ever."
            />
        </FormPanel>
        <Panel title="Hold back">
            <div class="inner stack">{changes}</div>
        </Panel>
    }
    .into_any()
}

/// What stands on the key.
fn edit(license: &LicenseDetail, action: FormAction) -> AnyView {
    let (id, email) = (license.row.id.to_string(), license.row.email.clone());
    let company = license.corporate_name.clone();
    let seats = license.max_seats.map(|seats| seats.to_string());
    let (features, note) = (license.features.clone(), license.note.clone());
    view! {
        <FormPanel title="Edit" action id submit="Save">
            <Field
                name="email"
                label="Holder’s e-mail"
                hint="Empty: nobody yet."
                kind=InputKind::Email
                value=email
            />
            <Field name="corporateName" label="Company" hint="May stay empty." value=company/>
            <Field
                name="maxSeats"
                label="Seats"
                hint="Empty: for one device. Never fewer than are taken."
                kind=InputKind::Number
                value=seats.unwrap_or_default()
            />
            <Field
                name="features"
                label="Own features"
                hint="Beside its product’s and its plan’s, comma between."
                value=features
            />
            <AreaField
                name="note"
                label="Note"
                hint="Programs and customers never see it."
                rows=3
                value=note
            />
        </FormPanel>
    }
    .into_any()
}

fn state_form(change: &'static str, license: &LicenseDetail, action: FormAction) -> AnyView {
    let key = license.row.activation_key.clone();
    let (word, what) = match change {
        "revoke" => (
            "Revoke",
            "is taken back: programs with it stop when they next ask, until it is reinstated.",
        ),
        "suspend" => (
            "Suspend",
            "is held back for a while: programs with it stop when they next ask.",
        ),
        _ => ("Reinstate", ""),
    };
    let look = if change == "reinstate" {
        ButtonLook::Plain
    } else {
        ButtonLook::Danger
    };
    let (label, id) = (format!("{word} {key}"), license.row.id.to_string());
    let form = view! {
        <Form action about=("change", change.to_owned())>
            <input type="hidden" name="id" value=id/>
            <SubmitButton label look/>
        </Form>
    };
    if change == "reinstate" {
        return form.into_any();
    }
    let question = format!("{key} {what}");
    view! {
        <Confirm label=format!("{word}…") question>
            {form}
        </Confirm>
    }
    .into_any()
}

/// The offline code that there is, and making one.
pub fn offline_code(license: &LicenseDetail, acts: &Acts) -> AnyView {
    let code = license.offline_code.clone().map(|code| {
        view! {
            <div class="stack tight">
                <div class="line">
                    <span class="strong">"Newest code"</span>
                    <CopyButton text=code.clone() what="offline code"/>
                </div>
                <code class="wrap">{code}</code>
            </div>
        }
    });
    let id = license.row.id.to_string();
    let form = license.may_generate.then(|| {
        view! {
            <Form action=acts.offline>
                <input type="hidden" name="id" value=id/>
                <Field
                    name="hardwareId"
                    label="Hardware id"
                    hint="Of the device without internet, as its program shows it. It takes a seat."
                    kind=InputKind::Code
                />
                <div class="form-end">
                    <SubmitButton label="Make the code" look=ButtonLook::Plain/>
                </div>
            </Form>
        }
    });
    if code.is_none() && form.is_none() {
        return ().into_any();
    }
    view! {
        <Panel title="Offline code for one hardware id">
            <div class="inner stack loose">{code} {form}</div>
        </Panel>
    }
    .into_any()
}
