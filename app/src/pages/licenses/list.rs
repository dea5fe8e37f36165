//! All keys, and finding one.

use domain::permission::Permission;
use leptos::prelude::*;

use crate::api::Listed;
use crate::api::licenses::{LicenseRow, LicenseSearch, load_licenses};
use crate::api::products::load_product_choices;
use crate::pages::filters::{self, Head, any_of};
use crate::pages::first_sale::first_sale;
use crate::pages::license_table::LicenseTable;
use crate::pages::live::news;
use crate::pages::load::{Data, loaded, loaded_or_refused, query_part, where_permitted};
use crate::ui::{Empty, FilterForm, PageHead, Pager, Panel, Segments, Sort};

const STATES: [&str; 5] = ["", "active", "suspended", "revoked", "expired"];

const HEADS: &[Head] = &[
    ("Product", "product"),
    ("Customer", "email"),
    ("Expires", "expires"),
    ("Issued", "created"),
];

/// License Keys.
#[component]
pub fn LicensesPage() -> impl IntoView {
    let (find, product) = (query_part("find"), query_part("product"));
    let (state, sort) = (query_part("state"), query_part("sort"));
    let after = query_part("after");
    let search = move || LicenseSearch {
        find: find.get().unwrap_or_default(),
        product: product.get().unwrap_or_default(),
        state: state.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    };
    let data = Data::new(search, load_licenses);
    let products = Data::new(|| (), |()| load_product_choices());
    view! {
        <div class="page">
            <PageHead
                title="License Keys"
                purpose="Every key on this side of the Test / Live switch. Find one by the whole key, its last four characters, or the customer’s e-mail from its beginning."
            >
                {where_permitted(Permission::Generate, generate_link)}
            </PageHead>
            {move || {
                let search = search();
                let shows_newest = search.after.is_none() && order(&search) == filters::NEWEST;
                shows_newest.then(|| news(data, &[".license."]))
            }}
            {loaded_or_refused(
                data,
                "search",
                move |found| {
                    let refusal = StoredValue::new(found.as_ref().err().cloned());
                    let form = move |products| form(&untrack(search), products, refusal.get_value());
                    let search = untrack(search);
                    view! {
                        <div class="stack loose">
                            {loaded(products, form)} {panel(found, &search)}
                        </div>
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

/// What is searched for, and why it cannot be.
fn form(
    search: &LicenseSearch,
    products: Vec<(String, String)>,
    refusal: Option<String>,
) -> AnyView {
    let product = search.product.clone();
    let choices = vec![(
        "product",
        "Product",
        product,
        any_of("All products", products),
    )];
    let kept = [("state", &search.state), ("sort", &search.sort)];
    let kept = kept.map(|(name, value)| (name, value.clone())).into();
    let find = search.find.clone();
    view! {
        <FilterForm
            label="License keys"
            action="/licenses"
            field="Key or e-mail"
            find
            choices
            kept
            refusal
        />
    }
    .into_any()
}

fn panel(found: Result<Listed<LicenseRow>, String>, search: &LicenseSearch) -> AnyView {
    let states = STATES.map(|word| {
        let label = if word.is_empty() { "all" } else { word };
        let is_chosen = search.state == word;
        (label.to_owned(), address(search, word, None), is_chosen)
    });
    let states = Vec::from(states);
    let filter = move || view! { <Segments label="State" items=states.clone()/> };
    let content = found.map_or_else(|_| nothing_sought(), |data| list_of(data, search));
    view! {
        <Panel title="Keys" end=filter>
            {content}
        </Panel>
    }
    .into_any()
}

fn generate_link() -> AnyView {
    view! {
        <a class="btn main" href="/licenses/new">
            "Generate keys"
        </a>
    }
    .into_any()
}

fn address(search: &LicenseSearch, state: &str, after: Option<&str>) -> String {
    filters::address("/licenses", &filters_of(search, state, after))
}

fn filters_of<'a>(
    search: &'a LicenseSearch,
    state: &'a str,
    after: Option<&'a str>,
) -> [(&'static str, &'a str); 5] {
    [
        ("find", search.find.as_str()),
        ("product", &search.product),
        ("state", state),
        ("sort", &search.sort),
        ("after", after.unwrap_or_default()),
    ]
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
            {first_sale()}
        </Empty>
    }
    .into_any()
}

/// The order that it has.
fn order(search: &LicenseSearch) -> &str {
    let own = match search.state.as_str() {
        "expired" => "-expires",
        _ => filters::NEWEST,
    };
    filters::order(HEADS, own, &search.sort)
}

fn sorts(search: &LicenseSearch) -> Vec<Sort> {
    filters::sorts(HEADS, order(search), &|word| {
        let sorted = LicenseSearch {
            sort: word.to_owned(),
            ..search.clone()
        };
        address(&sorted, &search.state, None)
    })
}

fn list_of(data: Listed<LicenseRow>, search: &LicenseSearch) -> AnyView {
    if data.items.is_empty() {
        let unsorted = LicenseSearch {
            sort: String::new(),
            ..search.clone()
        };
        let is_narrowed = address(&unsorted, &search.state, None) != "/licenses";
        return if is_narrowed {
            nothing_found()
        } else {
            no_keys()
        };
    }
    let is_later = search.after.is_some();
    let newest = is_later.then(|| address(search, &search.state, None));
    let older = data.next;
    let older = older.map(|older| address(search, &search.state, Some(&older)));
    let labels = filters::pages(order(search));
    let file = filters_of(search, &search.state, None);
    let file = filters::address("/licenses/export.csv", &file);
    view! {
        <LicenseTable rows=data.items now=data.now sorts=sorts(search)/>
        <footer>
            <a class="btn quiet" href=file rel="external" download="">
                "Take all of them along as CSV"
            </a>
        </footer>
        <Pager newest older labels/>
    }
    .into_any()
}
