//! What a program asks about: the licence of its key or offline code, and the product that it named.

use domain::features;
use domain::folding::name_key;
use domain::given_key::GivenKey;
use domain::hardware_id::HardwareId;
use domain::ids::{ProductId, TenantId};
use domain::license_facts::{LicenseFacts, ProductFacts, Standing};
use domain::seats::Seats;
use domain::timestamp::Timestamp;
use store::license_lookups::{self, Asked, LicenseLookup};
use store::products::Product;
use store::{Conn, StoreError, products};

use crate::Engine;
use crate::crypto::offline;
use crate::error::{Error, Result, Versions};
use crate::keys::data_keys::DataKeys;
use crate::settings;

/// What a program says.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    /// What it gave as a key; `None` means a trial.
    pub key: Option<&'a GivenKey>,
    /// The device.
    pub hardware_id: Option<&'a HardwareId>,
    /// The product's name as typed.
    pub product_name: Option<&'a str>,
}

/// What is known of that.
pub(crate) struct Known {
    /// The licence; `None` where the key is no licence's, or none was given.
    pub license: Option<KnownLicense>,
    /// The named product; where none was named, the licence's.
    pub product: Option<KnownProduct>,
}

/// A licence as rules see it, and its row.
pub(crate) struct KnownLicense {
    pub row: LicenseLookup,
    pub facts: LicenseFacts,
}

/// A product as rules see it.
pub(crate) struct KnownProduct {
    pub id: ProductId,
    is_active: bool,
    pub trial_days: i32,
    version: String,
    minimum_required_version: Option<String>,
    enforce_version_check: bool,
    pub features: Vec<String>,
}

/// Looks up what the question is about.
pub(crate) async fn execute(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    question: &Question<'_>,
) -> Result<Known> {
    let name_key = question.product_name.map(name_key).unwrap_or_default();
    let asked = Asked {
        hardware_key: question.hardware_id.map_or("", HardwareId::as_str),
        name_key: &name_key,
    };
    let Some((row, standing)) = license(engine, conn, tenant, (question, asked)).await? else {
        let named = named_product(conn, tenant, &name_key).await?;
        return Ok(Known {
            license: None,
            product: named.map(KnownProduct::from_row).transpose()?,
        });
    };
    if is_of_named_product(&row, &name_key) {
        return of_its_product(row, standing);
    }
    let product = match row.named_product_id.map(ProductId::from) {
        Some(other) => products::find(conn, tenant, other)
            .await?
            .map(KnownProduct::from_row)
            .transpose()?,
        None => None,
    };
    let facts = license_facts(&row, standing, false)?;
    Ok(Known {
        license: Some(KnownLicense { row, facts }),
        product,
    })
}

/// As [`execute`], for what every program asks at each start: a key of the product that it names is looked
/// up with all that are asked for at this moment; the rest alone.
pub(crate) async fn beside_others(
    engine: &Engine,
    tenant: TenantId,
    question: &Question<'_>,
) -> Result<Known> {
    if let Some(GivenKey::Key(key)) = question.key
        && let Some(keys) = DataKeys::opened_lately(engine, tenant)
    {
        let asked = license_lookups::Question {
            tenant,
            key_index: keys.index(key)?,
            hardware_key: question.hardware_id.map_or("", HardwareId::as_str).into(),
            name_key: question.product_name.map(name_key).unwrap_or_default(),
        };
        let name_key = asked.name_key.clone();
        let found = match engine.db().look_up_license(asked).await {
            // What one question fails of must not fail those beside it.
            Err(StoreError::Together) => None,
            found => found?,
        };
        if let Some(row) = found.filter(|row| is_of_named_product(row, &name_key)) {
            let standing = standing(&row);
            return of_its_product(row, standing);
        }
    }
    let mut conn = engine.read().await?;
    execute(engine, &mut conn, tenant, question).await
}

fn is_of_named_product(row: &LicenseLookup, name_key: &str) -> bool {
    name_key.is_empty() || row.named_product_id == Some(row.product_id.get())
}

fn of_its_product(row: LicenseLookup, standing: Standing) -> Result<Known> {
    Ok(Known {
        product: Some(KnownProduct::of_license(&row)?),
        license: Some(KnownLicense {
            facts: license_facts(&row, standing, true)?,
            row,
        }),
    })
}

/// The licence's row, and how the device stands to it.
async fn license(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    (question, asked): (&Question<'_>, Asked<'_>),
) -> Result<Option<(LicenseLookup, Standing)>> {
    match question.key {
        None | Some(GivenKey::Unreadable) => Ok(None),
        Some(GivenKey::Key(key)) => {
            let index = DataKeys::load(engine, conn, tenant).await?.index(key)?;
            let row = license_lookups::find_by_index(conn, tenant, &index, asked).await?;
            Ok(row.map(|row| {
                let standing = standing(&row);
                (row, standing)
            }))
        }
        Some(GivenKey::OfflineCode(code)) => {
            let Some((id, payload)) = offline::open(engine, conn, tenant, code).await? else {
                return Ok(None);
            };
            let row = license_lookups::find(conn, tenant, id, asked).await?;
            let device = question.hardware_id;
            let is_of_another = device.is_some_and(|device| !payload.is_for(device));
            Ok(row.map(|row| {
                let standing = if is_of_another {
                    Standing::CodeOfAnother
                } else {
                    standing(&row)
                };
                (row, standing)
            }))
        }
    }
}

/// A code was made with a seat, but its device may have given that back since.
const fn standing(row: &LicenseLookup) -> Standing {
    if row.is_activated {
        Standing::Activated
    } else {
        Standing::NotActivated
    }
}

async fn named_product(
    conn: &mut Conn,
    tenant: TenantId,
    name_key: &str,
) -> Result<Option<Product>> {
    if name_key.is_empty() {
        return Ok(None);
    }
    match products::find_by_name(conn, tenant, name_key).await? {
        Some(id) => Ok(products::find(conn, tenant, id).await?),
        None => Ok(None),
    }
}

fn license_facts(
    row: &LicenseLookup,
    device: Standing,
    is_of_named_product: bool,
) -> Result<LicenseFacts> {
    let state = row
        .state
        .parse()
        .map_err(|_| Error::fault("a licence's state is not known"))?;
    Ok(LicenseFacts {
        is_of_named_product,
        livemode: row.livemode,
        test_keys_valid: row.livemode || settings::parse(&row.settings)?.test_keys_valid,
        state,
        expires_at: Timestamp::from_millis(row.expires_at),
        seats: Seats {
            max: row.max_seats,
            used: row.seats_used,
        },
        device,
    })
}

impl KnownLicense {
    /// What the licence unlocks beside its product: by its plan, and by itself.
    pub fn features(&self) -> Result<Vec<String>> {
        let plan: Vec<String> = match &self.row.plan_features {
            Some(features) => serde_json::from_str(features)?,
            None => Vec::new(),
        };
        let own: Vec<String> = serde_json::from_str(&self.row.features)?;
        Ok(features::union(&[&plan, &own]))
    }

    /// What product, plan and licence unlock together.
    pub fn all_features(&self) -> Result<Vec<String>> {
        let product: Vec<String> = serde_json::from_str(&self.row.product_features)?;
        Ok(features::union(&[&product, &self.features()?]))
    }
}

impl KnownProduct {
    fn of_license(row: &LicenseLookup) -> Result<Self> {
        Ok(Self {
            id: row.product_id,
            is_active: row.is_product_active,
            trial_days: row.trial_days,
            version: row.product_version.clone(),
            minimum_required_version: row.minimum_required_version.clone(),
            enforce_version_check: row.enforce_version_check,
            features: serde_json::from_str(&row.product_features)?,
        })
    }

    fn from_row(row: Product) -> Result<Self> {
        Ok(Self {
            id: row.id,
            is_active: row.is_active && row.archived_at.is_none(),
            trial_days: row.trial_days,
            version: row.version,
            minimum_required_version: row.minimum_required_version,
            enforce_version_check: row.enforce_version_check,
            features: serde_json::from_str(&row.features)?,
        })
    }

    /// As rules see it.
    pub fn facts(&self) -> ProductFacts<'_> {
        ProductFacts {
            is_active: self.is_active,
            trial_days: self.trial_days,
            minimum_required_version: self.minimum_required_version.as_deref(),
            enforce_version_check: self.enforce_version_check,
        }
    }

    /// The versions that answers tell.
    pub fn versions(&self) -> Versions {
        Versions {
            server: Some(self.version.clone()).filter(|version| !version.is_empty()),
            minimum_required: self.minimum_required_version.clone(),
        }
    }
}
