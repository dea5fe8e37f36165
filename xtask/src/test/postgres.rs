//! A PostgreSQL of our own for the tests: made anew, on a free port, gone afterwards.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use crate::process::{self, Outcome};
use crate::tools;

/// What the server logs once it takes connections. The locale is C, so that this is English.
const READY: &str = "ready to accept connections";

/// Whether tests have a PostgreSQL.
pub enum Postgres {
    /// It answers.
    Running(Server),
    /// There is none and none could be installed; the text says so.
    Missing(String),
}

/// A server that answers: ours, or the one that `TEST_POSTGRES_URL` names.
pub struct Server {
    url: String,
    own: Option<Own>,
}

/// A server that we started and will stop.
struct Own {
    child: Child,
    folder: PathBuf,
}

impl Postgres {
    /// The server that the environment names, else a fresh one.
    pub fn start() -> Outcome<Self> {
        if let Some(url) = named(std::env::var("TEST_POSTGRES_URL").ok()) {
            return Ok(Self::Running(Server { url, own: None }));
        }
        let Some(programs) = programs().or_else(install) else {
            return Ok(Self::Missing("PostgreSQL's server programs".to_owned()));
        };
        fresh(&programs).map(Self::Running)
    }
}

impl Server {
    /// Where it answers, as a superuser of a throw-away server.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(own) = &mut self.own {
            process::stop(&mut own.child);
            fs::remove_dir_all(&own.folder).ok();
        }
    }
}

/// The server that the variable names; an empty one names none, as the tests see it.
fn named(variable: Option<String>) -> Option<String> {
    variable.filter(|url| !url.trim().is_empty())
}

/// The folder with initdb and postgres; distributions keep them off the search path.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .collect();
    let versions = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut installed: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    installed.sort();
    installed.reverse();
    installed.append(&mut folders);
    installed
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn install() -> Option<PathBuf> {
    tools::apt_install("postgresql").then(programs).flatten()
}

fn fresh(programs: &Path) -> Outcome<Server> {
    let folder = std::env::temp_dir().join(format!("exisone-postgres-{}", std::process::id()));
    let port = free_port()?;
    fs::create_dir_all(&folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let data = folder.join("data");
    let user = unprivileged_user()?;
    if let Some((user, group)) = user {
        change_owner(&folder, user, group)?;
    }
    let mut initdb = Command::new(programs.join("initdb"));
    initdb
        .args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
            "-D",
        ])
        .arg(&data);
    process::capture(become_user(&mut initdb, user).current_dir(&folder))?;
    let mut server = Command::new(programs.join("postgres"));
    server.arg("-D").arg(&data).args(["-p", &port.to_string()]);
    for setting in [
        "fsync=off",
        "full_page_writes=off",
        "max_connections=300",
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
    ] {
        server.args(["-c", setting]);
    }
    let mut child = become_user(&mut server, user)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
    let log = child.stderr.take();
    let server = Server {
        url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
        own: Some(Own { child, folder }),
    };
    wait_until_ready(BufReader::new(log.ok_or("PostgreSQL has no log")?))?;
    Ok(server)
}

/// Reads what the server logs until it says that it is ready, or ends; later lines are read and let go.
fn wait_until_ready(mut log: impl BufRead + Send + 'static) -> Outcome {
    let mut said = String::new();
    loop {
        let begins = said.len();
        let read = log.read_line(&mut said);
        if !read.is_ok_and(|bytes| bytes > 0) {
            return Err(format!("PostgreSQL did not start:\n{said}"));
        }
        if said[begins..].contains(READY) {
            thread::spawn(move || io::copy(&mut log, &mut io::sink()));
            return Ok(());
        }
    }
}

fn free_port() -> Outcome<u16> {
    let listener =
        TcpListener::bind("127.0.0.1:0").map_err(|error| format!("no free port: {error}"))?;
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| format!("no free port: {error}"))
}

/// PostgreSQL refuses to run as root: then it runs as the user `postgres`.
fn unprivileged_user() -> Outcome<Option<(u32, u32)>> {
    if !tools::is_root() {
        return Ok(None);
    }
    let id = |kind: &str| -> Outcome<u32> {
        let text = process::capture(Command::new("id").args([kind, "postgres"]))?;
        text.trim()
            .parse()
            .map_err(|_| format!("`id {kind} postgres` answered {text}"))
    };
    Ok(Some((id("-u")?, id("-g")?)))
}

#[cfg(unix)]
fn become_user(command: &mut Command, user: Option<(u32, u32)>) -> &mut Command {
    use std::os::unix::process::CommandExt as _;
    if let Some((user, group)) = user {
        command.uid(user).gid(group);
    }
    command
}

#[cfg(unix)]
fn change_owner(folder: &Path, user: u32, group: u32) -> Outcome {
    std::os::unix::fs::chown(folder, Some(user), Some(group))
        .map_err(|error| format!("cannot give {} away: {error}", folder.display()))
}

#[cfg(not(unix))]
fn become_user(command: &mut Command, _user: Option<(u32, u32)>) -> &mut Command {
    command
}

#[cfg(not(unix))]
fn change_owner(_folder: &Path, _user: u32, _group: u32) -> Outcome {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_ready_when_its_log_says_so_and_never_once_the_log_ends() {
        let ready = "LOG:  starting\nLOG:  database system is ready to accept connections\n";
        assert_eq!(wait_until_ready(ready.as_bytes()), Ok(()));
        let fatal = "FATAL:  the port is taken\n";
        let refusal = wait_until_ready(fatal.as_bytes()).expect_err("it ended");
        assert!(refusal.ends_with(fatal), "{refusal}");
    }

    #[test]
    fn an_empty_variable_names_no_server() {
        let url = "postgres://postgres@127.0.0.1:5432/postgres";
        assert_eq!(named(Some(url.to_owned())).as_deref(), Some(url));
        for nothing in [None, Some(String::new()), Some(" ".to_owned())] {
            assert_eq!(named(nothing.clone()), None, "{nothing:?}");
        }
    }
}
