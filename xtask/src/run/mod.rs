//! Runs the whole product at home: server, a Stripe to play with, a mailbox.

pub mod http;
mod seed;
mod service;

use std::fs;
use std::io::{BufRead, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::interrupt;
use crate::process::Outcome;
use crate::site;
use crate::workspace::{Profile, Workspace};
use http::Door;
use seed::{Commands, People};
use service::{Service, must_be_free};

/// Where the server listens unless `EXISONE_LISTEN` says otherwise.
const SERVER: &str = "127.0.0.1:3000";
/// Where the sandbox's API, checkout page and mailbox listen.
const SANDBOX: &str = "127.0.0.1:12111";
/// Where the sandbox takes mail.
const SMTP: &str = "127.0.0.1:12125";

/// What `cargo xtask run` may be told.
#[derive(Args)]
pub struct RunArgs {
    /// Start over: delete ./data (asks first).
    #[arg(long)]
    fresh: bool,
    /// Build as shipped.
    #[arg(long)]
    release: bool,
    /// The bare server: no Stripe, no mailbox, nothing seeded.
    #[arg(long)]
    no_sandbox: bool,
}

/// A run's fixed facts.
struct Plan {
    data: PathBuf,
    server: PathBuf,
    sandbox: Option<PathBuf>,
    listen: SocketAddr,
}

/// Builds, starts, seeds once, and waits for Ctrl-C.
pub fn run(workspace: &Workspace, args: &RunArgs) -> Outcome {
    let data = workspace.root.join("data");
    let starts_over = args.fresh && data.exists();
    if starts_over {
        ask(&data, &mut std::io::stdin().lock())?;
    }
    let plan = build(workspace, args, data)?;
    interrupt::listen()?;
    must_be_free(
        plan.listen,
        "stop what listens there, or set EXISONE_LISTEN",
    )?;
    if plan.sandbox.is_some() {
        must_be_free(address(SANDBOX)?, "the sandbox needs this port")?;
        must_be_free(address(SMTP)?, "the sandbox's mailbox needs this port")?;
    }
    // Only now: whatever could be in the way has been looked at, and nobody works on the data.
    if starts_over {
        remove(&plan.data)?;
    }
    start(&plan)
}

fn start(plan: &Plan) -> Outcome {
    let is_new = !plan.data.join("exisone.db").exists();
    make_private_folder(&plan.data)?;
    let mut services = Vec::new();
    if let Some(program) = &plan.sandbox {
        println!("starting the sandbox");
        services.push(start_sandbox(program, &plan.data)?);
    }
    let commands = || exisone(plan);
    let commands = Commands { exisone: &commands };
    // Before the server starts, so that it finds its owner and prints no set-up code.
    let people = if is_new && plan.sandbox.is_some() {
        println!("seeding a tenant and its admin");
        Some(seed::people(&commands).map_err(|problem| incomplete(&problem))?)
    } else {
        None
    };
    println!("starting exisone");
    services.push(start_server(plan)?);
    if let Some(people) = &people {
        println!("seeding a product and a Stripe app");
        seed_shop(plan, people).map_err(|problem| incomplete(&problem))?;
    }
    show(plan, people.as_ref());
    watch(services)
}

fn incomplete(problem: &str) -> String {
    format!("{problem}\nwhat was seeded is incomplete: `cargo xtask run --fresh` starts over")
}

fn build(workspace: &Workspace, args: &RunArgs, data: PathBuf) -> Outcome<Plan> {
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
    let listen = std::env::var("EXISONE_LISTEN").unwrap_or_else(|_| SERVER.to_owned());
    let listen = listen
        .parse()
        .map_err(|error| format!("EXISONE_LISTEN is `{listen}`: {error}"))?;
    Ok(Plan {
        data,
        server,
        sandbox,
        listen,
    })
}

/// Fails unless the answer is yes; where nobody sits at a terminal, there is none.
fn ask(data: &Path, input: &mut impl BufRead) -> Outcome {
    print!(
        "--fresh deletes {} with everything in it. Type yes to go on: ",
        data.display()
    );
    std::io::stdout().flush().ok();
    let mut answer = String::new();
    input
        .read_line(&mut answer)
        .map_err(|error| format!("cannot read the answer: {error}"))?;
    if answer.trim() != "yes" {
        return Err("nothing was deleted".to_owned());
    }
    Ok(())
}

fn remove(data: &Path) -> Outcome {
    fs::remove_dir_all(data).map_err(|error| format!("cannot remove {}: {error}", data.display()))
}

/// Keys and addresses lie in it: for its owner alone.
pub fn make_private_folder(data: &Path) -> Outcome {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(data)
        .map_err(|error| format!("cannot make {}: {error}", data.display()))
}

fn start_sandbox(program: &Path, data: &Path) -> Outcome<Service> {
    let door = sandbox_door()?;
    let mut command = Command::new(program);
    command
        .args(["--listen", SANDBOX, "--smtp", SMTP, "--state-file"])
        .arg(data.join("sandbox.json"));
    let mut service = Service::start("sandbox", &mut command, data)?;
    service.wait_for(&door, "/_sandbox/health")?;
    Ok(service)
}

fn start_server(plan: &Plan) -> Outcome<Service> {
    let mut service = Service::start("exisone", exisone(plan).arg("serve"), &plan.data)?;
    service.wait_for(&server_door(plan), "/healthz")?;
    Ok(service)
}

/// An `exisone` command with this run's settings.
fn exisone(plan: &Plan) -> Command {
    let mut command = Command::new(&plan.server);
    command
        .env_remove("EXISONE_MASTER_KEY")
        .env("EXISONE_DATA_DIR", &plan.data)
        .env(
            "EXISONE_DATABASE_URL",
            format!("sqlite://{}", plan.data.join("exisone.db").display()),
        )
        .env("EXISONE_MASTER_KEY_FILE", plan.data.join("master.key"))
        .env("EXISONE_LISTEN", plan.listen.to_string())
        .env("EXISONE_PUBLIC_URL", format!("http://{}", plan.listen));
    if plan.sandbox.is_some() {
        command
            .env("EXISONE_STRIPE_API_BASE", format!("http://{SANDBOX}/"))
            .env("EXISONE_SMTP_URL", format!("smtp://{SMTP}"));
    }
    command
}

fn seed_shop(plan: &Plan, people: &People) -> Outcome {
    seed::shop(people, &mut server_door(plan), &sandbox_door()?)?;
    let note = json!({ "email": seed::EMAIL }).to_string();
    fs::write(plan.data.join("run.json"), note)
        .map_err(|error| format!("cannot write run.json: {error}"))
}

fn server_door(plan: &Plan) -> Door {
    Door {
        address: plan.listen,
        authorization: String::new(),
    }
}

fn sandbox_door() -> Outcome<Door> {
    Ok(Door {
        address: address(SANDBOX)?,
        authorization: String::new(),
    })
}

fn address(text: &str) -> Outcome<SocketAddr> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

/// The short block that a person looks for.
fn show(plan: &Plan, people: Option<&People>) {
    println!("\n  ExisOne    http://{}", plan.listen);
    let set_up_code = fs::read_to_string(plan.data.join("setup-code"));
    if let Some(people) = people {
        println!("  e-mail     {}", seed::EMAIL);
        println!("  password   {}   (shown once)", people.password);
        println!("  token      {}   (shown once)", people.token);
    } else if plan.data.join("run.json").exists() {
        println!(
            "  e-mail     {}   (password and token: as shown at the first run)",
            seed::EMAIL
        );
    } else if let Ok(code) = set_up_code {
        println!(
            "  set-up     the first page asks for this code: {}",
            code.trim()
        );
    } else if plan.sandbox.is_some() {
        println!("  nothing is seeded in these data: `cargo xtask run --fresh` starts over");
    }
    if plan.sandbox.is_some() {
        println!("  mailbox    http://{SANDBOX}/mailbox");
    }
    println!("  logs       {}", plan.data.join("exisone.log").display());
    println!("\n  Ctrl-C stops everything; the data stays.\n");
}

/// Until Ctrl-C, or until a program ends by itself. The server stops before the sandbox.
fn watch(mut services: Vec<Service>) -> Outcome {
    while !interrupt::is_requested() {
        if let Some(problem) = services.iter_mut().find_map(Service::ended) {
            return Err(problem);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    println!("stopping");
    while services.pop().is_some() {}
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_deletes() {
        let answer = |text: &str| ask(Path::new("data"), &mut text.as_bytes());
        assert_eq!(answer("yes\n"), Ok(()));
        for no in ["", "\n", "no\n", "y\n", "yes, please\n"] {
            assert_eq!(answer(no), Err("nothing was deleted".to_owned()), "{no:?}");
        }
    }
}
