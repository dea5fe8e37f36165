//! Runs the whole product at home: server, a Stripe to play with, a mailbox.

pub mod http;
mod plan;
mod seed;
mod service;

use std::fs;
use std::io::{BufRead, Write as _};
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::interrupt;
use crate::process::Outcome;
use crate::workspace::Workspace;
use plan::{Plan, Sandbox};
use seed::{Commands, People};
use service::Service;

pub use plan::RunArgs;

/// Builds, starts, seeds once, and waits for Ctrl-C.
pub fn run(workspace: &Workspace, args: &RunArgs) -> Outcome {
    let data = args.data(workspace);
    let starts_over = args.fresh && data.exists();
    if starts_over {
        ask(&data, &mut std::io::stdin().lock())?;
    }
    let plan = Plan::make(workspace, args, data)?;
    interrupt::listen()?;
    plan.must_be_free()?;
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
    if let Some(sandbox) = &plan.sandbox {
        println!("starting the sandbox");
        services.push(start_sandbox(sandbox, &plan.data)?);
    }
    let commands = || plan.exisone();
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
    if let (Some(people), Some(sandbox)) = (&people, &plan.sandbox) {
        println!("seeding a product and a Stripe app");
        seed_shop(plan, sandbox, people).map_err(|problem| incomplete(&problem))?;
    }
    show(plan, people.as_ref());
    watch(services)
}

fn incomplete(problem: &str) -> String {
    format!("{problem}\nwhat was seeded is incomplete: `cargo xtask run --fresh` starts over")
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

fn start_sandbox(sandbox: &Sandbox, data: &Path) -> Outcome<Service> {
    let mut service = Service::start("sandbox", &mut sandbox.command(data), data)?;
    service.wait_for(&sandbox.door(), "/_sandbox/health")?;
    Ok(service)
}

fn start_server(plan: &Plan) -> Outcome<Service> {
    let mut service = Service::start("exisone", plan.exisone().arg("serve"), &plan.data)?;
    service.wait_for(&plan.door(), "/healthz")?;
    Ok(service)
}

fn seed_shop(plan: &Plan, sandbox: &Sandbox, people: &People) -> Outcome {
    seed::shop(people, &mut plan.door(), &sandbox.door())?;
    let note = json!({ "email": seed::EMAIL }).to_string();
    fs::write(plan.data.join("run.json"), note)
        .map_err(|error| format!("cannot write run.json: {error}"))
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
    if let Some(sandbox) = &plan.sandbox {
        println!("  mailbox    http://{}/mailbox", sandbox.listen);
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
