//! `exisone-sandbox`: the sandbox as a process of its own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use sandbox::{NewEndpoint, Options, Sandbox};

/// A Stripe at home and a mailbox, for this machine only.
#[derive(Debug, Parser)]
#[command(name = "exisone-sandbox", version)]
struct Arguments {
    /// Where the API, the checkout page, the mailbox's pages and the controls listen.
    #[arg(long, default_value = "127.0.0.1:12111")]
    listen: SocketAddr,
    /// Where mail is taken.
    #[arg(long, default_value = "127.0.0.1:12125")]
    smtp: SocketAddr,
    /// Keeps everything over a restart.
    #[arg(long)]
    state_file: Option<PathBuf>,
    /// Makes ids and secrets repeatable.
    #[arg(long)]
    seed: Option<u64>,
    /// After how many seconds delayed payments end by themselves.
    #[arg(long, default_value_t = 10)]
    settle_after: i64,
    /// Milliseconds between the attempts of one delivery; without it Stripe's own pace.
    #[arg(long, value_delimiter = ',')]
    retry_delays: Vec<i64>,
    /// Registers a webhook endpoint at the start: `KEY,URL,SECRET`.
    #[arg(long, value_name = "KEY,URL,SECRET")]
    seed_endpoint: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("exisone-sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> std::io::Result<()> {
    let mut options = Options {
        listen: arguments.listen,
        smtp: arguments.smtp,
        state_file: arguments.state_file,
        seed: arguments.seed,
        settle_after: Some(arguments.settle_after * 1000),
        ..Options::default()
    };
    if !arguments.retry_delays.is_empty() {
        options.retry_delays = Some(arguments.retry_delays);
    }
    let sandbox = Sandbox::start(options).await?;
    for endpoint in &arguments.seed_endpoint {
        register(&sandbox, endpoint)?;
    }
    let the_end = the_end()?;
    say_where(&sandbox);
    the_end.await?;
    sandbox.stop()
}

/// Says it in one piece; whoever started us may have stopped listening, and that is no reason to end.
fn say_where(sandbox: &Sandbox) {
    let (base, smtp) = (sandbox.base_url(), sandbox.smtp_addr());
    let text = format!(
        "Stripe at home   {base}\nMailbox          {base}/mailbox\nSMTP             {smtp}\n"
    );
    if let Err(error) = std::io::stdout().write_all(text.as_bytes()) {
        tracing::info!(%error, "nobody reads where the sandbox listens");
    }
}

fn register(sandbox: &Sandbox, text: &str) -> std::io::Result<()> {
    let parts: Vec<&str> = text.split(',').collect();
    let [key, url, secret] = parts[..] else {
        return Err(std::io::Error::other(
            "--seed-endpoint wants KEY,URL,SECRET",
        ));
    };
    let mut endpoint = NewEndpoint::new(key, url);
    endpoint.secret = Some(secret.to_owned());
    sandbox.register_endpoint(&endpoint);
    Ok(())
}

/// Waits for SIGINT or SIGTERM, from now on.
#[cfg(unix)]
fn the_end() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => Ok(()),
            _ = terminated.recv() => Ok(()),
        }
    })
}

/// Waits for Ctrl+C.
#[cfg(not(unix))]
fn the_end() -> std::io::Result<impl Future<Output = std::io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}
