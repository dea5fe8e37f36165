//! What every action works with: the database, the ports, and the installation's keys.

use std::sync::Arc;
use std::time::Duration;

use domain::timestamp::Timestamp;
use store::{Conn, Db, Tx};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::dashboard::figures::PastDays;
use crate::dashboard::guesses::Guesses;
use crate::devices::newcomers::Newcomers;
use crate::devices::sightings::Sightings;
use crate::error::Result;
use crate::keys::data_keys::DataKeysCache;
use crate::keys::installation::InstallationKey;
use crate::keys::master_key::MasterKey;
use crate::keys::master_key_home::{KeyRing, MasterKeyHome};
use crate::live::Live;
use crate::ports::{Clock, Entropy, MailServer, MailServers, Mailer, Stripe};
use crate::settings::mail_server::OwnMailers;
use crate::stripe::deliveries::Deliveries;
use crate::stripe::secrets::SecretsCache;
use crate::tokens::{KnownTokens, Uses};

/// Everything that is put together at the start.
pub struct Parts {
    /// An open, migrated database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The installation's mail server; absent, mails of tenants without one of their own wait in the outbox.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What opens tenants' own mail servers.
    pub mail_servers: Arc<dyn MailServers>,
    /// Stripe's API.
    pub stripe: Arc<dyn Stripe>,
    /// Where the key that wraps all others is kept.
    pub master_keys: Arc<dyn MasterKeyHome>,
    /// How the world reaches this server: `https://licences.example`, without a trailing slash.
    pub public_url: String,
}

/// How long secrets stay open in memory.
const OPEN_SECRETS: Duration = Duration::from_mins(10);

/// The engine: cheap to clone, shared by every request.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    parts: Parts,
    key_ring: KeyRing,
    installation: InstallationKey,
    secrets: SecretsCache,
    data_keys: DataKeysCache,
    own_mailers: OwnMailers,
    deliveries: Deliveries,
    accounts: Accounts,
    token_uses: Uses,
    known_tokens: KnownTokens,
    sightings: Sightings,
    newcomers: Newcomers,
    guesses: Guesses,
    past_days: PastDays,
    live: Live,
    wake: Notify,
}

impl Engine {
    /// Opens the installation's key with the master key; makes one at the very first start.
    /// Fails where the master key is not the one that this database was made with.
    pub async fn start(parts: Parts) -> Result<Self> {
        let key_ring = KeyRing::new(parts.master_keys.clone());
        let installation = InstallationKey::open(&parts, &key_ring).await?;
        Ok(Self(Arc::new(Inner {
            parts,
            key_ring,
            installation,
            secrets: SecretsCache::new(OPEN_SECRETS),
            data_keys: DataKeysCache::new(OPEN_SECRETS),
            own_mailers: OwnMailers::default(),
            deliveries: Deliveries::default(),
            accounts: Accounts::default(),
            token_uses: Uses::default(),
            known_tokens: KnownTokens::default(),
            sightings: Sightings::default(),
            newcomers: Newcomers::default(),
            guesses: Guesses::default(),
            past_days: PastDays::default(),
            live: Live::default(),
            wake: Notify::new(),
        })))
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.0.parts.clock.now()
    }

    /// How the world reaches this server, without a trailing slash.
    pub fn public_url(&self) -> &str {
        &self.0.parts.public_url
    }

    /// True where the installation has a mail server.
    pub fn has_mailer(&self) -> bool {
        self.0.parts.mailer.is_some()
    }

    /// The installation's mail server, for tenants that have none of their own.
    pub fn mail_server(&self) -> Option<MailServer> {
        self.0.parts.mailer.as_ref().map(|mailer| mailer.server())
    }

    /// The database, for start, migration, backup and shutdown.
    pub fn db(&self) -> &Db {
        &self.0.parts.db
    }

    /// Waits until an action has queued a job. One waiter at a time.
    pub async fn job_queued(&self) {
        self.0.wake.notified().await;
    }

    pub(crate) fn wake_worker(&self) {
        self.0.wake.notify_one();
    }

    pub(crate) async fn read(&self) -> Result<Conn> {
        Ok(self.0.parts.db.read().await?)
    }

    pub(crate) fn begin(&self) -> Tx {
        self.0.parts.db.begin()
    }

    pub(crate) fn mailer(&self) -> Option<Arc<dyn Mailer>> {
        self.0.parts.mailer.clone()
    }

    pub(crate) fn mail_servers(&self) -> &dyn MailServers {
        self.0.parts.mail_servers.as_ref()
    }

    pub(crate) fn own_mailers(&self) -> &OwnMailers {
        &self.0.own_mailers
    }

    pub(crate) fn stripe(&self) -> &dyn Stripe {
        self.0.parts.stripe.as_ref()
    }

    pub(crate) fn key_ring(&self) -> &KeyRing {
        &self.0.key_ring
    }

    pub(crate) fn new_master_key(&self) -> MasterKey {
        MasterKey::generate(self.0.parts.entropy.as_ref())
    }

    pub(crate) fn installation(&self) -> &InstallationKey {
        &self.0.installation
    }

    pub(crate) fn secrets(&self) -> &SecretsCache {
        &self.0.secrets
    }

    pub(crate) fn data_keys(&self) -> &DataKeysCache {
        &self.0.data_keys
    }

    pub(crate) fn deliveries(&self) -> &Deliveries {
        &self.0.deliveries
    }

    pub(crate) fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    pub(crate) fn token_uses(&self) -> &Uses {
        &self.0.token_uses
    }

    pub(crate) fn known_tokens(&self) -> &KnownTokens {
        &self.0.known_tokens
    }

    pub(crate) fn sightings(&self) -> &Sightings {
        &self.0.sightings
    }

    pub(crate) fn newcomers(&self) -> &Newcomers {
        &self.0.newcomers
    }

    pub(crate) fn guesses(&self) -> &Guesses {
        &self.0.guesses
    }

    pub(crate) fn past_days(&self) -> &PastDays {
        &self.0.past_days
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.parts.entropy.fill(&mut bytes);
        bytes
    }

    /// A new UUID version 7 (RFC 9562): sorts by the time it was made.
    pub(crate) fn new_id<T: From<Uuid>>(&self) -> T {
        let millis = u64::try_from(self.now().millis()).unwrap_or_default();
        T::from(uuid::Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid())
    }
}
