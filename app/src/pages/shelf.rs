//! Archiving a product or a plan from its page, and bringing it back.

use domain::permission::Permission;
use leptos::prelude::*;

use super::load::where_permitted;
use crate::ui::{ButtonLook, Confirm, Form, FormAction, Notice, SubmitButton, Tone};

/// The two acts of a page.
#[derive(Clone, Copy)]
pub struct Shelf {
    /// What kind of thing it is.
    pub thing: &'static str,
    /// Archives it.
    pub archive: FormAction,
    /// Brings it back.
    pub restore: FormAction,
}

impl Shelf {
    /// Counts both acts, so that the page is fetched again after each.
    pub fn successes(self) -> impl Fn() -> u32 + Copy + Send + Sync + 'static {
        let (archived, restored) = (self.archive.successes(), self.restore.successes());
        move || archived.get() + restored.get()
    }

    /// Below the form of a thing in use: the act that archives it, which names it.
    pub fn current(self, id: String, name: &str) -> AnyView {
        let question = format!(
            "“{name}” leaves the lists and is not sold any more. Its licences stay as they are, and it can be brought back.",
        );
        let label = format!("Archive “{name}”");
        let texts = StoredValue::new((id, question, label));
        where_permitted(Permission::Manage, move || {
            let (id, question, label) = texts.get_value();
            view! {
                <Confirm label="Archive…" question>
                    <Form action=self.archive>
                        <input type="hidden" name="id" value=id/>
                        <SubmitButton label look=ButtonLook::Danger/>
                    </Form>
                </Confirm>
            }
            .into_any()
        })
    }

    /// In place of the form of an archived thing: why there is none, and the way back.
    pub fn archived(self, id: String, name: &str) -> AnyView {
        let title = format!("This {} is archived", self.thing);
        let texts = StoredValue::new((id, format!("Bring “{name}” back")));
        let back = where_permitted(Permission::Manage, move || {
            let (id, label) = texts.get_value();
            view! {
                <Form action=self.restore>
                    <input type="hidden" name="id" value=id/>
                    <SubmitButton label look=ButtonLook::Plain/>
                </Form>
            }
            .into_any()
        });
        view! {
            <Notice tone=Tone::Warn title>
                <p>"It is not sold and does not change; licences that were sold stay as they are."</p>
                {back}
            </Notice>
        }
        .into_any()
    }
}
