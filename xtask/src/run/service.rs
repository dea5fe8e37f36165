//! A program of ours that runs until told to stop, with its log in a file.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::http::Door;
use crate::interrupt;
use crate::process::{self, Outcome};

/// A running program; it is stopped when this is dropped.
pub struct Service {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Service {
    /// Starts a program whose log goes to `<data>/<name>.log`. What it prints besides is for a terminal
    /// (a set-up code among it), and is kept nowhere.
    pub fn start(name: &'static str, command: &mut Command, data: &Path) -> Outcome<Self> {
        let log = data.join(format!("{name}.log"));
        let cannot = |error| format!("cannot start {name}: {error}");
        let errors = File::create(&log).map_err(cannot)?;
        detach(command);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .map_err(cannot)?;
        Ok(Self { name, child, log })
    }

    /// Waits until a path answers 200; fails with the log when the program ends instead.
    pub fn wait_for(&mut self, door: &Door, path: &str) -> Outcome {
        for _ in 0..600 {
            if let Some(problem) = self.ended() {
                return Err(problem);
            }
            if door.answers(path) {
                return Ok(());
            }
            if interrupt::is_requested() {
                return Err("stopped by hand".to_owned());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(format!(
            "{} did not answer within 30 s; see {}",
            self.name,
            self.log.display()
        ))
    }

    /// A sentence, with the end of the log, once the program has ended by itself.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let tail = lines[lines.len().saturating_sub(20)..].join("\n");
        Some(format!("{} ended ({status}):\n{tail}", self.name))
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

/// Fails with advice when somebody already listens there.
pub fn must_be_free(address: std::net::SocketAddr, advice: &str) -> Outcome {
    TcpListener::bind(address)
        .map(drop)
        .map_err(|error| format!("cannot listen on {address} ({error}): {advice}"))
}

/// Ctrl-C reaches xtask alone, which then stops its services in order.
#[cfg(unix)]
fn detach(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn detach(_command: &mut Command) {}
