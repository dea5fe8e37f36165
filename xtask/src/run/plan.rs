//! What one run is made of: its programs, its folder, its addresses; and the command that all of it means.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use super::http::Door;
use super::service::must_be_free;
use crate::process::Outcome;
use crate::site;
use crate::workspace::{Profile, Workspace};

/// Where the server listens unless `EXISONE_LISTEN` says otherwise.
const SERVER: &str = "127.0.0.1:3000";

/// What `cargo xtask run` may be told.
#[derive(Args)]
pub struct RunArgs {
    /// Start over: delete the data (asks first).
    #[arg(long)]
    pub fresh: bool,
    /// Build as shipped.
    #[arg(long)]
    release: bool,
    /// The bare server: no Stripe, no mailbox, nothing seeded.
    #[arg(long)]
    no_sandbox: bool,
    /// Folder for database, keys and logs [default: ./data].
    #[arg(long)]
    data: Option<PathBuf>,
    /// Build nothing: start `exisone` and `exisone-sandbox` of this folder, for example target/debug.
    #[arg(long, conflicts_with = "release")]
    programs: Option<PathBuf>,
    /// Where the sandbox's API, checkout page and mailbox listen.
    #[arg(long, default_value = "127.0.0.1:12111")]
    sandbox_listen: SocketAddr,
    /// Where the sandbox takes mail.
    #[arg(long, default_value = "127.0.0.1:12125")]
    smtp_listen: SocketAddr,
}

impl RunArgs {
    /// Where database, keys and logs lie.
    pub fn data(&self, workspace: &Workspace) -> PathBuf {
        let named = self.data.clone();
        named.unwrap_or_else(|| workspace.root.join("data"))
    }
}

/// A run's fixed facts.
pub struct Plan {
    /// Where database, keys and logs lie.
    pub data: PathBuf,
    /// The program that serves.
    pub server: PathBuf,
    /// The Stripe to play with, if there is one.
    pub sandbox: Option<Sandbox>,
    /// Where the server listens.
    pub listen: SocketAddr,
}

/// The Stripe to play with.
pub struct Sandbox {
    /// Its program.
    pub program: PathBuf,
    /// Where its API, checkout page and mailbox listen.
    pub listen: SocketAddr,
    /// Where it takes mail.
    pub smtp: SocketAddr,
}

impl Plan {
    /// Builds what is to be built, and puts the facts together.
    pub fn make(workspace: &Workspace, args: &RunArgs, data: PathBuf) -> Outcome<Self> {
        let (server, sandbox) = match &args.programs {
            Some(folder) => built(folder, !args.no_sandbox)?,
            None => build(workspace, args)?,
        };
        let sandbox = sandbox.map(|program| Sandbox {
            program,
            listen: args.sandbox_listen,
            smtp: args.smtp_listen,
        });
        let listen = std::env::var("EXISONE_LISTEN").unwrap_or_else(|_| SERVER.to_owned());
        let listen = listen
            .parse()
            .map_err(|error| format!("EXISONE_LISTEN is `{listen}`: {error}"))?;
        Ok(Self {
            data,
            server,
            sandbox,
            listen,
        })
    }

    /// Fails with advice where somebody listens already.
    pub fn must_be_free(&self) -> Outcome {
        must_be_free(
            self.listen,
            "stop what listens there, or set EXISONE_LISTEN",
        )?;
        let Some(sandbox) = &self.sandbox else {
            return Ok(());
        };
        must_be_free(
            sandbox.listen,
            "the sandbox needs this port; --sandbox-listen names another",
        )?;
        must_be_free(
            sandbox.smtp,
            "the sandbox's mailbox needs this port; --smtp-listen names another",
        )
    }

    /// An `exisone` command with this run's settings.
    pub fn exisone(&self) -> Command {
        let mut command = Command::new(&self.server);
        command
            .env_remove("EXISONE_MASTER_KEY")
            .env("EXISONE_DATA_DIR", &self.data)
            .env(
                "EXISONE_DATABASE_URL",
                format!("sqlite://{}", self.data.join("exisone.db").display()),
            )
            .env("EXISONE_MASTER_KEY_FILE", self.data.join("master.key"))
            .env("EXISONE_LISTEN", self.listen.to_string())
            .env("EXISONE_PUBLIC_URL", format!("http://{}", self.listen));
        if let Some(sandbox) = &self.sandbox {
            command
                .env(
                    "EXISONE_STRIPE_API_BASE",
                    format!("http://{}/", sandbox.listen),
                )
                .env("EXISONE_SMTP_URL", format!("smtp://{}", sandbox.smtp));
        }
        command
    }

    /// The server's door.
    pub fn door(&self) -> Door {
        door(self.listen)
    }
}

impl Sandbox {
    /// Its command, with its state kept in a file of this folder.
    pub fn command(&self, data: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["--listen", &self.listen.to_string()])
            .args(["--smtp", &self.smtp.to_string(), "--state-file"])
            .arg(data.join("sandbox.json"));
        command
    }

    /// Its door.
    pub fn door(&self) -> Door {
        door(self.listen)
    }
}

fn door(address: SocketAddr) -> Door {
    Door {
        address,
        authorization: String::new(),
    }
}

fn build(workspace: &Workspace, args: &RunArgs) -> Outcome<(PathBuf, Option<PathBuf>)> {
    let profile = if args.release {
        Profile::Release
    } else {
        Profile::Dev
    };
    println!("building the site");
    site::build(workspace)?;
    println!("building the server");
    let server = workspace.build_server(profile)?;
    let sandbox = (!args.no_sandbox)
        .then(|| workspace.build_sandbox(profile))
        .transpose()?;
    Ok((server, sandbox))
}

/// The programs of a folder, where they are.
fn built(folder: &Path, with_sandbox: bool) -> Outcome<(PathBuf, Option<PathBuf>)> {
    let program = |name: &str| {
        let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
        if path.is_file() {
            return Ok(path);
        }
        Err(format!("there is no program {}", path.display()))
    };
    let server = program("exisone")?;
    let sandbox = with_sandbox.then(|| program("exisone-sandbox"));
    Ok((server, sandbox.transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_built_is_named() {
        let folder = std::env::temp_dir().join("exisone-no-such-folder");
        let refused = built(&folder, true).expect_err("there is none");
        assert!(refused.contains("exisone-no-such-folder"), "{refused}");
    }
}
