//! All licences of a list as comma-separated values, a chunk at a time: whatever their number, one chunk is in
//! memory, and no transaction is held open between two.

use std::collections::VecDeque;

use domain::csv;
use domain::ids::PlanId;
use serde_json::json;
use store::license_list::{self, LicenseFilter, LicenseSearch};
use store::licenses::License;

use crate::Engine;
use crate::actor::Actor;
use crate::change::{self, Change};
use crate::error::Result;
use crate::licenses::list::{self, LicenseQuery, Wanted};
use crate::licenses::view::{self, LicenseView};

/// Licences of one chunk.
const CHUNK: i64 = 1_000;

const HEAD: [&str; 15] = [
    "activationKey",
    "email",
    "productId",
    "productName",
    "planId",
    "state",
    "createdAt",
    "expirationDate",
    "livemode",
    "currentSeats",
    "maxSeats",
    "hardwareId",
    "version",
    "corporateName",
    "note",
];

/// An export under way.
pub struct Export {
    engine: Engine,
    actor: Actor,
    /// What is still to be read, one after the other; each goes on after its latest licence.
    filters: VecDeque<LicenseFilter>,
    /// The one licence that was asked for by its whole key.
    one: Option<License>,
    /// What one meaning of a search has found already: keys that end so.
    last_four: Option<String>,
    is_begun: bool,
}

/// Begins an export of the licences that a query finds, newest first; its order, place and limit do not matter.
/// Who reads lists may take one along; that it was done is written down before the first line.
pub async fn begin(engine: &Engine, actor: &Actor, query: &LicenseQuery) -> Result<Export> {
    actor.may_read()?;
    let query = LicenseQuery {
        order: None,
        after: None,
        ..query.clone()
    };
    let (filters, one) = match list::wanted(engine, actor, &query, CHUNK).await? {
        Wanted::Filters(filters) => (filters, None),
        Wanted::One(license) => (Vec::new(), license.map(|license| *license)),
    };
    note(engine, actor, &query).await?;
    Ok(Export {
        engine: engine.clone(),
        actor: actor.clone(),
        last_four: filters.iter().find_map(last_four),
        filters: filters.into(),
        one,
        is_begun: false,
    })
}

async fn note(engine: &Engine, actor: &Actor, query: &LicenseQuery) -> Result<()> {
    let mut tx = engine.begin();
    let what = Change {
        subject: ("tenant", actor.tenant().to_string()),
        verb: "licenses_exported",
        data: json!({ "productId": query.product_id, "state": query.state,
            "livemode": query.livemode, "isSearch": query.search.is_narrow() }),
        livemode: query.livemode.unwrap_or(false),
    };
    change::write(&mut tx, actor, engine.now(), what);
    Ok(tx.commit().await?)
}

impl Export {
    /// The next lines; `None` after the last of them. The first one names the columns.
    pub async fn next(&mut self) -> Result<Option<String>> {
        if !self.is_begun {
            self.is_begun = true;
            return Ok(Some(csv::line(HEAD)));
        }
        let rows = self.rows().await?;
        if rows.is_empty() {
            return Ok(None);
        }
        let mut conn = self.engine.read().await?;
        let views = view::open(&self.engine, &mut conn, self.actor.tenant(), &rows).await?;
        Ok(Some(views.iter().map(line).collect()))
    }

    /// Up to [`CHUNK`] licences; none where all were read.
    async fn rows(&mut self) -> Result<Vec<License>> {
        if let Some(license) = self.one.take() {
            return Ok(vec![license]);
        }
        let mut conn = self.engine.read().await?;
        while let Some(filter) = self.filters.front_mut() {
            let mut rows = license_list::list(&mut conn, self.actor.tenant(), filter).await?;
            filter.after = rows.last().map(|row| filter.place(row));
            let is_over = rows.is_empty();
            if last_four(filter).is_none() {
                let found = self.last_four.as_deref();
                rows.retain(|row| Some(row.last_four.as_str()) != found);
            }
            if is_over {
                self.filters.pop_front();
            } else if !rows.is_empty() {
                return Ok(rows);
            }
        }
        Ok(Vec::new())
    }
}

fn last_four(filter: &LicenseFilter) -> Option<String> {
    match &filter.search {
        LicenseSearch::LastFour(last_four) => Some(last_four.clone()),
        _ => None,
    }
}

fn line(license: &LicenseView) -> String {
    let number = |number: Option<i32>| number.map(|n| n.to_string()).unwrap_or_default();
    csv::line([
        license.activation_key.to_string().as_str(),
        &license.email,
        &license.product_id.to_string(),
        &license.product_name,
        &number(license.plan_id.map(PlanId::get)),
        license.state.as_str(),
        &license.created_at.to_rfc3339(),
        &license.expires_at.to_rfc3339(),
        if license.livemode { "true" } else { "false" },
        &license.seats_used.to_string(),
        &number(license.max_seats),
        license.hardware_id.as_deref().unwrap_or_default(),
        license.version.as_deref().unwrap_or_default(),
        license.corporate_name.as_deref().unwrap_or_default(),
        license.note.as_deref().unwrap_or_default(),
    ])
}
