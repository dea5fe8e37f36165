//! Tables that become two-line items on narrow screens. Roles are written out,
//! because a row that is laid out as a grid loses its own.

use leptos::prelude::*;

use super::time::heading;

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
    /// Only where there is room.
    #[default]
    Wide,
    /// A number, only where there is room.
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

/// A table; its children are [`Row`]s.
#[component]
pub fn Table(
    /// Says what the rows are, for screen readers.
    label: &'static str,
    columns: &'static [Column],
    children: Children,
) -> impl IntoView {
    let heads = columns
        .iter()
        .map(|(head, place)| {
            let text = if head.is_empty() {
                view! { <span class="off-screen">"Actions"</span> }.into_any()
            } else {
                heading((*head).into()).into_any()
            };
            view! {
                <th role="columnheader" scope="col" class=place.class()>
                    {text}
                </th>
            }
        })
        .collect_view();
    view! {
        <table class="table" role="table" aria-label=label>
            <thead role="rowgroup">
                <tr role="row">{heads}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// One row; its children are [`Cell`]s.
#[component]
pub fn Row(children: Children) -> impl IntoView {
    view! { <tr role="row">{children()}</tr> }
}

/// One cell.
#[component]
pub fn Cell(place: Place, children: Children) -> impl IntoView {
    view! {
        <td role="cell" class=place.class()>
            {children()}
        </td>
    }
}
