//! The devices that programs run on, what was seen last first where no other order is chosen.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

use crate::api::Listed;
use crate::api::activity::{DeviceLine, DeviceSearch, load_devices};
use crate::api::products::load_product_choices;
use crate::format;
use crate::pages::filters::{self, Head, address, any_of};
use crate::pages::load::{Data, loaded, loaded_or_refused, query_part};
use crate::pages::words;
use crate::ui::{
    Ago, Breakable, Cell, Column, Day, Empty, FilterForm, IN_ORDER, NEWEST_FIRST, PageHead, Pager,
    Panel, Place, Row, Segments, Sort, Table, Tag,
};

const COLUMNS: &[Column] = &[
    ("Hardware id", Place::Lead),
    ("Product", Place::Wide),
    ("State", Place::Mark),
    ("Trial or key", Place::Detail),
    ("Version", Place::Wide),
    ("Address", Place::Wide),
    ("First seen (UTC)", Place::Wide),
    ("Last seen (UTC)", Place::End),
];

const STATES: [(&str, &str); 5] = [
    ("", "all"),
    ("on_trial", "on trial"),
    ("trial_over", "trial over"),
    ("activated", "activated"),
    ("trial_used", "trial used"),
];

const HEADS: &[Head] = &[
    ("Hardware id", "hardware_id"),
    ("First seen", "first_seen"),
    ("Last seen", "last_seen"),
];

/// License Activity.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let (find, product) = (query_part("find"), query_part("product"));
    let (state, sort) = (query_part("state"), query_part("sort"));
    let after = query_part("after");
    let search = move || DeviceSearch {
        find: find.get().unwrap_or_default(),
        product: product.get().unwrap_or_default(),
        state: state.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    };
    let data = Data::new(search, load_devices);
    let products = Data::new(|| (), |()| load_product_choices());
    view! {
        <div class="page">
            <PageHead
                title="License Activity"
                purpose="Every device that asked whether it may run, with or without a key: where it was seen, and how its trial stands. Test and Live have the same devices."
            />
            {loaded_or_refused(
                data,
                "hardwareId",
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

fn link(search: &DeviceSearch, (state, sort): (&str, &str), after: Option<&str>) -> String {
    let filters = [
        ("find", search.find.as_str()),
        ("product", &search.product),
        ("state", state),
        ("sort", sort),
        ("after", after.unwrap_or_default()),
    ];
    address("/activity", &filters)
}

/// Heads that the list can be sorted by, and the order that it has where the address names none.
fn heads(search: &DeviceSearch) -> (&'static [Head], &'static str) {
    if search.is_by_beginning() {
        (&HEADS[..1], "hardware_id")
    } else {
        (HEADS, "-last_seen")
    }
}

fn order(search: &DeviceSearch) -> &str {
    let (heads, own) = heads(search);
    filters::order(heads, own, &search.sort)
}

fn sorts(search: &DeviceSearch) -> Vec<Sort> {
    filters::sorts(heads(search).0, order(search), &|sort| {
        link(search, (&search.state, sort), None)
    })
}

/// What the links between its pages say.
fn pages(search: &DeviceSearch) -> (&'static str, &'static str) {
    match order(search) {
        "-last_seen" | "-first_seen" => NEWEST_FIRST,
        _ => IN_ORDER,
    }
}

fn form(
    search: &DeviceSearch,
    products: Vec<(String, String)>,
    refusal: Option<String>,
) -> AnyView {
    let product = search.product.clone();
    let products = any_of("All products", products);
    let choices = vec![("product", "Product", product, products)];
    let kept = [("state", &search.state), ("sort", &search.sort)];
    let kept = kept.map(|(name, value)| (name, value.clone())).into();
    let find = search.find.clone();
    view! {
        <FilterForm
            label="Devices"
            action="/activity"
            field="Hardware id, from its beginning"
            find
            choices
            kept
            refusal
        />
    }
    .into_any()
}

fn panel(found: Result<Listed<DeviceLine>, String>, search: &DeviceSearch) -> AnyView {
    let states = STATES.map(|(word, label)| {
        let is_chosen = search.state == word;
        let href = link(search, (word, &search.sort), None);
        (label.to_owned(), href, is_chosen)
    });
    let states = Vec::from(states);
    let filter = move || view! { <Segments label="State" items=states.clone()/> };
    let present = (search.state.as_str(), search.sort.as_str());
    let newest = search.after.is_some();
    let newest = newest.then(|| link(search, present, None));
    let older = found.as_ref().ok().and_then(|list| list.next.clone());
    let older = older.map(|older| link(search, present, Some(&older)));
    let labels = pages(search);
    let content = match found {
        Ok(list) if list.items.is_empty() => nothing(search, older.is_some()),
        Ok(list) => table(list.items, list.now, sorts(search)),
        Err(_) => nothing_sought(),
    };
    view! {
        <Panel title="Devices" end=filter>
            {content} <Pager newest older labels/>
        </Panel>
    }
    .into_any()
}

fn table(devices: Vec<DeviceLine>, now: Timestamp, sorts: Vec<Sort>) -> AnyView {
    let rows = devices
        .into_iter()
        .map(|device| line(device, now))
        .collect_view();
    view! {
        <Table label="Devices" columns=COLUMNS sorts>
            {rows}
        </Table>
    }
    .into_any()
}

fn line(device: DeviceLine, now: Timestamp) -> impl IntoView {
    let end = device.trial_ends_at.map(|at| {
        view! {
            " "
            <Day at is_alone=true/>
        }
    });
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=device.href title=device.hardware_id.clone()>
                    <code>{format::shorten(&device.hardware_id)}</code>
                </a>
            </Cell>
            <Cell place=Place::Wide>{device.product_name}</Cell>
            <Cell place=Place::Mark>
                <Tag tone=words::device(&device.state) word=device.state/>
            </Cell>
            <Cell place=Place::Detail>
                <span class="keep">{device.remark}</span>
                {end}
            </Cell>
            <Cell place=Place::Wide>
                <Breakable text=device.version/>
            </Cell>
            <Cell place=Place::Wide>{address_of(device.address)}</Cell>
            <Cell place=Place::Wide>
                <Ago at=device.first_seen_at now/>
            </Cell>
            <Cell place=Place::End>
                <Ago at=device.last_seen_at now/>
            </Cell>
        </Row>
    }
}

/// An IPv4 address stays in one piece; an IPv6 address is too long for that.
fn address_of(address: String) -> AnyView {
    if address.contains(':') {
        view! { <Breakable text=address/> }.into_any()
    } else {
        view! { <span class="keep">{address}</span> }.into_any()
    }
}

fn nothing_sought() -> AnyView {
    view! { <Empty title="Nothing was looked for" text="Correct what stands in the search field."/> }
        .into_any()
}

/// Why the page is empty: there is nothing, nothing like that, or nothing like that so far.
fn nothing(search: &DeviceSearch, goes_on: bool) -> AnyView {
    let is_narrowed = link(search, (&search.state, ""), search.after.as_deref()) != "/activity";
    let (title, text) = match (goes_on, is_narrowed) {
        (true, _) => (
            "None among these",
            "A page looks at 20,000 devices. There are more: go on below.",
        ),
        (false, true) => (
            "Nothing found",
            "No device is like that. Take a filter away.",
        ),
        (false, false) => (
            "No devices yet",
            "A device stands here once its program has asked whether it may run, or was activated.",
        ),
    };
    let next = if is_narrowed {
        ("/activity", "All devices")
    } else {
        ("/help", "Connect a program")
    };
    view! {
        <Empty title text>
            <a class="btn" href=next.0>
                {next.1}
            </a>
        </Empty>
    }
    .into_any()
}
