//! What is sold.

use domain::permission::Permission;
use leptos::prelude::*;

use crate::api::products::{ProductRow, load_products};
use crate::format;
use crate::pages::load::{Data, loaded, where_permitted};
use crate::pages::words;
use crate::ui::{Cell, Column, Empty, PageHead, Panel, Place, Row, Table, Tag, Tone};

const COLUMNS: &[Column] = &[
    ("Product", Place::Lead),
    ("State", Place::Mark),
    ("Length", Place::Detail),
    ("Trial", Place::Wide),
    ("Mail", Place::Wide),
    ("Price", Place::Number),
    ("productId", Place::WideNumber),
];

/// Products.
#[component]
pub fn ProductsPage() -> impl IntoView {
    let data = Data::new(|| (), |()| load_products());
    view! {
        <div class="page">
            <PageHead
                title="Products"
                purpose="What is sold, how long a licence lasts, and the mail that delivers it."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "New product"))}
            </PageHead>
            {loaded(data, |products| view! { <List products/> }.into_any())}
        </div>
    }
}

#[component]
fn List(products: Vec<ProductRow>) -> impl IntoView {
    if products.is_empty() {
        return view! {
            <Panel>
                <Empty
                    title="No products yet"
                    text="A product needs only a name. Its price and mail can follow."
                >
                    {where_permitted(Permission::Manage, || new_link("btn", "Make a product"))}
                </Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = products
        .into_iter()
        .map(|product| view! { <Line product/> })
        .collect_view();
    view! {
        <Panel>
            <Table label="Products" columns=COLUMNS>
                {rows}
            </Table>
        </Panel>
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
