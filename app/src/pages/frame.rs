//! The frame around every signed-in page: navigation, top bar, the page itself.

use leptos::prelude::*;
use leptos::web_sys;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::load::provide_flash;
use crate::api::session::{ChooseMode, SignOut, Viewer, load_viewer};
use crate::error::UiError;
use crate::ui::{ButtonLook, Form, FormAction, Logo, SubmitButton};

type ViewerResource = Resource<Result<Viewer, UiError>>;

/// A page, framed.
#[component]
pub fn Frame() -> impl IntoView {
    provide_flash();
    let path = use_location().pathname;
    let viewer = Resource::new(move || path.get(), |_| load_viewer());
    view! {
        <a class="skip" href="#main">
            "Skip to the page"
        </a>
        <div class="frame">
            <Side viewer/>
            <div>
                <Top viewer/>
                <main id="main">
                    <Outlet/>
                </main>
            </div>
        </div>
    }
}

/// What a count in the navigation counts.
type Wanting = fn(&Viewer) -> i64;

#[component]
fn Side(viewer: ViewerResource) -> impl IntoView {
    let side = NodeRef::<leptos::html::Aside>::new();
    // A popover that lost its attribute is closed; the page it led to is in sight.
    let close = move |_| {
        if let Some(side) = side.get_untracked() {
            let side: &web_sys::Element = &side;
            if side.remove_attribute("popover").is_ok() {
                let _ = side.set_attribute("popover", "auto");
            }
        }
    };
    let none: Wanting = |_| 0;
    view! {
        <aside class="side" id="navigation" popover="auto" node_ref=side on:click=close>
            <a class="brand" href="/">
                <Logo/>
            </a>
            <nav class="stack" aria-label="Pages">
                {group("", &[("/", "Dashboard", none)], viewer)}
                {group(
                    "Licensing",
                    &[
                        ("/products", "Products", none),
                        ("/plans", "Plans", none),
                        ("/licenses", "License Keys", none),
                    ],
                    viewer,
                )}
                {group(
                    "Stripe Integration",
                    &[
                        ("/stripe", "Stripe Apps and Events", |viewer| viewer.wanting.events),
                        ("/stripe/test-purchase", "Test Purchase", none),
                        ("/review", "Review", |viewer| viewer.wanting.reviews),
                    ],
                    viewer,
                )} {group("Delivery", &[("/outbox", "Outbox", |viewer| viewer.wanting.mails)], viewer)}
                {group(
                    "Security",
                    &[
                        ("/tenant-keys", "Tenant Keys", none),
                        ("/access-tokens", "Access Tokens", none),
                        ("/audit-log", "Audit log", none),
                    ],
                    viewer,
                )} {group("", &[("/help", "Help", none)], viewer)}
            </nav>
        </aside>
    }
}

fn group(
    title: &'static str,
    links: &[(&'static str, &'static str, Wanting)],
    viewer: ViewerResource,
) -> AnyView {
    let links = links
        .iter()
        .map(|(href, label, wanting)| link(href, label, *wanting, viewer))
        .collect_view();
    let title = (!title.is_empty()).then(|| view! { <h2>{title}</h2> });
    view! {
        <div class="nav">
            {title}
            {links}
        </div>
    }
    .into_any()
}

fn link(
    href: &'static str,
    label: &'static str,
    wanting: Wanting,
    viewer: ViewerResource,
) -> AnyView {
    let path = use_location().pathname;
    let count = move || {
        Suspend::new(async move {
            let count = viewer.await.map_or(0, |viewer| wanting(&viewer));
            (count > 0).then(|| {
                view! {
                    <span class="count">
                        {count} <span class="off-screen">" wanting attention"</span>
                    </span>
                }
            })
        })
    };
    view! {
        <a href=href aria-current=move || is_current(href, &path.get()).then_some("page")>
            {label}
            <Transition>{count}</Transition>
        </a>
    }
    .into_any()
}

/// True where the page belongs to this link: at its address or below, unless that is another link's.
fn is_current(href: &str, path: &str) -> bool {
    const BELOW_OTHERS: &str = "/stripe/test-purchase";
    if href == "/" || path == BELOW_OTHERS {
        return path == href;
    }
    let below = path.strip_prefix(href);
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[component]
fn Top(viewer: ViewerResource) -> impl IntoView {
    view! {
        <header class="top">
            <button
                type="button"
                class="btn quiet burger"
                popovertarget="navigation"
                aria-label="Pages"
            >
                "☰"
            </button>
            <form
                class="find"
                role="search"
                aria-label="Everywhere"
                action="/licenses"
                method="get"
            >
                <input
                    type="search"
                    name="find"
                    aria-label="Find a key or a customer"
                    placeholder="Find a key or a customer"
                    autocomplete="off"
                />
            </form>
            <div class="line tight end">
                <Transition>
                    {move || Suspend::new(async move {
                        viewer.await.ok().map(|viewer| view! { <Account viewer/> })
                    })}
                </Transition>
            </div>
        </header>
    }
}

#[component]
fn Account(viewer: Viewer) -> impl IntoView {
    let sign_out = FormAction::of::<SignOut>();
    let everywhere = FormAction::of::<SignOut>();
    view! {
        <ModeSwitch livemode=viewer.livemode/>
        <button type="button" class="btn quiet tenant" popovertarget="account">
            <b class="off-screen">"Account: "</b>
            <span>{viewer.tenant_name.clone()}</span>
            <i aria-hidden="true">"▾"</i>
        </button>
        <div class="account" id="account" popover="auto">
            <div>
                <p class="strong wrap">{viewer.email}</p>
                <p class="muted small">{viewer.role.label()} " of " {viewer.tenant_name}</p>
            </div>
            <Form action=sign_out>
                <SubmitButton label="Sign out" look=ButtonLook::Plain/>
            </Form>
            <Form action=everywhere>
                <input type="hidden" name="everywhere" value="true"/>
                <SubmitButton label="Sign out everywhere" look=ButtonLook::Quiet/>
            </Form>
        </div>
    }
}

/// Test and Live never mix: the whole page is fetched again for the other side.
#[component]
fn ModeSwitch(livemode: bool) -> impl IntoView {
    let action = FormAction::of::<ChooseMode>();
    let switched = action.successes();
    Effect::new(move || {
        if switched.get() > 0 {
            let _ = window().location().reload();
        }
    });
    let side = |mode: &'static str, label: &'static str, is_chosen: bool| {
        view! {
            <button
                class=mode
                name="mode"
                value=mode
                aria-pressed=if is_chosen { "true" } else { "false" }
            >
                {label}
            </button>
        }
    };
    view! {
        <Form action>
            <div class="segments" role="group" aria-label="Mode">
                {side("test", "Test", !livemode)} {side("live", "Live", livemode)}
            </div>
        </Form>
    }
}

#[cfg(test)]
mod tests {
    use super::is_current;

    #[test]
    fn a_page_belongs_to_exactly_one_link() {
        let links = [
            "/",
            "/products",
            "/plans",
            "/stripe",
            "/stripe/test-purchase",
        ];
        let cases = [
            ("/", "/"),
            ("/products/12", "/products"),
            ("/stripe/apps/new", "/stripe"),
            ("/stripe/test-purchase", "/stripe/test-purchase"),
        ];
        for (path, expected) in cases {
            let current: Vec<_> = links
                .into_iter()
                .filter(|href| is_current(href, path))
                .collect();
            assert_eq!(current, [expected], "{path}");
        }
    }
}
