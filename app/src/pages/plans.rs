//! Plans: named lengths that a purchase may ask for.

use domain::permission::Permission;
use leptos::prelude::*;

use super::filters::NEWEST;
use super::history::History;
use super::load::{Data, loaded, path_part, where_permitted};
use super::named_list::{NamedList, SHELVES, named_search};
use super::shelf::Shelf;
use super::words;
use crate::api::plans::{
    ArchivePlan, PlanPage as Page, PlanRow, RestorePlan, SavePlan, load_plan, load_plans,
};
use crate::api::{Listed, NamedSearch};
use crate::format::text;
use crate::ui::{
    Cell, CheckField, Column, Empty, Fact, Facts, Field, Form, FormAction, FormEnd, InputKind,
    Outcome, PageHead, Panel, Place, Row, Table, Tag, Tone,
};

const COLUMNS: &[Column] = &[
    ("Plan", Place::Lead),
    ("State", Place::Mark),
    ("Length", Place::Detail),
    ("planId", Place::Number),
];

const LIST: NamedList = NamedList {
    path: "/plans",
    label: "Plans",
    field: "Name, from its beginning",
    states: SHELVES,
    heads: &[("Plan", "name"), ("planId", "created")],
    order: NEWEST,
};

/// Plans.
#[component]
pub fn PlansPage() -> impl IntoView {
    let search = named_search();
    // What is made on the page of a new one is said here.
    let save = FormAction::of::<SavePlan>();
    let data = Data::new(search, load_plans);
    view! {
        <div class="page">
            <PageHead
                title="Plans"
                purpose="Named lengths. A purchase that names a plan gets its days instead of the product’s, unless the product is perpetual."
            >
                {where_permitted(Permission::Manage, || new_link("btn main", "New plan"))}
            </PageHead>
            {loaded(
                data,
                move |plans| {
                    view! {
                        <Outcome action=save about="id" present=Vec::new()/>
                        {list(plans, &untrack(search))}
                    }
                        .into_any()
                },
            )}
        </div>
    }
}

fn list(plans: Listed<PlanRow>, search: &NamedSearch) -> AnyView {
    let next = plans.next;
    if plans.items.is_empty() {
        return LIST.frame(search, None, Err(no_plans()));
    }
    let rows = plans.items.into_iter().map(line).collect_view();
    let table = view! {
        <Table label="Plans" columns=COLUMNS sorts=LIST.sorts(search)>
            {rows}
        </Table>
    };
    LIST.frame(search, next.as_ref(), Ok(table.into_any()))
}

fn no_plans() -> AnyView {
    view! {
        <Empty
            title="No plans yet"
            text="You need none as long as every sale of a product lasts the same time: the product’s own days do."
        >
            {where_permitted(Permission::Manage, || new_link("btn", "Make a plan"))}
        </Empty>
    }
    .into_any()
}

fn line(plan: PlanRow) -> impl IntoView {
    let (tone, word) = state(plan.is_active);
    view! {
        <Row>
            <Cell place=Place::Lead>
                <a href=format!("/plans/{}", plan.id)>{plan.name}</a>
            </Cell>
            <Cell place=Place::Mark>
                <Tag tone word/>
            </Cell>
            <Cell place=Place::Detail>{words::days(plan.duration_days)}</Cell>
            <Cell place=Place::Number>{plan.id.to_string()}</Cell>
        </Row>
    }
}

fn new_link(class: &'static str, label: &'static str) -> AnyView {
    view! {
        <a class=class href="/plans/new">
            {label}
        </a>
    }
    .into_any()
}

/// A new plan.
#[component]
pub fn NewPlanPage() -> impl IntoView {
    let action = FormAction::of::<SavePlan>();
    let data = Data::new(|| (), |()| load_plan(String::new()));
    view! {
        <div class="page">
            <PageHead title="New plan" purpose="A name, a length, and what it unlocks."/>
            {loaded(data, move |page| view! { <PlanForm action plan=page.plan/> }.into_any())}
        </div>
    }
}

/// One plan.
#[component]
pub fn PlanPage() -> impl IntoView {
    let action = FormAction::of::<SavePlan>();
    let shelf = Shelf {
        thing: "plan",
        archive: FormAction::of::<ArchivePlan>(),
        restore: FormAction::of::<RestorePlan>(),
    };
    let id = path_part("id");
    let (saved, moved) = (action.successes(), shelf.successes());
    let key = move || (id.get(), saved.get(), moved());
    let data = Data::new(key, |(id, ..)| load_plan(id));
    view! {
        <div class="page">
            {loaded(data, move |page| body(page, action, shelf))}
        </div>
    }
}

fn body(page: Page, action: FormAction, shelf: Shelf) -> AnyView {
    let Some(plan) = page.plan else {
        return ().into_any();
    };
    let (title, id) = (plan.name.clone(), plan.id);
    let about = ("plan", id.to_string());
    let content = if plan.is_archived {
        shelf.archived(id.to_string(), &title)
    } else if page.may_manage {
        let away = shelf.current(id.to_string(), &title);
        view! {
            <div class="stack">
                <PlanForm action plan=Some(plan)/>
                {away}
            </div>
        }
        .into_any()
    } else {
        facts(plan)
    };
    view! {
        <PageHead
            title
            purpose=format!("planId {id} in Stripe’s metadata asks for this plan.")
        />
        <div class="two">{content} <History changes=page.history now=page.now about/></div>
    }
    .into_any()
}

/// A plan for whoever may look but not change it.
fn facts(plan: PlanRow) -> AnyView {
    let (tone, word) = state(plan.is_active);
    let features = if plan.features.is_empty() {
        "none".to_owned()
    } else {
        plan.features
    };
    view! {
        <Panel>
            <Facts>
                <Fact name="State">
                    <Tag tone word/>
                </Fact>
                <Fact name="Length">{words::days(plan.duration_days)}</Fact>
                <Fact name="Features">{features}</Fact>
            </Facts>
        </Panel>
    }
    .into_any()
}

fn state(is_active: bool) -> (Tone, &'static str) {
    if is_active {
        (Tone::Ok, "active")
    } else {
        (Tone::Plain, "not sold")
    }
}

#[component]
fn PlanForm(action: FormAction, plan: Option<PlanRow>) -> impl IntoView {
    let id = text(plan.as_ref().map(|plan| plan.id));
    let name = text(plan.as_ref().map(|plan| &plan.name));
    let days = text(plan.as_ref().map(|plan| plan.duration_days));
    let features = text(plan.as_ref().map(|plan| &plan.features));
    view! {
        <Panel>
            <div class="inner">
                <Form action>
                    <input type="hidden" name="id" value=id/>
                    <Field name="name" label="Name" value=name/>
                    <Field
                        name="durationDays"
                        label="Days"
                        hint="1 to 36500; 0 is perpetual."
                        kind=InputKind::Number
                        value=days
                    />
                    <Field
                        name="features"
                        label="Features"
                        hint="Words that your program reads, comma between; they come beside the product’s, also for keys sold before."
                        value=features
                    />
                    <CheckField
                        name="isActive"
                        label="Active"
                        hint="Plans that are not active cannot be bought; licences bought before stay."
                        is_ticked=plan.is_none_or(|plan| plan.is_active)
                    />
                    <FormEnd save="Save plan" back="/plans"/>
                </Form>
            </div>
        </Panel>
    }
}
