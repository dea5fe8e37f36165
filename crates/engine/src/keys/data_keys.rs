//! A tenant's data keys: the only keys that seal values.

use std::sync::Arc;
use std::time::Duration;

use domain::activation_key::ActivationKey;
use domain::ids::{DataKeyId, TenantId, TenantKeyId};
use moka::sync::Cache;
use store::Conn;
use store::tenant_keys::{self, DataKey};
use zeroize::Zeroizing;

use crate::Engine;
use crate::error::{Error, Result};
use crate::keys::installation::derive;
use crate::keys::seal::{self, Key};

/// What a data key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Stripe keys and signing secrets.
    Secrets,
    /// Activation keys.
    LicenseKeys,
    /// The blind index over activation keys; never changes.
    LicenseIndex,
}

impl Purpose {
    pub(crate) const ALL: [Self; 3] = [Self::Secrets, Self::LicenseKeys, Self::LicenseIndex];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Secrets => "secrets",
            Self::LicenseKeys => "license_keys",
            Self::LicenseIndex => "license_index",
        }
    }
}

/// Tenants whose data keys are kept open at most.
const CAPACITY: u64 = 10_000;

/// The one cache of open data keys. A tenant's data keys are made once and never change, whatever
/// becomes of the keys that wrap them; so nothing has to be told to it.
pub(crate) struct DataKeysCache(Cache<TenantId, Arc<DataKeys>>);

impl DataKeysCache {
    pub(crate) fn new(time_to_live: Duration) -> Self {
        Self(
            Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(time_to_live)
                .build(),
        )
    }
}

/// The data keys of one tenant, open.
pub(crate) struct DataKeys {
    tenant: TenantId,
    keys: Vec<(Purpose, DataKeyId, Key)>,
}

impl DataKeys {
    /// The tenant's data keys, from the cache where they were opened lately.
    pub(crate) async fn load(
        engine: &Engine,
        conn: &mut Conn,
        tenant: TenantId,
    ) -> Result<Arc<Self>> {
        if let Some(known) = Self::opened_lately(engine, tenant) {
            return Ok(known);
        }
        let keys = Arc::new(Self::open(engine, conn, tenant).await?);
        engine.data_keys().0.insert(tenant, keys.clone());
        Ok(keys)
    }

    /// The tenant's data keys, where they are in the cache.
    pub(crate) fn opened_lately(engine: &Engine, tenant: TenantId) -> Option<Arc<Self>> {
        engine.data_keys().0.get(&tenant)
    }

    async fn open(engine: &Engine, conn: &mut Conn, tenant: TenantId) -> Result<Self> {
        let rows = tenant_keys::data_keys(conn, tenant).await?;
        if rows.is_empty() {
            return Err(Error::fault("the tenant has no data keys"));
        }
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            let purpose = Purpose::ALL.into_iter().find(|p| p.as_str() == row.purpose);
            let purpose = purpose.ok_or(Error::fault("a data key's purpose is not known"))?;
            keys.push((purpose, row.id, open_data_key(engine, tenant, &row)?));
        }
        Ok(Self { tenant, keys })
    }

    fn key(&self, purpose: Purpose) -> Result<(DataKeyId, &Key)> {
        self.keys
            .iter()
            .find(|(p, ..)| *p == purpose)
            .map(|(_, id, key)| (*id, key))
            .ok_or(Error::fault("the tenant has no data key for this purpose"))
    }

    /// Seals a secret of a row.
    pub(crate) fn seal_secret(
        &self,
        engine: &Engine,
        at: &Place<'_>,
        value: &str,
    ) -> Result<Vec<u8>> {
        let (_, key) = self.key(Purpose::Secrets)?;
        seal::seal(
            key,
            engine.random(),
            &at.text(self.tenant),
            value.as_bytes(),
        )
    }

    /// Opens a secret of a row; `None` where it cannot be read.
    pub(crate) fn open_secret(&self, at: &Place<'_>, sealed: &[u8]) -> Option<Zeroizing<String>> {
        let (_, key) = self.key(Purpose::Secrets).ok()?;
        text(&seal::open(key, &at.text(self.tenant), sealed)?)
    }

    /// Seals an activation key; answers the data key's id too.
    pub(crate) fn seal_activation_key(
        &self,
        engine: &Engine,
        license: &str,
        key: &ActivationKey,
    ) -> Result<(DataKeyId, Vec<u8>)> {
        let (id, data_key) = self.key(Purpose::LicenseKeys)?;
        let place = license_place(license).text(self.tenant);
        let sealed = seal::seal(
            data_key,
            engine.random(),
            &place,
            key.canonical().as_bytes(),
        )?;
        Ok((id, sealed))
    }

    /// Opens an activation key.
    pub(crate) fn open_activation_key(
        &self,
        license: &str,
        sealed: &[u8],
    ) -> Result<ActivationKey> {
        let (_, key) = self.key(Purpose::LicenseKeys)?;
        seal::open(key, &license_place(license).text(self.tenant), sealed)
            .and_then(|bytes| text(&bytes))
            .and_then(|canonical| ActivationKey::parse(&canonical))
            .ok_or(Error::fault("an activation key cannot be opened"))
    }

    /// The blind index of an activation key: equal for equal keys, and tells nothing else.
    pub(crate) fn index(&self, key: &ActivationKey) -> Result<Vec<u8>> {
        let (_, index_key) = self.key(Purpose::LicenseIndex)?;
        Ok(derive(index_key, key.canonical().as_bytes()).to_vec())
    }
}

impl DataKeys {
    /// The blind index of an offline code: equal where what was signed is equal.
    pub(crate) fn index_of_code(&self, signed: &[u8]) -> Result<Vec<u8>> {
        let (_, index_key) = self.key(Purpose::LicenseIndex)?;
        let purpose = derive(index_key, b"offline codes");
        Ok(derive(&purpose, signed).to_vec())
    }
}

/// Where a sealed value lives, besides its tenant.
pub(crate) struct Place<'a> {
    pub table: &'static str,
    pub row: &'a str,
    pub column: &'static str,
}

impl Place<'_> {
    fn text(&self, tenant: TenantId) -> String {
        format!("{tenant}/{}/{}/{}", self.table, self.row, self.column)
    }
}

const fn license_place(license: &str) -> Place<'_> {
    Place {
        table: "licenses",
        row: license,
        column: "key",
    }
}

fn text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    std::str::from_utf8(bytes)
        .ok()
        .map(|t| Zeroizing::new(t.to_owned()))
}

pub(crate) fn open_data_key(engine: &Engine, tenant: TenantId, row: &DataKey) -> Result<Key> {
    let tenant_key = engine
        .key_ring()
        .unwrap(
            &tenant_key_place(tenant, row.tenant_key_id),
            &row.tenant_key_wrapped,
        )
        .ok_or(Error::fault(
            "a tenant key cannot be unwrapped with any master key that is given",
        ))?;
    seal::open_key(
        &tenant_key,
        &data_key_place(tenant, row.id),
        &row.key_wrapped,
    )
    .ok_or(Error::fault(
        "a data key cannot be unwrapped with its tenant key",
    ))
}

pub(crate) fn tenant_key_place(tenant: TenantId, id: TenantKeyId) -> String {
    format!("{tenant}/tenant_keys/{id}/key")
}

pub(crate) fn data_key_place(tenant: TenantId, id: DataKeyId) -> String {
    format!("{tenant}/data_keys/{id}/key")
}
