//! Lists of what a tenant has made: found by how the name begins, narrowed by state, in an order, a page at a time.

use leptos::prelude::*;

use crate::api::NamedSearch;
use crate::pages::filters::{self, Head, address};
use crate::pages::load::query_part;
use crate::ui::{Empty, FilterForm, Pager, Panel, Segments, Sort};

/// One of these lists.
#[derive(Clone, Copy)]
pub struct NamedList {
    /// Address of its page.
    pub path: &'static str,
    /// What its rows are.
    pub label: &'static str,
    /// What the search field takes.
    pub field: &'static str,
    /// Words of the states, and their labels; the first narrows nothing, or is what one sees at first.
    pub states: &'static [(&'static str, &'static str)],
    /// Heads that it is sorted by.
    pub heads: &'static [Head],
    /// The order that it has where the address names none.
    pub order: &'static str,
}

/// Products, plans and apps.
pub const SHELVES: &[(&str, &str)] = &[("", "in use"), ("archived", "archived")];

/// What the page's address asks for.
pub fn named_search() -> impl Fn() -> NamedSearch + Copy + Send + Sync + 'static {
    let (find, state) = (query_part("find"), query_part("state"));
    let (sort, after) = (query_part("sort"), query_part("after"));
    move || NamedSearch {
        find: find.get().unwrap_or_default(),
        state: state.get().unwrap_or_default(),
        sort: sort.get().unwrap_or_default(),
        after: after.get(),
    }
}

impl NamedList {
    fn link(
        self,
        search: &NamedSearch,
        (state, sort): (&str, &str),
        after: Option<&str>,
    ) -> String {
        let filters = [
            ("find", search.find.as_str()),
            ("state", state),
            ("sort", sort),
            ("after", after.unwrap_or_default()),
        ];
        address(self.path, &filters)
    }

    fn order(self, search: &NamedSearch) -> &str {
        filters::order(self.heads, self.order, &search.sort)
    }

    /// Whether what is made now stands at the top of the page.
    pub fn shows_newest(self, search: &NamedSearch) -> bool {
        search.after.is_none() && self.order(search) == filters::NEWEST
    }

    /// The heads of its table.
    pub fn sorts(self, search: &NamedSearch) -> Vec<Sort> {
        filters::sorts(self.heads, self.order(search), &|sort| {
            self.link(search, (&search.state, sort), None)
        })
    }

    /// The search field, and below it the list with its states and its pager; where it is empty, what to do next.
    pub fn frame(
        self,
        search: &NamedSearch,
        next: Option<&String>,
        rows: Result<AnyView, AnyView>,
    ) -> AnyView {
        let states = self.states.iter().map(|(word, label)| {
            let is_chosen = search.state == *word;
            (
                (*label).to_owned(),
                self.link(search, (word, &search.sort), None),
                is_chosen,
            )
        });
        let states: Vec<_> = states.collect();
        let filter = move || {
            let states = states.clone();
            (!states.is_empty()).then(|| view! { <Segments label="State" items=states/> })
        };
        let is_later = search.after.is_some();
        let present = (search.state.as_str(), search.sort.as_str());
        let newest = is_later.then(|| self.link(search, present, None));
        let older = next.map(|next| self.link(search, present, Some(next)));
        let is_narrowed = self.link(search, (&search.state, ""), None) != self.path;
        let content = match rows {
            Ok(rows) => rows,
            Err(_) if is_narrowed || is_later => self.nothing(),
            Err(begin) => begin,
        };
        let (find, labels) = (search.find.clone(), filters::pages(self.order(search)));
        let kept = [("state", &search.state), ("sort", &search.sort)];
        let kept = kept.map(|(name, value)| (name, value.clone())).into();
        view! {
            <div class="stack loose">
                <FilterForm
                    label=self.label
                    action=self.path
                    field=self.field
                    find
                    choices=Vec::new()
                    kept
                    refusal=None
                />
                <Panel title=self.label end=filter>
                    {content}
                    <Pager newest older labels/>
                </Panel>
            </div>
        }
        .into_any()
    }

    fn nothing(self) -> AnyView {
        view! {
            <Empty title="Nothing found" text="Names are found from their beginning. Take a filter away to see more.">
                <a class="btn" href=self.path>
                    "All of them"
                </a>
            </Empty>
        }
        .into_any()
    }
}
