//! Which pages travel to the browser together: they are a part of its program, fetched when one
//! of them is first visited. On the server a part is an ordinary function.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use leptos::prelude::*;
use leptos_router::ChooseView;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::pages::access_tokens::AccessTokensPage;
use crate::pages::account::AccountPage;
use crate::pages::activity::{ActivityPage, DevicePage};
use crate::pages::audit_log::AuditLogPage;
use crate::pages::dashboard::DashboardPage;
use crate::pages::help::HelpPage;
use crate::pages::invitation::InvitationPage;
use crate::pages::licenses::{LicensePage, LicensesPage, NewLicensePage};
use crate::pages::order::OrderPage;
use crate::pages::outbox::{MailPage, OutboxPage};
use crate::pages::palette::PalettePage;
use crate::pages::people::PeoplePage;
use crate::pages::plans::{NewPlanPage, PlanPage, PlansPage};
use crate::pages::products::{NewProductPage, ProductPage, ProductsPage};
use crate::pages::review::ReviewPage;
use crate::pages::set_up::SetUpPage;
use crate::pages::settings::SettingsPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::sign_in_code::SignInCodePage;
use crate::pages::stripe::{AppPage, EventPage, NewAppPage, StripePage};
use crate::pages::success::SuccessPage;
use crate::pages::tenant_keys::TenantKeysPage;
use crate::pages::test_purchase::TestPurchasePage;
use crate::pages::tickets::{TicketPage, TicketsPage};
use crate::ui::Loading;

/// A part could not be fetched: the network failed, or a newer server no longer has it.
#[derive(Clone, Copy, Debug)]
pub struct NotFetched;

impl From<SplitLoaderError> for NotFetched {
    fn from(_: SplitLoaderError) -> Self {
        Self
    }
}

/// A page, once its part is there.
type Drawing = Pin<Box<dyn Future<Output = Result<AnyView, NotFetched>> + Send>>;

/// A part on its way.
type Fetching = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// Hears which part a page is in, so that the server can tell the browser in the page's head.
#[derive(Clone)]
pub struct PartListener(pub Arc<dyn Fn(&'static str) + Send + Sync>);

/// Makes a part of the program from the pages that stand together.
macro_rules! parts {
    ($($part:ident ($fetch:ident) { $($page:ident => $view:ident,)+ })+) => {
        /// Every page, for `routes`.
        #[derive(Clone, Copy, Debug)]
        #[expect(missing_docs, reason = "a page is explained at its component")]
        pub enum Page { $($($page,)+)+ }

        $(
            #[wasm_split($part, fallible, preload($fetch))]
            fn $part(page: Page) -> Result<AnyView, NotFetched> {
                Ok(match page {
                    $(Page::$page => $view().into_any(),)+
                    // `Page::draw` asks each part for its own pages alone.
                    _ => ().into_any(),
                })
            }
        )+

        impl Page {
            fn part(self) -> &'static str {
                match self { $($(Self::$page)|+ => stringify!($part),)+ }
            }

            fn draw(self) -> Drawing {
                match self { $($(Self::$page)|+ => Box::pin($part(self)),)+ }
            }
        }

        fn fetch(part: &str) -> Fetching {
            match part {
                $(stringify!($part) => Box::pin($fetch()),)+
                _ => Box::pin(async { Ok(()) }),
            }
        }
    };
}

parts! {
    sign_in (fetch_sign_in) { SignIn => SignInPage, }
    sign_in_code (fetch_sign_in_code) { SignInCode => SignInCodePage, }
    invitation (fetch_invitation) { Invitation => InvitationPage, }
    set_up (fetch_set_up) { SetUp => SetUpPage, }
    success (fetch_success) { Success => SuccessPage, }
    dashboard (fetch_dashboard) { Dashboard => DashboardPage, }
    products (fetch_products) { Products => ProductsPage, }
    product (fetch_product) { NewProduct => NewProductPage, Product => ProductPage, }
    plans (fetch_plans) { Plans => PlansPage, }
    plan (fetch_plan) { NewPlan => NewPlanPage, Plan => PlanPage, }
    licenses (fetch_licenses) { Licenses => LicensesPage, }
    license (fetch_license) { License => LicensePage, }
    license_new (fetch_license_new) { NewLicense => NewLicensePage, }
    stripe (fetch_stripe) { Stripe => StripePage, }
    stripe_app (fetch_stripe_app) { NewStripeApp => NewAppPage, StripeApp => AppPage, }
    stripe_event (fetch_stripe_event) { StripeEvent => EventPage, }
    test_purchase (fetch_test_purchase) { TestPurchase => TestPurchasePage, }
    order (fetch_order) { Order => OrderPage, }
    review (fetch_review) { Review => ReviewPage, }
    outbox (fetch_outbox) { Outbox => OutboxPage, }
    mail (fetch_mail) { Mail => MailPage, }
    tickets (fetch_tickets) { Tickets => TicketsPage, }
    ticket (fetch_ticket) { Ticket => TicketPage, }
    tenant_keys (fetch_tenant_keys) { TenantKeys => TenantKeysPage, }
    access_tokens (fetch_access_tokens) { AccessTokens => AccessTokensPage, }
    activity (fetch_activity) { Activity => ActivityPage, }
    device (fetch_device) { Device => DevicePage, }
    audit_log (fetch_audit_log) { AuditLog => AuditLogPage, }
    people (fetch_people) { People => PeoplePage, }
    account (fetch_account) { Account => AccountPage, }
    settings (fetch_settings) { Settings => SettingsPage, }
    palette (fetch_palette) { Palette => PalettePage, }
    help (fetch_help) { Help => HelpPage, }
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        show(self)
    }

    async fn preload(&self) {}
}

/// Fetches the part of the page that the server sent, in the browser, before that page is hydrated:
/// until then its links and forms are the browser's own.
pub async fn fetch_first() -> Result<(), NotFetched> {
    let meta = document().query_selector("meta[name=part]").ok().flatten();
    let part = meta.and_then(|meta| meta.get_attribute("content"));
    Ok(fetch(part.as_deref().unwrap_or_default()).await?)
}

/// A page that stands beside another one, once its part is there.
pub fn beside(page: Page) -> AnyView {
    show(page)
}

/// The page, at once where its part is there, which is always so on the server and while hydrating;
/// until it is fetched, a placeholder.
fn show(page: Page) -> AnyView {
    if let Some(PartListener(listen)) = use_context() {
        listen(page.part());
    }
    if let Some(drawn) = at_once(page) {
        return drawn;
    }
    let is_here = RwSignal::new(false);
    leptos::task::spawn_local(async move {
        match fetch(page.part()).await {
            Ok(()) => _ = is_here.try_set(true),
            // The server sends the page whole, with the parts that it has.
            Err(_) => _ = window().location().reload(),
        }
    });
    let draw = move || match is_here.get().then(|| at_once(page)) {
        Some(Some(drawn)) => drawn,
        _ => view! { <Loading/> }.into_any(),
    };
    draw.into_any()
}

fn at_once(page: Page) -> Option<AnyView> {
    match page
        .draw()
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(drawn) => drawn.ok(),
        Poll::Pending => None,
    }
}
