//! A PostgreSQL of our own for the tests: made anew, on a free port, gone afterwards.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::process::{self, Outcome};
use crate::tools;

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
    let log = fs::File::create(folder.join("log"))
        .map_err(|error| format!("cannot write the log: {error}"))?;
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
    let child = become_user(&mut server, user)
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|error| format!("cannot start PostgreSQL: {error}"))?;
    let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
    let mut server = Server {
        url,
        own: Some(Own { child, folder }),
    };
    wait_until_ready(&mut server, programs, port)?;
    Ok(server)
}

fn wait_until_ready(server: &mut Server, programs: &Path, port: u16) -> Outcome {
    let Some(own) = &mut server.own else {
        return Ok(());
    };
    for _ in 0..300 {
        let ended = own
            .child
            .try_wait()
            .map_err(|error| format!("cannot watch PostgreSQL: {error}"))?;
        if ended.is_some() {
            let log = fs::read_to_string(own.folder.join("log")).unwrap_or_default();
            return Err(format!("PostgreSQL did not start:\n{log}"));
        }
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            let mut ask = Command::new(programs.join("pg_isready"));
            ask.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
            if process::attempt(&mut ask).is_ok_and(|asked| asked.success) {
                return Ok(());
            }
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("PostgreSQL did not answer within 30 s".to_owned())
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
    fn an_empty_variable_names_no_server() {
        let url = "postgres://postgres@127.0.0.1:5432/postgres";
        assert_eq!(named(Some(url.to_owned())).as_deref(), Some(url));
        for nothing in [None, Some(String::new()), Some(" ".to_owned())] {
            assert_eq!(named(nothing.clone()), None, "{nothing:?}");
        }
    }
}
