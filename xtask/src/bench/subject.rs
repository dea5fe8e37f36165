//! The servers that are measured: `exisone` as shipped, without a mail server, and the naive floor.

use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::process::{self, Outcome};
use crate::run::http::Door;

/// Calls a minute that nobody makes.
const MANY: &str = "100000000";
/// A server that has not answered by then never will.
const LONGEST_START: Duration = Duration::from_secs(30);

/// `exisone serve`, with its data in the folder; ended when dropped.
pub struct Subject {
    exisone: PathBuf,
    folder: PathBuf,
    listen: SocketAddr,
    child: Child,
}

/// What the load needs to know.
pub struct Shop {
    /// Path of the app's webhook URL.
    pub webhook_path: String,
    /// Id of the product that is sold.
    pub product: String,
    /// An access token that may do everything.
    pub token: String,
}

/// What was seeded.
pub struct Seeded {
    /// File of the keys that are activated, with their devices.
    pub activated: PathBuf,
    /// Lines of keys that are not.
    pub others: Vec<String>,
}

impl Subject {
    /// Starts the server; answers when its first request was answered with 200.
    pub fn start(exisone: &Path, folder: &Path) -> Outcome<Self> {
        let listen = free_port()?;
        let mut command = Command::new(exisone);
        command
            .args(["serve", "--listen", &listen.to_string()])
            // They count, but one address must not meet them.
            .env("EXISONE_RATE_LIMIT_ADDRESS", MANY)
            .env("EXISONE_RATE_LIMIT_TOKEN", MANY)
            .current_dir(folder);
        let child = spawn(&mut command)?;
        let mut subject = Self {
            exisone: exisone.to_path_buf(),
            folder: folder.to_path_buf(),
            listen,
            child,
        };
        wait_for(listen, &mut subject.child)?;
        Ok(subject)
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.listen.to_string()
    }

    /// The same, as it is connected to.
    pub const fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Resident memory, KiB, as `/proc` of Linux tells it.
    pub fn resident_kib(&self) -> Outcome<u64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
            .ok_or_else(|| format!("{path} names no VmRSS"))
    }

    /// Makes a tenant with a product and a Stripe app.
    pub fn open_shop(&self, signing_secret: &str) -> Outcome<Shop> {
        let tenant = self.command(&["tenant", "create", "--name", "Bench"])?;
        let every = "verify,generate,email,manage";
        let token = self.command(&[
            "token",
            "create",
            "--tenant",
            &tenant,
            "--permissions",
            every,
            "--name",
            "bench",
        ])?;
        let door = Door {
            address: self.listen,
            authorization: format!("ExisOneApi {token}"),
        };
        let product = door.post("/api/product/", &json!({ "name": "Atlas", "price": 49 }))?;
        let app = json!({
            "name": "Bench",
            "secretKey": "sk_test_abcdefghijklmnopqrstuvwx",
            "webhookSigningSecret": signing_secret,
        });
        let app = door.post("/api/stripe/apps", &app)?;
        let url = app["webhookUrl"].as_str().unwrap_or_default();
        let path = url
            .splitn(4, '/')
            .nth(3)
            .ok_or("the app has no webhook URL")?;
        Ok(Shop {
            webhook_path: format!("/{path}"),
            product: product["id"].to_string(),
            token,
        })
    }

    /// Makes so many licences of the first product: how many in all, how many activated, and of how many
    /// others the keys are told.
    pub fn seed(
        &self,
        seed: &Path,
        token: &str,
        (licenses, activated, others): (usize, usize, usize),
    ) -> Outcome<Seeded> {
        let counts = [licenses, activated, others].map(|count| count.to_string());
        let mut child = Command::new(seed)
            .args(["keys", "sqlite://data/exisone.db", "data/master.key"])
            .args(counts)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start seed: {error}"))?;
        let mut stdin = child.stdin.take().ok_or("seed takes no token")?;
        stdin
            .write_all(token.as_bytes())
            .map_err(|error| format!("seed takes no token: {error}"))?;
        drop(stdin);
        let output = child
            .wait_with_output()
            .map_err(|error| format!("seed did not end: {error}"))?;
        if !output.status.success() {
            return Err(format!("seed ended with {}", output.status));
        }
        let text = String::from_utf8_lossy(&output.stdout);
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let others = lines.split_off(activated.min(lines.len()));
        let path = self.folder.join("activated.tsv");
        fs::write(&path, lines.join("\n"))
            .map_err(|error| format!("cannot write keys: {error}"))?;
        Ok(Seeded {
            activated: path,
            others,
        })
    }

    fn command(&self, words: &[&str]) -> Outcome<String> {
        let mut command = Command::new(&self.exisone);
        command.args(words).current_dir(&self.folder);
        Ok(process::capture(&mut command)?.trim().to_owned())
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

/// The floor server; ended when dropped.
pub struct Floor {
    listen: SocketAddr,
    child: Child,
}

impl Floor {
    /// Starts it with a new database in the folder, which has the keys of a file among so many rows.
    pub fn start(program: &Path, folder: &Path, keys: Option<(&Path, usize)>) -> Outcome<Self> {
        let listen = free_port()?;
        let (keys, rows) = keys.unwrap_or((Path::new("/dev/null"), 0));
        let mut command = Command::new(program);
        command
            .arg(listen.to_string())
            .arg(folder.join("floor.db"))
            .arg(keys)
            .arg(rows.to_string());
        let mut child = spawn(&mut command)?;
        wait_for(listen, &mut child)?;
        Ok(Self { listen, child })
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.listen.to_string()
    }
}

impl Drop for Floor {
    fn drop(&mut self) {
        process::stop(&mut self.child);
    }
}

fn spawn(command: &mut Command) -> Outcome<Child> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", command.get_program().display()))
}

fn wait_for(listen: SocketAddr, child: &mut Child) -> Outcome {
    let door = Door {
        address: listen,
        authorization: String::new(),
    };
    let started = Instant::now();
    while started.elapsed() < LONGEST_START {
        if let Ok(Some(status)) = child.try_wait() {
            return Err(format!("the server at {listen} ended ({status})"));
        }
        if TcpStream::connect(listen).is_ok() && door.answers("/healthz") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err(format!("the server at {listen} did not answer"))
}

fn free_port() -> Outcome<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| format!("no port is free: {error}"))
}
