//! One side's dashboard, read from one connection.

use store::license_list::{self, LicenseFilter, LicenseSearch};
use store::{Conn, mails, products};

use crate::Engine;
use crate::actor::Actor;
use crate::dashboard::figures::{self, Figures};
use crate::dashboard::problems::{self, Problem};
use crate::error::Result;
use crate::licenses::view::{self, LicenseView};
use crate::settings::mail_server;
use crate::stripe::apps;

const LATEST: i64 = 10;

/// What the first page shows of one side, test or live.
pub struct Dashboard {
    /// The latest ten licences, newest first.
    pub latest: Vec<LicenseView>,
    /// What was sold and used over the last 30 days.
    pub figures: Figures,
    /// Mails that no server has taken.
    pub mails_unsent: UnsentMails,
    /// What wants attention, the gravest first.
    pub problems: Vec<Problem>,
    /// The first steps of a new tenant.
    pub checklist: Checklist,
}

/// Mails that no server has taken, by what becomes of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsentMails {
    /// Not tried yet.
    pub queued: i64,
    /// Tried in vain, and tried again.
    pub retrying: i64,
    /// Given up within the last 7 days.
    pub failed: i64,
}

impl UnsentMails {
    /// All together.
    pub const fn total(self) -> i64 {
        self.queued + self.retrying + self.failed
    }
}

/// Which of the first steps are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a checklist is its yes and no"
)]
pub struct Checklist {
    /// There is a product.
    pub has_product: bool,
    /// A Stripe app of this side is ready.
    pub has_ready_stripe_app: bool,
    /// Mails can be sent.
    pub has_mail_server: bool,
    /// A key was issued on this side.
    pub has_license: bool,
}

impl Checklist {
    /// True once there is nothing left to do.
    pub const fn is_done(self) -> bool {
        self.has_product && self.has_ready_stripe_app && self.has_mail_server && self.has_license
    }
}

/// The dashboard of one side.
pub async fn execute(engine: &Engine, actor: &Actor, livemode: bool) -> Result<Dashboard> {
    actor.may_read()?;
    let apps = apps::list::execute(engine, actor).await?;
    let apps: Vec<_> = apps
        .into_iter()
        .filter(|app| app.is_live == livemode)
        .collect();
    let mut conn = engine.read().await?;
    let latest = latest(engine, &mut conn, actor, livemode).await?;
    let figures = figures::find(engine, &mut conn, actor, livemode).await?;
    let tenant = actor.tenant();
    let mail_server = mail_server::find(engine, &mut conn, tenant).await?;
    let products = products::list(&mut conn, tenant).await?;
    let checklist = Checklist {
        has_product: !products.is_empty(),
        has_ready_stripe_app: apps.iter().any(problems::is_ready),
        has_mail_server: mail_server.is_some(),
        has_license: !latest.is_empty(),
    };
    Ok(Dashboard {
        problems: problems::find(engine, &mut conn, actor, (livemode, &apps)).await?,
        mails_unsent: unsent_mails(engine, &mut conn, actor, livemode).await?,
        latest,
        figures,
        checklist,
    })
}

async fn unsent_mails(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    livemode: bool,
) -> Result<UnsentMails> {
    let since = engine.now().plus_days(-problems::FAILURES_DAYS).millis();
    let waiting = mails::count_waiting(conn, actor.tenant(), livemode).await?;
    Ok(UnsentMails {
        queued: waiting.queued,
        retrying: waiting.retrying,
        failed: mails::count_failed(conn, actor.tenant(), (livemode, since)).await?,
    })
}

async fn latest(
    engine: &Engine,
    conn: &mut Conn,
    actor: &Actor,
    livemode: bool,
) -> Result<Vec<LicenseView>> {
    let filter = LicenseFilter {
        livemode,
        product_id: 0,
        state: String::new(),
        now: engine.now().millis(),
        search: LicenseSearch::All,
        after: None,
        offset: 0,
        limit: LATEST,
    };
    let rows = license_list::list(conn, actor.tenant(), &filter).await?;
    view::open(engine, conn, actor.tenant(), &rows).await
}
