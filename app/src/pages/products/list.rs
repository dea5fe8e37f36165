//! What is sold.

use domain::permission::Permission;
use leptos::prelude::*;

use crate::api::products::{ProductRow, load_products};
use crate::api::{Listed, NamedSearch};
use crate::format;
use crate::pages::filters::NEWEST;
use crate::pages::load::{Data, loaded, where_permitted};
use crate::pages::named_list::{NamedList, SHELVES, named_search};
use crate::pages::words;
use crate::ui::{Cell, Column, Empty, PageHead, Place, Row, Table, Tag, Tone};

const COLUMNS: &[Column] = &[
    ("Product", Place::Lead),
    ("State", Place::Mark),
    ("Length", Place::Detail),
    ("Trial", Place::Wide),
    ("Mail", Place::Wide),
    ("Price", Place::Number),
    ("productId", Place::WideNumber),
];

const LIST: NamedList = NamedList {
    path: "/products",
    label: "Products",
    field: "Name, from its beginning",
    states: SHELVES,
    heads: &[("Product", "name"), ("productId", "created")],
    order: NEWEST,
};

/// Products.
#[component]
pub fn ProductsPage() -> impl IntoView {
    let search = named_search();
    let data = Data::new(search, load_products);
    view! {
        <div class="page">
            <PageHead
                title="Products"
                purpose="What is sold, how long a licence lasts, and the mail that delivers it."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "New product"))}
            </PageHead>
            {loaded(data, move |products| list(products, &untrack(search)))}
        </div>
    }
}

fn list(products: Listed<ProductRow>, search: &NamedSearch) -> AnyView {
    let next = products.next;
    if products.items.is_empty() {
        return LIST.frame(search, None, Err(no_products()));
    }
    let rows = products
        .items
        .into_iter()
        .map(|product| view! { <Line product/> })
        .collect_view();
    let table = view! {
        <Table label="Products" columns=COLUMNS sorts=LIST.sorts(search)>
            {rows}
        </Table>
    };
    LIST.frame(search, next.as_ref(), Ok(table.into_any()))
}

fn no_products() -> AnyView {
    view! {
        <Empty
            title="No products yet"
            text="A product needs only a name. Its price and mail can follow."
        >
            {where_permitted(Permission::Manage, || new_link("btn", "Make a product"))}
        </Empty>
    }
    .into_any()
}

fn new_link(class: &'static str, label: &'static str) -> AnyView {
    view! {
        <a class=class href="/products/new">
            {label}
        </a>
    }
    .into_any()
}

#[component]
fn Line(product: ProductRow) -> impl IntoView {
    let (tone, word) = if product.is_active {
        (Tone::Ok, "on sale")
    } else {
        (Tone::Plain, "not sold")
    };
    let trial = match product.trial_days {
        0 => "none".to_owned(),
        days => format::counted(i64::from(days), "day"),
    };
    let mail = if product.send_purchase_email {
        "sent"
    } else {
        "off"
    };
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=format!("/products/{}", product.id)>{product.name}</a>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word/>
            </Cell>
            <Cell place=Place::Detail>{words::days(product.default_license_days)}</Cell>
            <Cell place=Place::Wide>{trial}</Cell>
            <Cell place=Place::Wide>{mail}</Cell>
            <Cell place=Place::Number>{product.price.to_string()}</Cell>
            <Cell place=Place::WideNumber>{product.id.to_string()}</Cell>
        </Row>
    }
}
