//! What narrows a list, as a form that writes it into the page's address.

use leptos::prelude::*;

/// One of a list's values: name in the address, label, the chosen value, and values with their labels.
pub type FilterChoice = (&'static str, &'static str, String, Vec<(String, String)>);

/// A search field, choices, and the button that shows what they find.
#[component]
pub fn FilterForm(
    /// What is searched, for screen readers.
    label: &'static str,
    /// Address of the list.
    action: &'static str,
    /// What the search field takes.
    field: &'static str,
    /// What is searched for.
    find: String,
    /// Further filters of the form.
    choices: Vec<FilterChoice>,
    /// Days: name in the address, label, and the chosen one.
    #[prop(optional)]
    days: Vec<(&'static str, &'static str, String)>,
    /// Filters that stand elsewhere on the page and are kept.
    kept: Vec<(&'static str, String)>,
    /// Why what is searched for, or one of the days, cannot be.
    refusal: Option<String>,
    /// The input that the refusal is about.
    #[prop(default = "find")]
    refused: &'static str,
) -> impl IntoView {
    let refused = refusal.is_some().then_some(refused);
    let is_refused = refused == Some("find");
    let choices = choices.into_iter().map(choice).collect_view();
    let days = days
        .into_iter()
        .map(|(name, label, chosen)| day((name, label), chosen, refused == Some(name)))
        .collect_view();
    let kept = kept
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    let refusal = refusal.map(|refusal| {
        view! {
            <p class="hint refusal" id="find-refusal" role="alert">
                {refusal}
            </p>
        }
    });
    view! {
        <form role="search" aria-label=label action=action method="get">
            <div class="field">
                <div class="line filters">
                    <input
                        class="input short"
                        type="search"
                        name="find"
                        aria-label=field
                        placeholder=field
                        value=find
                        aria-invalid=is_refused.then_some("true")
                        aria-describedby=is_refused.then_some("find-refusal")
                    />
                    {choices}
                    {days}
                    {kept}
                    <button class="btn">"Find"</button>
                </div>
                {refusal}
            </div>
        </form>
    }
}

fn choice((name, label, chosen, options): FilterChoice) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, label)| {
            let is_chosen = value == chosen;
            view! {
                <option value=value selected=is_chosen>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <select class="input short" name=name aria-label=label>
            {options}
        </select>
    }
    .into_any()
}

fn day((name, label): (&'static str, &'static str), chosen: String, is_refused: bool) -> AnyView {
    view! {
        <label class="line tight small">
            {label}
            <input
                class="input short"
                type="date"
                name=name
                value=chosen
                aria-invalid=is_refused.then_some("true")
                aria-describedby=is_refused.then_some("find-refusal")
            />
        </label>
    }
    .into_any()
}
