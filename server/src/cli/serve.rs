//! `exisone serve`.

use std::time::Duration;

use engine::accounts::setup;
use secrecy::ExposeSecret as _;
use tokio::net::TcpListener;

use crate::boot::{self, BootError, Running};
use crate::config::Config;
use crate::state::ServerState;

pub(super) async fn run(config: &Config) -> Result<(), BootError> {
    let listener = TcpListener::bind(config.listen).await.map_err(|e| {
        BootError::with(
            &format!("cannot listen on {} (EXISONE_LISTEN)", config.listen),
            &e,
        )
    })?;
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
    let state = ServerState::new(engine, boot::load_site()?, code)
        .with_checkout_origin(config.stripe_api_base.as_deref());
    let running = Running::start(listener, state)
        .map_err(|e| BootError::with("the server cannot start", &e))?;
    tracing::info!(%address, public_url, "listening");
    signal().await;
    tracing::info!("stopping: requests under way end first");
    running.stop().await;
    Ok(())
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
