//! The licence that a text means: a key however it was pasted, or an offline code that is genuine.

use domain::given_key::GivenKey;
use domain::ids::{LicenseId, TenantId};
use domain::offline_code::OfflineCode;
use store::licenses::{self, License};
use store::{Conn, Tx};

use crate::Engine;
use crate::crypto::offline;
use crate::error::{Error, Result};
use crate::keys::data_keys::DataKeys;

/// The licence. [`Error::NoSuchLicense`] where there is none.
pub(super) async fn find(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    text: &str,
) -> Result<License> {
    let row = match GivenKey::parse(text) {
        Some(GivenKey::Key(key)) => {
            let index = DataKeys::load(engine, conn, tenant).await?.index(&key)?;
            licenses::find_by_index(conn, tenant, &index).await?
        }
        Some(GivenKey::OfflineCode(code)) => {
            let id = of_code(engine, conn, tenant, &code).await?;
            licenses::find(conn, tenant, id).await?
        }
        Some(GivenKey::Unreadable) | None => None,
    };
    row.ok_or(Error::NoSuchLicense)
}

/// The licence, locked in a transaction that begins with it. A code is verified before.
pub(super) async fn lock(engine: &Engine, tenant: TenantId, text: &str) -> Result<(Tx, License)> {
    let (tx, row) = match GivenKey::parse(text) {
        Some(GivenKey::Key(key)) => {
            let mut tx = engine.begin();
            let keys = DataKeys::load(engine, &mut tx, tenant).await?;
            let row = licenses::lock_by_index(&mut tx, tenant, &keys.index(&key)?).await?;
            (tx, row)
        }
        Some(GivenKey::OfflineCode(code)) => {
            let mut conn = engine.read().await?;
            let id = of_code(engine, &mut conn, tenant, &code).await?;
            drop(conn);
            let mut tx = engine.begin();
            licenses::lock(&mut tx, tenant, id);
            let row = licenses::find(&mut tx, tenant, id).await?;
            (tx, row)
        }
        Some(GivenKey::Unreadable) | None => return Err(Error::NoSuchLicense),
    };
    Ok((tx, row.ok_or(Error::NoSuchLicense)?))
}

async fn of_code(
    engine: &Engine,
    conn: &mut Conn,
    tenant: TenantId,
    code: &OfflineCode,
) -> Result<LicenseId> {
    let known = offline::open(engine, conn, tenant, code).await?;
    known.map(|(id, _)| id).ok_or(Error::NoSuchLicense)
}
