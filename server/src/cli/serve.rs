//! `exisone serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use engine::Engine;
use engine::accounts::setup;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::boot::{self, BootError, Running};
use crate::config::Config;
use crate::middleware::rate_limit::{RateLimits, Ticks};
use crate::monitor::{self, Monitor};
use crate::outbound::clock::{Stopwatch, SystemClock};
use crate::state::ServerState;
use crate::tls::{self, Tls, TlsSource};

/// How often what was measured is put away.
const TIDY: Duration = Duration::from_secs(5);

pub(super) async fn run(config: &Config) -> Result<(), BootError> {
    let listener = listen("EXISONE_LISTEN", config.listen).await?;
    let address = listener
        .local_addr()
        .map_err(|e| BootError::with("the listener has no address", &e))?;
    let db = boot::open_database(config).await?;
    let engine = boot::start_engine(config, db, address).await?;
    if !engine.has_mailer() {
        tracing::warn!(
            "EXISONE_SMTP_URL is not set: mails wait in the outbox, where they can be read"
        );
    }
    let needs_setup = setup::is_needed(&engine)
        .await
        .map_err(|e| super::refusal(&e))?;
    let code = if needs_setup {
        Some(boot::setup_code(config)?)
    } else {
        boot::forget_setup_code(config);
        None
    };
    if let Some(code) = &code {
        // The one secret that is printed: whoever can read this terminal may become the first admin.
        println!(
            "\nNobody can sign in yet. Open {}/set-up and enter the set-up code:\n\n    {}\n",
            engine.public_url(),
            code.expose_secret()
        );
    }
    let public_url = engine.public_url().to_owned();
    let tls = load_tls(config, &public_url, address).await?;
    let watched = Watched::start(config, &engine).await?;
    let since_start = Stopwatch::start();
    let ticks = Ticks::new(move || since_start.elapsed());
    let state = ServerState::new(engine, boot::load_site()?, code)
        .with_checkout_origin(config.stripe_api_base.as_deref())
        .with_trusted_proxies(config.trusted_proxies.clone())
        .with_rate_limits(RateLimits::new(config.rate_limits, ticks))
        .with_monitor(watched.page);
    let running = Running::start_with(listener, state, tls)
        .map_err(|e| BootError::with("the server cannot start", &e))?;
    tracing::info!(%address, public_url, "listening");
    signal().await;
    tracing::info!("stopping: requests under way end first");
    running.stop().await;
    drop(watched.tasks);
    Ok(())
}

/// The certificate, where the server speaks TLS itself.
async fn load_tls(
    config: &Config,
    public_url: &str,
    listening: SocketAddr,
) -> Result<Option<Tls>, BootError> {
    let Some(source) = &config.tls else {
        return Ok(None);
    };
    if matches!(source, TlsSource::SelfSigned { .. }) {
        boot::make_data_folder(config)?;
    }
    let hosts = tls::hosts(public_url, listening);
    let loaded = Tls::load(source.clone(), hosts, Arc::new(SystemClock)).await?;
    Ok(Some(loaded))
}

/// How this process is watched, where it is.
#[derive(Default)]
struct Watched {
    /// The page that is served with everything else.
    page: Option<Monitor>,
    /// The page on an address of its own, and tidying; they end when this is dropped.
    tasks: JoinSet<()>,
}

impl Watched {
    async fn start(config: &Config, engine: &Engine) -> Result<Self, BootError> {
        if config.metrics_token.is_none() && config.metrics_listen.is_none() {
            return Ok(Self::default());
        }
        let monitor = Monitor::install(config.metrics_token.clone())?;
        let mut tasks = JoinSet::new();
        let kept = monitor.clone();
        tasks.spawn(async move {
            let mut round = tokio::time::interval(TIDY);
            loop {
                round.tick().await;
                kept.put_away();
            }
        });
        let Some(address) = config.metrics_listen else {
            return Ok(Self {
                page: Some(monitor),
                tasks,
            });
        };
        let listener = listen("EXISONE_METRICS_LISTEN", address).await?;
        let service = monitor::router(engine.clone(), monitor);
        tasks.spawn(async move {
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(?error, "the metrics are served no more");
            }
        });
        tracing::info!(%address, "metrics");
        Ok(Self { page: None, tasks })
    }
}

async fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener, BootError> {
    TcpListener::bind(address)
        .await
        .map_err(|e| BootError::with(&format!("cannot listen on {address} ({setting})"), &e))
}

/// Waits for Ctrl-C or, on Unix, SIGTERM.
async fn signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            tokio::time::sleep(Duration::MAX).await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    () = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => interrupt.await,
        }
    }
    #[cfg(not(unix))]
    interrupt.await;
}
