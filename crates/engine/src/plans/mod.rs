//! Plans: a name for how long a licence lasts and what it unlocks. Archived, never deleted.

pub mod archive;
pub mod create;
pub mod list;
pub mod update;

use domain::ids::PlanId;
use domain::plan::PlanChanges;
use domain::timestamp::Timestamp;
use store::plans::Plan;

use crate::error::{Error, Result};

/// A plan as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanView {
    /// Id; also stands in Stripe's metadata.
    pub id: PlanId,
    /// What an admin may change.
    pub fields: PlanChanges,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Since when it is kept only for its licences.
    pub archived_at: Option<Timestamp>,
}

fn view(row: &Plan) -> Result<PlanView> {
    Ok(PlanView {
        id: row.id,
        fields: fields(row)?,
        created_at: Timestamp::from_millis(row.created_at),
        updated_at: row.updated_at.map(Timestamp::from_millis),
        archived_at: row.archived_at.map(Timestamp::from_millis),
    })
}

fn fields(row: &Plan) -> Result<PlanChanges> {
    Ok(PlanChanges {
        name: row.name.clone(),
        duration_days: row.duration_days,
        features: serde_json::from_str(&row.features)?,
        is_active: row.is_active,
    })
}

fn name_in_use() -> Error {
    Error::Conflict {
        code: "name_in_use",
        message: "Another plan has this name. Choose another.".into(),
    }
}
