//! Plans: named lengths that a purchase may ask for.

use leptos::prelude::*;

use super::load::{Data, loaded, path_part, with_flash};
use super::words;
use crate::api::plans::{PlanRow, SavePlan, load_plan, load_plans};
use crate::format::text;
use crate::ui::{
    Cell, CheckField, Column, Empty, Field, Form, FormAction, FormEnd, InputKind, PageHead, Panel,
    Place, Row, Table, Tag, Tone,
};

const COLUMNS: &[Column] = &[
    ("Plan", Place::Lead),
    ("State", Place::Mark),
    ("Length", Place::Detail),
    ("planId", Place::Number),
];

/// Plans.
#[component]
pub fn PlansPage() -> impl IntoView {
    let data = Data::new(|| (), |()| load_plans());
    view! {
        <div class="page">
            <PageHead
                title="Plans"
                purpose="Named lengths. A purchase that names a plan gets its days instead of the product’s, unless the product is perpetual."
            >
                <a class="btn main" href="/plans/new">
                    "New plan"
                </a>
            </PageHead>
            {loaded(data, |plans| view! { <List plans/> }.into_any())}
        </div>
    }
}

#[component]
fn List(plans: Vec<PlanRow>) -> impl IntoView {
    if plans.is_empty() {
        return view! {
            <Panel>
                <Empty
                    title="No plans yet"
                    text="You need none as long as every sale of a product lasts the same time: the product’s own days do."
                >
                    <a class="btn" href="/plans/new">
                        "Make a plan"
                    </a>
                </Empty>
            </Panel>
        }
        .into_any();
    }
    let rows = plans
        .into_iter()
        .map(|plan| {
            let (tone, word) = if plan.is_active {
                (Tone::Ok, "active")
            } else {
                (Tone::Plain, "not sold")
            };
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
        })
        .collect_view();
    view! {
        <Panel>
            <Table label="Plans" columns=COLUMNS>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}

/// A new plan.
#[component]
pub fn NewPlanPage() -> impl IntoView {
    let action = FormAction::of::<SavePlan>();
    view! {
        <div class="page">
            <PageHead title="New plan" purpose="A name, a length, and what it unlocks."/>
            {with_flash(move || view! { <PlanForm action plan=None/> }.into_any())}
        </div>
    }
}

/// One plan.
#[component]
pub fn PlanPage() -> impl IntoView {
    let action = FormAction::of::<SavePlan>();
    let id = path_part("id");
    let done = action.successes();
    let data = Data::new(move || (id.get(), done.get()), |(id, _)| load_plan(id));
    view! {
        <div class="page">
            {loaded(
                data,
                move |plan| {
                    view! {
                        <PageHead
                            title=plan.name.clone()
                            purpose=format!("planId {} in Stripe’s metadata asks for this plan.", plan.id)
                        />
                        <PlanForm action plan=Some(plan)/>
                    }
                        .into_any()
                },
            )}
        </div>
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
