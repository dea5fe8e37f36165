//! All keys, and finding one.

use domain::permission::Permission;
use leptos::prelude::*;
use leptos_router::location::Url;

use crate::api::Listed;
use crate::api::licenses::{LicenseRow, LicenseSearch, load_licenses};
use crate::pages::license_table::LicenseTable;
use crate::pages::load::{Data, loaded_or_refused, query_part, where_permitted};
use crate::ui::{Empty, PageHead, Pager, Panel, Segments};

const STATES: [&str; 5] = ["", "active", "suspended", "revoked", "expired"];

/// License Keys.
#[component]
pub fn LicensesPage() -> impl IntoView {
    let (find, state, after) = (query_part("find"), query_part("state"), query_part("after"));
    let search = move || LicenseSearch {
        find: find.get().unwrap_or_default(),
        state: state.get().unwrap_or_default(),
        after: after.get(),
    };
    let data = Data::new(search, load_licenses);
    let filter = move || {
        let items = STATES.map(|word| {
            let label = if word.is_empty() { "all" } else { word };
            let href = address(&find.get().unwrap_or_default(), word, None);
            let is_chosen = state.get().unwrap_or_default() == word;
            (label.to_owned(), href, is_chosen)
        });
        view! { <Segments label="State" items=items.into()/> }
    };
    let sought = move || LicenseSearch {
        find: find.get_untracked().unwrap_or_default(),
        state: state.get_untracked().unwrap_or_default(),
        after: after.get_untracked(),
    };
    view! {
        <div class="page">
            <PageHead
                title="License Keys"
                purpose="Every key on this side of the Test / Live switch. Find one by the whole key, its last four characters, or the customer’s e-mail from its beginning."
            >
                {where_permitted(Permission::Generate, generate_link)}
            </PageHead>
            {loaded_or_refused(
                data,
                "search",
                move |found| {
                    let refusal = found.as_ref().err().cloned();
                    view! {
                        <div class="stack loose">
                            <SearchForm find=sought().find refusal/>
                            <Panel title="Keys" end=filter>
                                {found.map_or_else(|_| nothing_sought(), |data| list(data, &sought()))}
                            </Panel>
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn generate_link() -> AnyView {
    view! {
        <a class="btn main" href="/licenses/new">
            "Generate keys"
        </a>
    }
    .into_any()
}

fn address(find: &str, state: &str, after: Option<&str>) -> String {
    let parts = [
        ("find", find),
        ("state", state),
        ("after", after.unwrap_or_default()),
    ];
    let query: Vec<_> = parts
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| format!("{name}={}", Url::escape(text)))
        .collect();
    if query.is_empty() {
        return "/licenses".to_owned();
    }
    format!("/licenses?{}", query.join("&"))
}

/// What is searched for, and why it cannot be.
#[component]
fn SearchForm(find: String, refusal: Option<String>) -> impl IntoView {
    let is_refused = refusal.is_some();
    view! {
        <form role="search" aria-label="License keys" action="/licenses" method="get">
            <div class="field">
                <div class="line">
                    <input
                        class="input short"
                        type="search"
                        name="find"
                        aria-label="Key or e-mail"
                        placeholder="Key or e-mail"
                        value=find
                        aria-invalid=is_refused.then_some("true")
                        aria-describedby=is_refused.then_some("find-refusal")
                    />
                    <button class="btn">"Find"</button>
                </div>
                {refusal
                    .map(|refusal| {
                        view! {
                            <p class="hint refusal" id="find-refusal" role="alert">
                                {refusal}
                            </p>
                        }
                    })}
            </div>
        </form>
    }
}

fn nothing_sought() -> AnyView {
    view! {
        <Empty title="Nothing was looked for" text="Correct what stands in the search field.">
            <a class="btn" href="/licenses">
                "All keys"
            </a>
        </Empty>
    }
    .into_any()
}

fn nothing_found() -> AnyView {
    view! {
        <Empty
            title="Nothing found"
            text="A whole key finds it on either side; its last four characters and the beginning of an e-mail address find what is on this one."
        >
            <a class="btn" href="/licenses">
                "All keys"
            </a>
        </Empty>
    }
    .into_any()
}

fn no_keys() -> AnyView {
    view! {
        <Empty title="No keys yet" text="Keys stand here as soon as a purchase is paid, or when you generate some.">
            <a class="btn" href="/stripe/test-purchase">
                "Make a test purchase"
            </a>
        </Empty>
    }
    .into_any()
}

fn list(data: Listed<LicenseRow>, search: &LicenseSearch) -> AnyView {
    if data.items.is_empty() {
        let is_narrowed = !search.find.is_empty() || !search.state.is_empty();
        return if is_narrowed {
            nothing_found()
        } else {
            no_keys()
        };
    }
    let newest = search
        .after
        .is_some()
        .then(|| address(&search.find, &search.state, None));
    let older = data
        .next
        .map(|next| address(&search.find, &search.state, Some(&next)));
    view! {
        <LicenseTable rows=data.items now=data.now/>
        <Pager newest older/>
    }
    .into_any()
}
