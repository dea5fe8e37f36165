//! Every page's address, in one list.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::pages::access_tokens::AccessTokensPage;
use crate::pages::audit_log::AuditLogPage;
use crate::pages::dashboard::DashboardPage;
use crate::pages::frame::Frame;
use crate::pages::help::HelpPage;
use crate::pages::licenses::{LicensePage, LicensesPage};
use crate::pages::not_found::NotFound;
use crate::pages::outbox::{MailPage, OutboxPage};
use crate::pages::plans::{NewPlanPage, PlanPage, PlansPage};
use crate::pages::products::{NewProductPage, ProductPage, ProductsPage};
use crate::pages::review::ReviewPage;
use crate::pages::set_up::SetUpPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::stripe::{AppPage, EventPage, NewAppPage, StripePage};
use crate::pages::success::SuccessPage;
use crate::pages::tenant_keys::TenantKeysPage;
use crate::pages::test_purchase::TestPurchasePage;

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
                <Route path=path!("/sign-in") view=SignInPage ssr=WHOLE/>
                <Route path=path!("/set-up") view=SetUpPage ssr=WHOLE/>
                <Route path=path!("/purchase/success") view=SuccessPage ssr=WHOLE/>
                <ParentRoute path=path!("") view=Frame ssr=WHOLE>
                    <Route path=path!("") view=DashboardPage ssr=WHOLE/>
                    <Route path=path!("/products") view=ProductsPage ssr=WHOLE/>
                    <Route path=path!("/products/new") view=NewProductPage ssr=WHOLE/>
                    <Route path=path!("/products/:id") view=ProductPage ssr=WHOLE/>
                    <Route path=path!("/plans") view=PlansPage ssr=WHOLE/>
                    <Route path=path!("/plans/new") view=NewPlanPage ssr=WHOLE/>
                    <Route path=path!("/plans/:id") view=PlanPage ssr=WHOLE/>
                    <Route path=path!("/licenses") view=LicensesPage ssr=WHOLE/>
                    <Route path=path!("/licenses/:id") view=LicensePage ssr=WHOLE/>
                    <Route path=path!("/stripe") view=StripePage ssr=WHOLE/>
                    <Route path=path!("/stripe/apps/new") view=NewAppPage ssr=WHOLE/>
                    <Route path=path!("/stripe/apps/:id") view=AppPage ssr=WHOLE/>
                    <Route path=path!("/stripe/events/:id") view=EventPage ssr=WHOLE/>
                    <Route path=path!("/stripe/test-purchase") view=TestPurchasePage ssr=WHOLE/>
                    <Route path=path!("/review") view=ReviewPage ssr=WHOLE/>
                    <Route path=path!("/outbox") view=OutboxPage ssr=WHOLE/>
                    <Route path=path!("/outbox/:id") view=MailPage ssr=WHOLE/>
                    <Route path=path!("/tenant-keys") view=TenantKeysPage ssr=WHOLE/>
                    <Route path=path!("/access-tokens") view=AccessTokensPage ssr=WHOLE/>
                    <Route path=path!("/audit-log") view=AuditLogPage ssr=WHOLE/>
                    <Route path=path!("/help") view=HelpPage ssr=WHOLE/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
