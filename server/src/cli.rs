//! The commands. All but `serve` work beside a running server, print the one thing that was asked
//! for on standard output, and everything else on standard error.

mod backup;
mod master_key;
mod people;
mod serve;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use domain::ids::TenantId;
use domain::role::Role;
use engine::Engine;

use crate::boot::{self, BootError};
use crate::config::{Config, Settings};
use crate::telemetry;

/// What cannot be said by a flag.
const SECRETS: &str = "Secrets are never flags, because other users of the machine can read those. \
Variables, or lines of exisone.toml without EXISONE_, in lower case:
  EXISONE_MASTER_KEY           the master key, 32 bytes in base64, in place of the file
  EXISONE_PREVIOUS_MASTER_KEY  the one that it replaces, while it is being changed
  EXISONE_SMTP_URL             smtp://user:password@host:587?tls=required; absent: mails wait in the outbox
  EXISONE_METRICS_TOKEN        who brings it may read /metrics";

/// ExisOne: a payment becomes licence keys in the buyer's inbox, exactly once.
#[derive(Parser)]
#[command(name = "exisone", version, disable_help_subcommand = true, after_help = SECRETS)]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until a signal to stop
    #[command(after_help = SECRETS)]
    Serve,
    /// Apply what the database lacks of the migrations, and end
    Migrate,
    /// Tenants: who sells
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// People who sign in
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Access tokens for programs
    #[command(subcommand)]
    Token(TokenCommand),
    /// The key that wraps all others
    #[command(subcommand)]
    MasterKey(MasterKeyCommand),
    /// Copy the SQLite database and the master key into a new folder, while the server runs
    Backup {
        /// Folder that does not exist yet
        #[arg(long)]
        to: PathBuf,
    },
}

#[derive(Subcommand)]
enum TenantCommand {
    /// Make a tenant and print its id
    Create {
        /// Name of the company
        #[arg(long)]
        name: String,
    },
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make a person who signs in; the password comes from standard input or a prompt
    Create {
        /// Id of the tenant
        #[arg(long)]
        tenant: TenantId,
        /// Address to sign in with
        #[arg(long)]
        email: String,
        /// What this person may do: owner, admin, support or viewer
        #[arg(long, default_value = "owner")]
        role: Role,
    },
    /// Give a person who forgot theirs another password, from standard input or a prompt, and sign them out everywhere
    Password {
        /// Address that they sign in with
        #[arg(long)]
        email: String,
    },
    /// Let a person who lost their authenticator app and all recovery codes sign in with the password alone
    EndSecondFactor {
        /// Address that they sign in with
        #[arg(long)]
        email: String,
    },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Make an access token and print it; it cannot be shown again
    Create {
        /// Id of the tenant
        #[arg(long)]
        tenant: TenantId,
        /// Comma-separated: verify, generate, email, manage
        #[arg(long)]
        permissions: String,
        /// What it is for
        #[arg(long)]
        name: String,
    },
}

#[derive(Subcommand)]
enum MasterKeyCommand {
    /// Draw a new master key and print it, or write it to a new file
    Generate {
        /// File that does not exist yet
        #[arg(long)]
        output: Option<PathBuf>,
    },
    /// Put everything under a new master key, while the servers run
    Rotate,
}

impl Cli {
    /// Runs the command to its end.
    pub fn run(self) -> Result<(), BootError> {
        let config = Config::load(self.settings).map_err(|e| BootError(e.to_string()))?;
        telemetry::start(&config.log, config.log_format);
        rustls::crypto::aws_lc_rs::default_provider()
            .install_default()
            .map_err(|_| BootError("another TLS provider is installed already".into()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|e| BootError::with("the runtime cannot be started", &e))?;
        runtime.block_on(execute(&config, self.command))
    }
}

async fn execute(config: &Config, command: Command) -> Result<(), BootError> {
    match command {
        Command::Serve => serve::run(config).await,
        Command::Migrate => {
            let db = boot::open_database(config).await?;
            db.close().await;
            Ok(())
        }
        Command::Tenant(TenantCommand::Create { name }) => {
            people::create_tenant(config, &name).await
        }
        Command::Admin(AdminCommand::Create {
            tenant,
            email,
            role,
        }) => people::create_admin(config, tenant, (&email, role)).await,
        Command::Admin(AdminCommand::Password { email }) => {
            people::set_password(config, &email).await
        }
        Command::Admin(AdminCommand::EndSecondFactor { email }) => {
            people::end_second_factor(config, &email).await
        }
        Command::Token(TokenCommand::Create {
            tenant,
            permissions,
            name,
        }) => people::create_token(config, tenant, (&permissions, name)).await,
        Command::MasterKey(MasterKeyCommand::Generate { output }) => {
            master_key::generate(output.as_deref())
        }
        Command::MasterKey(MasterKeyCommand::Rotate) => master_key::rotate(config).await,
        Command::Backup { to } => backup::run(config, &to).await,
    }
}

/// An engine for one command.
async fn open(config: &Config) -> Result<Engine, BootError> {
    let db = boot::open_database(config).await?;
    let nowhere = SocketAddr::from(([127, 0, 0, 1], config.listen.port()));
    boot::start_engine(config, db, nowhere).await
}

/// A refusal of the engine, for whoever typed the command.
fn refusal(error: &engine::Error) -> BootError {
    match error {
        engine::Error::Invalid(fields) => BootError(
            fields
                .iter()
                .map(|f| format!("{}: {}", f.field, f.message))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        other => BootError::with("this could not be done", other),
    }
}
