//! The frame around every signed-in page: navigation, top bar, the page itself.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos::web_sys;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;

use super::live::Live;
use super::load::{Data, ZoneData, provide_flash};
use super::sign_out::sign_out_everywhere;
use crate::api::session::{ChooseMode, SignOut, Viewer, load_viewer};
use crate::parts::{Page, beside};
use crate::ui::Logo;

type ViewerData = Data<Viewer>;

/// A page, framed.
#[component]
pub fn Frame() -> impl IntoView {
    provide_flash();
    ZoneData::provide();
    let viewer = Data::new(|| (), |()| load_viewer());
    provide_context(viewer);
    let live = Live::provide(viewer);
    let IsOpen(is_open) = palette();
    // The browser's own link: the router would go there and leave the focus where it was.
    view! {
        <a class="skip" href="#main" rel="external">
            "Skip to the page"
        </a>
        <div class="frame">
            <Side viewer/>
            <div>
                <Top viewer/>
                <p class="trouble" role="status">
                    {move || live.trouble()}
                </p>
                <main id="main">
                    <Outlet/>
                </main>
            </div>
        </div>
        {move || is_open.get().then(|| beside(Page::Palette))}
    }
}

/// True while the command palette is open.
#[derive(Clone, Copy)]
pub struct IsOpen(pub RwSignal<bool>);

/// The command palette's switch: its button and Ctrl-K turn it on.
fn palette() -> IsOpen {
    let is_open = RwSignal::new(false);
    provide_context(IsOpen(is_open));
    Effect::new(move |_: Option<()>| {
        let listener = window_event_listener(leptos::ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("k") {
                event.prevent_default();
                is_open.set(true);
            }
        });
        on_cleanup(move || listener.remove());
    });
    IsOpen(is_open)
}

/// What a count in the navigation counts.
type Wanting = fn(&Viewer) -> i64;

#[component]
fn Side(viewer: ViewerData) -> impl IntoView {
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
                        ("/activity", "License Activity", none),
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
                )}
                {group(
                    "Delivery",
                    &[
                        ("/outbox", "Outbox", |viewer| viewer.wanting.mails),
                        ("/tickets", "Tickets", none),
                    ],
                    viewer,
                )}
                {group(
                    "Security",
                    &[
                        ("/tenant-keys", "Tenant Keys", none),
                        ("/access-tokens", "Access Tokens", none),
                        ("/audit-log", "Audit log", none),
                    ],
                    viewer,
                )} {group(
                    "Tenant",
                    &[("/users", "Users and roles", none), ("/settings", "Settings", none)],
                    viewer,
                )}
                {group("", &[("/help", "Help", none)], viewer)}
            </nav>
        </aside>
    }
}

fn group(
    title: &'static str,
    links: &[(&'static str, &'static str, Wanting)],
    viewer: ViewerData,
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

fn link(href: &'static str, label: &'static str, wanting: Wanting, viewer: ViewerData) -> AnyView {
    let path = use_location().pathname;
    let count = move || {
        Suspend::new(async move {
            let count = viewer.load().await.map_or(0, |viewer| wanting(&viewer));
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
fn Top(viewer: ViewerData) -> impl IntoView {
    let palette = use_context::<IsOpen>();
    let open = move |_| {
        if let Some(IsOpen(is_open)) = palette {
            is_open.set(true);
        }
    };
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
                    placeholder="Key or customer"
                    autocomplete="off"
                />
            </form>
            <button
                type="button"
                class="btn quiet palette-opener"
                aria-keyshortcuts="Control+K"
                on:click=open
            >
                "Ctrl K"
                <span class="off-screen">": go anywhere"</span>
            </button>
            <div class="line tight end">
                <Transition>
                    {move || Suspend::new(async move {
                        viewer.load().await.ok().map(|viewer| view! { <Account viewer/> })
                    })}
                </Transition>
            </div>
        </header>
    }
}

/// Signing out and switching sides load the whole page anew, so that nothing that was fetched
/// for the person or the side before stays in the browser: these forms need no script.
#[component]
fn Account(viewer: Viewer) -> impl IntoView {
    let everywhere = sign_out_everywhere(&viewer.email);
    view! {
        <ModeSwitch livemode=viewer.livemode/>
        <button type="button" class="btn quiet tenant" popovertarget="account">
            <span class="off-screen">"Account: "</span>
            <span class="name">{viewer.tenant_name.clone()}</span>
        </button>
        <div class="account" id="account" popover="auto">
            <div>
                <p class="strong wrap">{viewer.email}</p>
                <p class="muted small">{viewer.role.label()} " of " {viewer.tenant_name}</p>
            </div>
            <a href="/account">"Your account"</a>
            <form class="stack" method="post" action=SignOut::PATH>
                <button class="btn">"Sign out"</button>
            </form>
            {everywhere}
        </div>
    }
}

/// Test and Live never mix.
#[component]
fn ModeSwitch(livemode: bool) -> impl IntoView {
    let side = |mode: &'static str, label: &'static str, is_chosen: bool| {
        let pressed = if is_chosen { "true" } else { "false" };
        view! {
            <button class=mode name="mode" value=mode aria-pressed=pressed>
                {label}
            </button>
        }
    };
    view! {
        <form method="post" action=ChooseMode::PATH>
            <div class="segments" role="group" aria-label="Mode">
                {side("test", "Test", !livemode)} {side("live", "Live", livemode)}
            </div>
        </form>
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
