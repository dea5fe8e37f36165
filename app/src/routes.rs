//! Every page's address, in one list.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{PossibleRouteMatch, SsrMode, path};

use crate::pages::frame::Frame;
use crate::pages::not_found::NotFound;
use crate::parts::Page;

/// Every page is sent whole: without a script, a streamed fallback would stay for ever.
const WHOLE: SsrMode = SsrMode::Async;

/// The whole face.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · ExisOne")/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=at(path!("/sign-in")) view=Page::SignIn ssr=WHOLE/>
                <Route path=at(path!("/sign-in/code")) view=Page::SignInCode ssr=WHOLE/>
                <Route path=at(path!("/invitation/:token")) view=Page::Invitation ssr=WHOLE/>
                <Route path=at(path!("/set-up")) view=Page::SetUp ssr=WHOLE/>
                <Route path=at(path!("/purchase/success")) view=Page::Success ssr=WHOLE/>
                <ParentRoute path=at(path!("")) view=Frame ssr=WHOLE>
                    <Route path=at(path!("")) view=Page::Dashboard ssr=WHOLE/>
                    <Route path=at(path!("/products")) view=Page::Products ssr=WHOLE/>
                    <Route path=at(path!("/products/new")) view=Page::NewProduct ssr=WHOLE/>
                    <Route path=at(path!("/products/:id")) view=Page::Product ssr=WHOLE/>
                    <Route path=at(path!("/plans")) view=Page::Plans ssr=WHOLE/>
                    <Route path=at(path!("/plans/new")) view=Page::NewPlan ssr=WHOLE/>
                    <Route path=at(path!("/plans/:id")) view=Page::Plan ssr=WHOLE/>
                    <Route path=at(path!("/licenses")) view=Page::Licenses ssr=WHOLE/>
                    <Route path=at(path!("/licenses/new")) view=Page::NewLicense ssr=WHOLE/>
                    <Route path=at(path!("/licenses/:id")) view=Page::License ssr=WHOLE/>
                    <Route path=at(path!("/activity")) view=Page::Activity ssr=WHOLE/>
                    <Route path=at(path!("/activity/:product/:hardware")) view=Page::Device ssr=WHOLE/>
                    <Route path=at(path!("/stripe")) view=Page::Stripe ssr=WHOLE/>
                    <Route path=at(path!("/stripe/apps/new")) view=Page::NewStripeApp ssr=WHOLE/>
                    <Route path=at(path!("/stripe/apps/:id")) view=Page::StripeApp ssr=WHOLE/>
                    <Route path=at(path!("/stripe/events/:id")) view=Page::StripeEvent ssr=WHOLE/>
                    <Route path=at(path!("/stripe/test-purchase")) view=Page::TestPurchase ssr=WHOLE/>
                    <Route path=at(path!("/orders/:id")) view=Page::Order ssr=WHOLE/>
                    <Route path=at(path!("/review")) view=Page::Review ssr=WHOLE/>
                    <Route path=at(path!("/outbox")) view=Page::Outbox ssr=WHOLE/>
                    <Route path=at(path!("/outbox/:id")) view=Page::Mail ssr=WHOLE/>
                    <Route path=at(path!("/tickets")) view=Page::Tickets ssr=WHOLE/>
                    <Route path=at(path!("/tickets/:id")) view=Page::Ticket ssr=WHOLE/>
                    <Route path=at(path!("/tenant-keys")) view=Page::TenantKeys ssr=WHOLE/>
                    <Route path=at(path!("/access-tokens")) view=Page::AccessTokens ssr=WHOLE/>
                    <Route path=at(path!("/audit-log")) view=Page::AuditLog ssr=WHOLE/>
                    <Route path=at(path!("/users")) view=Page::People ssr=WHOLE/>
                    <Route path=at(path!("/account")) view=Page::Account ssr=WHOLE/>
                    <Route path=at(path!("/settings")) view=Page::Settings ssr=WHOLE/>
                    <Route path=at(path!("/help")) view=Page::Help ssr=WHOLE/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}

/// An address as a trait object, so that the router's machinery is in the program once.
fn at(
    segments: impl PossibleRouteMatch + Send + Sync + 'static,
) -> Arc<dyn PossibleRouteMatch + Send + Sync> {
    Arc::new(segments)
}
