//! From settings to a running server: keys, database, engine, router, listener, worker.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engine::keys::master_key::MasterKey;
use engine::keys::master_key_home::MasterKeyHome;
use engine::ports::{Entropy as _, Mailer};
use engine::{Engine, Parts, housekeeping};
use secrecy::{ExposeSecret, SecretString};
use store::Db;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::assets::Site;
use crate::config::{Config, MasterKeySource};
use crate::connections::Patience;
use crate::outbound::clock::SystemClock;
use crate::outbound::entropy::SystemEntropy;
use crate::outbound::master_key::{GivenKeys, KeyFile};
use crate::outbound::smtp::{Smtp, SmtpServers};
use crate::outbound::stripe::StripeApi;
use crate::state::ServerState;
use crate::tls::Tls;
use crate::{live, router, worker};

/// Why the start did not succeed, in words for whoever typed the command.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BootError(pub String);

impl BootError {
    /// A sentence and the chain beneath it.
    pub fn with(sentence: &str, source: &dyn std::error::Error) -> Self {
        let mut text = format!("{sentence}: {source}");
        let mut deeper = source.source();
        while let Some(cause) = deeper {
            write!(text, ": {cause}").expect("writing to a string cannot fail");
            deeper = cause.source();
        }
        Self(text)
    }
}

/// How long requests under way may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Running {
    /// The address in use.
    pub address: SocketAddr,
    stop: CancellationToken,
    http: JoinHandle<io::Result<()>>,
    worker: JoinHandle<()>,
    live: JoinHandle<()>,
    engine: Engine,
}

impl Running {
    /// Serves on a listener until [`Running::stop`].
    pub fn start(listener: TcpListener, state: ServerState) -> io::Result<Self> {
        Self::start_with(listener, state, None)
    }

    /// The same, with TLS where there is a certificate.
    pub fn start_with(
        listener: TcpListener,
        state: ServerState,
        tls: Option<Tls>,
    ) -> io::Result<Self> {
        Self::start_patiently(listener, state, (tls, Patience::default()))
    }

    /// The same, where silent connections are closed after another time.
    pub fn start_patiently(
        listener: TcpListener,
        state: ServerState,
        (tls, patience): (Option<Tls>, Patience),
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let engine = state.engine.clone();
        let worker = tokio::spawn(worker::run(engine.clone(), stop.clone()));
        let live = tokio::spawn(live::watch(engine.clone(), stop.clone()));
        let service = router::build(state).into_make_service_with_connect_info::<SocketAddr>();
        let listener = listener.into_std()?;
        let http = match tls {
            None => {
                let server = axum_server::from_tcp(listener)?;
                let server = patience.bound(server, stop.clone(), GRACE);
                tokio::spawn(server.serve(service))
            }
            Some(tls) => {
                let server = axum_server::from_tcp_rustls(listener, tls.config())?;
                let server = patience.bound(server, stop.clone(), GRACE);
                tokio::spawn(tls.keep_fresh(stop.clone()));
                tokio::spawn(server.serve(service))
            }
        };
        Ok(Self {
            address,
            stop,
            http,
            worker,
            live,
            engine,
        })
    }

    /// Ends requests under way and jobs under way, writes what they put aside, and ends the database, in this order.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(GRACE, self.http).await.is_err() {
            tracing::warn!("requests were still under way after the grace period");
        }
        match tokio::time::timeout(GRACE, self.worker).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the worker ended unexpectedly"),
            Err(_) => tracing::warn!("a job was still under way after the grace period"),
        }
        if self.live.await.is_err() {
            tracing::error!("the watcher of live pages ended unexpectedly");
        }
        if let Err(error) = housekeeping::flush(&self.engine).await {
            tracing::error!(?error, "what was put aside could not be written at the end");
        }
        self.engine.db().close().await;
    }
}

/// Opens and migrates the database; makes the data folder for a SQLite file.
pub async fn open_database(config: &Config) -> Result<Db, BootError> {
    if config.is_sqlite() {
        make_data_folder(config)?;
    }
    let db = Db::open(config.database_url.expose_secret())
        .await
        .map_err(|e| {
            BootError::with(
                "the database of EXISONE_DATABASE_URL, or else of EXISONE_DATA_DIR, cannot be opened",
                &e,
            )
        })?;
    db.migrate()
        .await
        .map_err(|e| BootError::with("the database cannot be migrated", &e))?;
    Ok(db)
}

/// The engine on a database, with the real adapters.
pub async fn start_engine(
    config: &Config,
    db: Db,
    listening: SocketAddr,
) -> Result<Engine, BootError> {
    let public_url = config.public_url(listening);
    let is_new = installation_is_new(&db).await?;
    let parts = Parts {
        master_keys: master_keys(config, is_new)?,
        db,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        mailer: mailer(config, &public_url)?,
        mail_servers: Arc::new(SmtpServers),
        stripe: Arc::new(StripeApi::new(config.stripe_api_base.as_deref())),
        public_url,
    };
    Engine::start(parts)
        .await
        .map_err(|e| BootError::with("the installation cannot be opened", &e))
}

fn mailer(config: &Config, public_url: &str) -> Result<Option<Arc<dyn Mailer>>, BootError> {
    let Some(url) = &config.smtp_url else {
        return Ok(None);
    };
    let host = public_url.split("://").nth(1).unwrap_or("localhost");
    let host = host.split(':').next().unwrap_or("localhost");
    let from = config
        .mail_from
        .clone()
        .unwrap_or_else(|| format!("ExisOne <no-reply@{host}>"));
    let smtp = Smtp::new(url, &from).map_err(|e| BootError(e.to_string()))?;
    Ok(Some(Arc::new(smtp)))
}

/// True before the very first start on this database.
pub async fn installation_is_new(db: &Db) -> Result<bool, BootError> {
    let unreadable = |e| BootError::with("the database cannot be read", &e);
    let mut conn = db.read().await.map_err(unreadable)?;
    let key = store::installation::find_key(&mut conn)
        .await
        .map_err(unreadable)?;
    Ok(key.is_none())
}

/// The master keys, the wanted one first. On SQLite one is made at the very first start; never for a
/// database that was made with another, and on PostgreSQL never by itself, because every node must have
/// the same.
pub fn load_master_keys(config: &Config, is_new: bool) -> Result<Vec<MasterKey>, BootError> {
    let path = match &config.master_key {
        MasterKeySource::Given { present, previous } => {
            let present = given("EXISONE_MASTER_KEY", present)?;
            let previous = previous
                .as_ref()
                .map(|key| given("EXISONE_PREVIOUS_MASTER_KEY", key));
            return previous
                .into_iter()
                .try_fold(vec![present], |mut keys, key| {
                    keys.push(key?);
                    Ok(keys)
                });
        }
        MasterKeySource::File(path) => path,
    };
    match KeyFile(path.clone()).load() {
        Ok(Some(keys)) => Ok(keys),
        Ok(None) => Err(BootError(format!(
            "{} (EXISONE_MASTER_KEY_FILE) must hold 32 bytes in base64, and nothing else but a former key \
             below it",
            path.display()
        ))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && config.is_sqlite() && is_new => {
            let key = MasterKey::generate(&SystemEntropy);
            write_private(path, &key.to_text())?;
            tracing::info!(path = %path.display(), "a master key was made; keep a copy of it apart from the database");
            Ok(vec![key])
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BootError(format!(
            "there is no master key at {}. Give the one that this database was made with, by EXISONE_MASTER_KEY \
             or EXISONE_MASTER_KEY_FILE. For a new installation on PostgreSQL make it once with \
             `exisone master-key generate --output {}` and give the same to every node",
            path.display(),
            path.display()
        ))),
        Err(error) => Err(BootError::with(
            &format!(
                "{} (EXISONE_MASTER_KEY_FILE) cannot be read",
                path.display()
            ),
            &error,
        )),
    }
}

fn given(name: &str, key: &SecretString) -> Result<MasterKey, BootError> {
    MasterKey::parse(key.expose_secret()).ok_or_else(|| {
        BootError(format!(
            "{name} must be 32 bytes in base64; `exisone master-key generate` makes one"
        ))
    })
}

/// Where the engine finds the master keys again, should they be exchanged while it runs.
fn master_keys(config: &Config, is_new: bool) -> Result<Arc<dyn MasterKeyHome>, BootError> {
    let keys = load_master_keys(config, is_new)?;
    Ok(match &config.master_key {
        MasterKeySource::Given { .. } => Arc::new(GivenKeys(keys)),
        MasterKeySource::File(path) => Arc::new(KeyFile(path.clone())),
    })
}

/// Writes the set-up code where only the owner of the process can read it, and answers it.
/// An old code is kept, so that a restart does not surprise whoever is typing it.
pub fn setup_code(config: &Config) -> Result<SecretString, BootError> {
    let path = config.setup_code_file();
    if let Ok(text) = fs::read_to_string(&path)
        && text.trim().len() >= 16
    {
        return Ok(text.trim().to_owned().into());
    }
    make_data_folder(config)?;
    let mut bytes = [0_u8; 16];
    SystemEntropy.fill(&mut bytes);
    let code = domain::activation_key::ActivationKey::from_random(
        bytes[..10]
            .try_into()
            .map_err(|_| BootError("sixteen bytes hold ten".into()))?,
    );
    let code = code.to_string();
    fs::remove_file(&path).ok();
    write_private(&path, &code)?;
    Ok(code.into())
}

/// Removes the set-up code of former starts, once there is an admin: it opens nothing any more.
pub fn forget_setup_code(config: &Config) {
    let path = config.setup_code_file();
    if let Err(error) = fs::remove_file(&path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "an old set-up code cannot be removed");
    }
}

/// Makes the data folder, where there is none.
pub fn make_data_folder(config: &Config) -> Result<(), BootError> {
    make_private_folder(&config.data_dir)
        .map_err(|BootError(problem)| BootError(format!("EXISONE_DATA_DIR: {problem}")))
}

/// Makes a folder that only its owner can look into, where there is none.
pub fn make_private_folder(path: &Path) -> Result<(), BootError> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .map_err(|e| BootError::with(&format!("the folder {} cannot be made", path.display()), &e))
}

/// Writes a new file that only its owner can read; never over one that exists.
pub fn write_private(path: &Path, text: &str) -> Result<(), BootError> {
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_private_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()
        })
        .map_err(|e| BootError::with(&format!("{} cannot be written", path.display()), &e))
}

/// The site's files; without them the pages still work, plain.
pub fn load_site() -> Result<Site, BootError> {
    Site::load().map_err(|e| BootError::with("the site cannot be loaded", &e))
}
