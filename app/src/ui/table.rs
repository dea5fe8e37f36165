//! Tables that become two-line items on narrow screens. Roles are written out,
//! because a row that is laid out as a grid loses its own.

use leptos::prelude::*;

use super::time::{heading, without_zone};

/// Where a cell stands once its row is an item of two lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// First line, left: what the row is.
    Lead,
    /// First line, right: its state.
    Mark,
    /// Second line, left.
    Detail,
    /// Second line, right.
    End,
    /// Second line, right, aligned as a number where there is room.
    Number,
    /// Buttons and links of the row; second line, right.
    Acts,
    /// Only where there is room, unless its cells have a label.
    #[default]
    Wide,
    /// The same for a number.
    WideNumber,
}

impl Place {
    const fn class(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Mark => "mark",
            Self::Detail => "detail",
            Self::End => "end",
            Self::Number => "end number",
            Self::Acts => "acts",
            Self::Wide => "wide",
            Self::WideNumber => "wide number",
        }
    }
}

/// The head of a column: its label and where its cells stand.
pub type Column = (&'static str, Place);

/// A column that the list can be sorted by.
#[derive(Debug, Clone)]
pub struct Sort {
    /// The column's label, without the zone of its moments or days.
    pub column: &'static str,
    /// Which way the list is sorted by it now, as `aria-sort` says it.
    pub direction: Option<&'static str>,
    /// Address of the list sorted by it, or the other way around.
    pub href: String,
}

/// A table; its children are [`Row`]s.
#[component]
pub fn Table(
    /// Says what the rows are, for screen readers.
    label: &'static str,
    columns: &'static [Column],
    /// Columns whose heads are links.
    #[prop(optional)]
    sorts: Vec<Sort>,
    children: Children,
) -> impl IntoView {
    let class = if sorts.is_empty() {
        "table"
    } else {
        "table sorted"
    };
    let mut left = sorts;
    let heads = columns
        .iter()
        .map(|column| {
            let label = without_zone(column.0);
            let place = left.iter().position(|sort| sort.column == label);
            head(column, place.map(|place| left.swap_remove(place)))
        })
        .collect_view();
    view! {
        <table class=class role="table" aria-label=label>
            <thead role="rowgroup">
                <tr role="row">{heads}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

fn head((label, place): &Column, sort: Option<Sort>) -> AnyView {
    let direction = sort.as_ref().and_then(|sort| sort.direction);
    let text = match sort {
        Some(sort) => view! { <a href=sort.href>{heading((*label).into())}</a> }.into_any(),
        None if label.is_empty() => view! { <span class="off-screen">"Actions"</span> }.into_any(),
        None => heading((*label).into()).into_any(),
    };
    view! {
        <th role="columnheader" scope="col" class=place.class() aria-sort=direction>
            {text}
        </th>
    }
    .into_any()
}

/// One row; its children are [`Cell`]s.
#[component]
pub fn Row(children: Children) -> impl IntoView {
    view! { <tr role="row">{children()}</tr> }
}

/// One cell.
#[component]
pub fn Cell(
    place: Place,
    /// The column's label, where the cell stands below the others on a narrow screen instead of
    /// being left out: for what no other page tells.
    #[prop(optional)]
    label: &'static str,
    children: Children,
) -> impl IntoView {
    let label = (!label.is_empty()).then(|| heading(label.into()));
    view! {
        <td role="cell" class=place.class() data-label=label>
            {children()}
        </td>
    }
}
