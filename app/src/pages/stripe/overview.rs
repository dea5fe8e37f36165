//! The apps, and below them the log of events.

use domain::permission::Permission;
use leptos::prelude::*;

use super::apps::{Apps, app_form, app_search, new_link};
use super::log::{EventLog, event_search};
use crate::api::stripe_apps::{ArchiveApp, load_apps};
use crate::pages::load::{Data, loaded, where_permitted};
use crate::ui::{FormAction, Outcome, PageHead};

/// Apps and events.
#[component]
pub fn StripePage() -> impl IntoView {
    let (asked, search) = (app_search(), event_search());
    let apps = Data::new(move || asked.get(), load_apps);
    apps.follow(&[".stripe_app.", ".stripe_event."]);
    // What is archived on an app's own page is said here.
    let archive = FormAction::of::<ArchiveApp>();
    // Outside of what is loaded again at every event, so that it keeps what is typed.
    let form = move || search.with(|search| asked.with(|asked| app_form((search, asked))));
    view! {
        <div class="page">
            <PageHead
                title="Stripe Apps and Events"
                purpose="Stripe accounts that may issue keys, and everything Stripe told us."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "Add app"))}
            </PageHead>
            <div class="stack loose">
                {form}
                {loaded(
                    apps,
                    move |apps| {
                        let asked = asked.get_untracked();
                        view! {
                            <Outcome action=archive about="id" present=Vec::new()/>
                            <Apps apps asked search/>
                        }
                            .into_any()
                    },
                )}
            </div>
            <EventLog/>
        </div>
    }
}
