//! All that a program's question about a licence is judged from, in one statement; and in one statement
//! for several that ask at the same moment, see `license_desk`.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::ids::{LicenseId, ProductId, TenantId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::conn::{Conn, on};
use crate::error::Result;

/// A licence with its product, its tenant's settings, and how one device stands to it.
#[derive(Clone, FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a row has the columns that it has"
)]
pub struct LicenseLookup {
    /// The licence.
    #[sqlx(try_from = "Uuid")]
    pub id: LicenseId,
    /// Its product.
    #[sqlx(try_from = "i32")]
    pub product_id: ProductId,
    /// Test or live.
    pub livemode: bool,
    /// `active`, `suspended`, `revoked` or `expired`, as the row says.
    pub state: String,
    /// Unix milliseconds.
    pub expires_at: i64,
    /// Seats, where it is a multi-seat licence.
    pub max_seats: Option<i32>,
    /// Seats taken.
    pub seats_used: i32,
    /// The licence's own features: JSON array of text.
    pub features: String,
    /// Whether its plan is active; absent where it has none.
    pub is_plan_active: Option<bool>,
    /// Its plan's features: JSON array of text; absent where it has none.
    pub plan_features: Option<String>,
    /// Whether its product is active and not archived.
    pub is_product_active: bool,
    /// The product's name today.
    pub product_name: String,
    /// The product's days of trial.
    pub trial_days: i32,
    /// The newest version of the program, or blank.
    pub product_version: String,
    /// The oldest version that is served.
    pub minimum_required_version: Option<String>,
    /// Whether older ones are refused.
    pub enforce_version_check: bool,
    /// Hours between two deactivations.
    pub deactivation_cooldown_hours: Option<i32>,
    /// The product's features: JSON array of text.
    pub product_features: String,
    /// The tenant's settings as JSON.
    pub settings: String,
    /// The product that has, or ever had, the name that was asked with.
    pub named_product_id: Option<i32>,
    /// True while the device has a seat.
    pub is_activated: bool,
    /// When the device was last seen with this product; absent where it never was.
    pub last_seen_at: Option<i64>,
    /// The address that it was last seen from.
    pub last_address: Option<String>,
    /// The version that it last said.
    pub last_version: Option<String>,
}

/// What a program says beside its key.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The device, folded; blank is none.
    pub hardware_key: &'a str,
    /// The product's name, folded; blank is none.
    pub name_key: &'a str,
}

/// A question of a program, to be asked beside others.
#[derive(Clone)]
pub struct Question {
    /// Whose licence.
    pub tenant: TenantId,
    /// The key's blind index.
    pub key_index: Vec<u8>,
    /// The device, folded; blank is none.
    pub hardware_key: String,
    /// The product's name, folded; blank is none.
    pub name_key: String,
}

// Before the questions, of which each is a row; `wanted` is a key's blind index, or a licence's id.
macro_rules! asked {
    () => {
        "with asked (place, tenant_id, wanted, hardware_key, name_key) as (values "
    };
}

macro_rules! looked_up {
    ($by:literal) => {
        concat!(
            ") select asked.place, l.id, l.product_id, l.livemode, l.state, l.expires_at, l.max_seats, l.seats_used,
            l.features, pl.is_active as is_plan_active, pl.features as plan_features,
            (p.is_active and p.archived_at is null) as is_product_active, p.name as product_name, p.trial_days,
            p.version as product_version, p.minimum_required_version, p.enforce_version_check,
            p.deactivation_cooldown_hours, p.features as product_features, t.settings,
            (select n.product_id from product_names n
                where n.tenant_id = l.tenant_id and n.name_key = asked.name_key) as named_product_id,
            (a.license_id is not null) as is_activated, d.last_seen_at, d.address as last_address,
            d.version as last_version
        from asked
        join licenses l on l.tenant_id = asked.tenant_id and l.",
            $by,
            " = asked.wanted
        join products p on p.id = l.product_id and p.tenant_id = l.tenant_id
        join tenants t on t.id = l.tenant_id
        left join plans pl on pl.id = l.plan_id and pl.tenant_id = l.tenant_id
        left join activations a on a.tenant_id = l.tenant_id and a.hardware_key = asked.hardware_key
            and a.license_id = l.id and a.deactivated_at is null
        left join devices d on d.tenant_id = l.tenant_id and d.product_id = l.product_id
            and d.hardware_key = asked.hardware_key"
        )
    };
}

pub(crate) const BY_INDEX: &str =
    concat!(asked!(), "($1, $2, $3, $4, $5)", looked_up!("key_index"));
pub(crate) const BY_ID: &str = concat!(asked!(), "($1, $2, $3, $4, $5)", looked_up!("id"));

/// Questions that are asked in one statement at most.
pub(crate) const TOGETHER: usize = 16;
const COLUMNS: usize = 5;

/// As [`BY_INDEX`], for a few questions and for many; rows that are not needed ask for nothing.
static FEW: LazyLock<String> = LazyLock::new(|| by_indexes(4));
static MANY: LazyLock<String> = LazyLock::new(|| by_indexes(TOGETHER));

fn by_indexes(questions: usize) -> String {
    let mut text = asked!().to_owned();
    for question in 0..questions {
        text.push_str(if question == 0 { "(" } else { ", (" });
        for column in 1..=COLUMNS {
            let comma = if column == 1 { "" } else { ", " };
            write!(text, "{comma}${}", question * COLUMNS + column).expect("a text takes all");
        }
        text.push(')');
    }
    text + looked_up!("key_index")
}

/// How many rows of questions, and the text that asks for them.
pub(crate) fn text(questions: usize) -> (usize, &'static str) {
    match questions {
        0..=1 => (1, BY_INDEX),
        2..=4 => (4, FEW.as_str()),
        _ => (TOGETHER, MANY.as_str()),
    }
}

/// An answer, and which question it belongs to.
#[derive(FromRow)]
struct Answer {
    place: i32,
    #[sqlx(flatten)]
    lookup: LicenseLookup,
}

/// The licence with this key.
pub async fn find_by_index(
    conn: &mut Conn,
    tenant: TenantId,
    index: &[u8],
    asked: Asked<'_>,
) -> Result<Option<LicenseLookup>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_INDEX).bind(0).bind(tenant.get()).bind(index)
        .bind(asked.hardware_key).bind(asked.name_key).fetch_optional(c).await?),
    )
}

/// The licence with this id.
pub async fn find(
    conn: &mut Conn,
    tenant: TenantId,
    id: LicenseId,
    asked: Asked<'_>,
) -> Result<Option<LicenseLookup>> {
    Ok(
        on!(conn, c => sqlx::query_as(BY_ID).bind(0).bind(tenant.get()).bind(id.get())
        .bind(asked.hardware_key).bind(asked.name_key).fetch_optional(c).await?),
    )
}

/// The licences with these keys, in the order of the questions, of which there are [`TOGETHER`] at most.
pub(crate) async fn find_all(
    conn: &mut Conn,
    questions: &[&Question],
) -> Result<Vec<Option<LicenseLookup>>> {
    let (rows, text) = text(questions.len());
    let found: Vec<Answer> = on!(conn, c => {
        let mut query = sqlx::query_as(text);
        for place in 0..rows {
            let question = questions.get(place);
            query = query
                .bind(i32::try_from(place).expect("a small number"))
                .bind(question.map(|q| q.tenant.get()))
                .bind(question.map(|q| q.key_index.as_slice()))
                .bind(question.map_or("", |q| &q.hardware_key))
                .bind(question.map_or("", |q| &q.name_key));
        }
        query.fetch_all(c).await?
    });
    let mut answers: Vec<_> = questions.iter().map(|_| None).collect();
    for Answer { place, lookup } in found {
        let answer = usize::try_from(place)
            .ok()
            .and_then(|place| answers.get_mut(place));
        if let Some(answer) = answer {
            *answer = Some(lookup);
        }
    }
    Ok(answers)
}
