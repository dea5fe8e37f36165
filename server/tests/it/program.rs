//! The program as it is shipped: its commands, its log, its stop, started as a process of our own.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard};

use sandbox::{NewEndpoint, Options, Outcome, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::TestDatabase;
use crate::harness::{SECRET_KEY, SIGNING_SECRET, eventually};

/// The program with data, a sandbox and a shop of its own; one process, or several on one database.
pub struct Program {
    pub sandbox: Sandbox,
    pub processes: Vec<Process>,
    product: i64,
    token: String,
    settings: Vec<(String, String)>,
    folder: TempDir,
    http: reqwest::Client,
    // After the processes, because they use it.
    database: Option<TestDatabase>,
}

/// One process that serves, or will.
pub struct Process {
    pub url: String,
    port: u16,
    child: Mutex<Option<Child>>,
}

impl Program {
    /// One process on SQLite, with tenant, token, product and app.
    pub async fn start(options: Options) -> Self {
        Self::start_with(options, &[]).await
    }

    /// The same with further variables.
    pub async fn start_with(options: Options, settings: &[(&str, &str)]) -> Self {
        Self::start_on(None, options, settings).await
    }

    /// Two processes on one PostgreSQL, where one is named.
    pub async fn start_two(options: Options) -> Option<Self> {
        let database = TestDatabase::postgres()?;
        Some(Self::start_on(Some(database), options, &[]).await)
    }

    async fn start_on(
        database: Option<TestDatabase>,
        options: Options,
        settings: &[(&str, &str)],
    ) -> Self {
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        let count = if database.is_some() { 2 } else { 1 };
        let mut program = Self {
            sandbox,
            processes: (0..count).map(|_| Process::on_a_free_port()).collect(),
            product: 0,
            token: String::new(),
            folder: tempfile::tempdir().expect("a folder"),
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            database,
            settings: Vec::new(),
        };
        program.set(settings);
        if program.database.is_some() {
            // All nodes have the same key, and it is never made by itself.
            let key = program.command(&["master-key", "generate"]);
            program.settings.push(("EXISONE_MASTER_KEY".into(), key));
        }
        let tenant = program.command(&["tenant", "create", "--name", "Acme"]);
        for number in 0..count {
            program.serve(number).await;
        }
        // The commands work beside a running server.
        let create = ["token", "create", "--tenant", &tenant, "--name", "test"];
        let permissions = ["--permissions", "generate,manage"];
        program.token = program.command(&[&create[..], &permissions[..]].concat());
        program.open_shop().await;
        program
    }

    async fn open_shop(&mut self) {
        let product = json!({ "name": "Atlas", "price": "49.90", "currency": "USD",
            "defaultLicenseDays": 365, "emailTemplate": "{{ActivationKey}}" });
        let product = self.call("/api/product/", Some(&product)).await;
        self.product = product.expect("it answers")["id"].as_i64().expect("an id");
        let app = json!({ "name": "Shop", "secretKey": SECRET_KEY, "isDefault": true,
            "webhookSigningSecret": SIGNING_SECRET });
        let app = self.call("/api/stripe/apps", Some(&app)).await;
        let app = app.expect("it answers");
        let hook = app["webhookUrl"].as_str().expect("a URL");
        let path = hook.strip_prefix(&self.processes[0].url);
        let path = path.expect("the URL of the server that was asked");
        for process in &self.processes {
            let mut endpoint = NewEndpoint::new(SECRET_KEY, &format!("{}{path}", process.url));
            endpoint.secret = Some(SIGNING_SECRET.into());
            self.sandbox.register_endpoint(&endpoint);
        }
    }

    /// Starts one to serve on its port, and waits until it is ready.
    pub async fn serve(&self, number: usize) {
        let process = &self.processes[number];
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("a log");
        let mut command = self.prepare(&["serve"]);
        command.env("EXISONE_LISTEN", format!("127.0.0.1:{}", process.port));
        let child = command.stdout(Stdio::null()).stderr(log).spawn();
        *process.child() = Some(child.expect("the program starts"));
        let url = format!("{}/readyz", process.url);
        eventually("the server is ready", async || {
            let ready = self.http.get(&url).send().await;
            ready.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
    }

    /// Sends an event that nobody signed.
    pub async fn forge(&self) {
        let url = format!("{}/api/stripe/webhook", self.processes[0].url);
        let forged = self.http.post(url).header("stripe-signature", "t=1,v1=00");
        forged.body("{}").send().await.expect("an answer");
    }

    /// Variables of all commands and starts from now on.
    pub fn set(&mut self, settings: &[(&str, &str)]) {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        self.settings = settings.iter().map(own).collect();
    }

    /// The value of a variable that is set.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let mut found = self.settings.iter().filter(|(of, _)| of == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The folder of the database and the master key.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Everything logged so far, of all starts.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).expect("the log is read")
    }

    /// A call of the first one's JSON API: POST where there is a body. `None` where nobody answers.
    pub async fn call(&self, path: &str, body: Option<&Value>) -> Option<Value> {
        self.call_at(0, path, body).await
    }

    /// A call of one's JSON API: POST where there is a body. `None` where nobody answers.
    async fn call_at(&self, number: usize, path: &str, body: Option<&Value>) -> Option<Value> {
        let url = format!("{}{path}", self.processes[number].url);
        let request = match body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(url),
        };
        let token = format!("ExisOneApi {}", self.token);
        let answer = request.header("authorization", token).send().await.ok()?;
        let status = answer.status();
        let json: Value = answer.json().await.ok()?;
        assert!(status.is_success(), "{path}: {status} {json}");
        Some(json)
    }

    /// Opens a checkout at one; answers the session's id, or nothing where nobody answers.
    pub async fn check_out(&self, number: usize, quantity: u16) -> Option<String> {
        let body = json!({ "productId": self.product, "quantity": quantity, "livemode": false });
        let path = "/api/stripe/checkout/session";
        let made = self.call_at(number, path, Some(&body)).await?;
        Some(made["id"].as_str().expect("an id").to_owned())
    }

    /// All licences, newest first.
    pub async fn licenses(&self) -> Vec<Value> {
        let answer = self.call("/api/license/?livemode=false", None).await;
        let list = answer.expect("the server answers");
        list.as_array().expect("a bare array").clone()
    }

    /// What the log must never tell.
    pub async fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![
            SECRET_KEY.to_owned(),
            SIGNING_SECRET.to_owned(),
            self.token.rsplit('_').next().expect("a half").to_owned(),
        ];
        for license in self.licenses().await {
            let key = license["activationKey"].as_str().expect("a key");
            secrets.push(key.to_owned());
            secrets.push(key.replace('-', ""));
        }
        secrets.extend(self.sandbox.mails().into_iter().flat_map(|m| m.recipients));
        secrets
    }

    /// Runs a command to its end; answers the one line that it prints.
    pub fn command(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
        let line = String::from_utf8(done.stdout).expect("a text");
        line.trim_end().to_owned()
    }

    /// Runs a command while the test goes on; it must end well.
    pub async fn command_beside(&self, arguments: &[&str]) {
        let mut command = self.prepare(arguments);
        let done = tokio::task::spawn_blocking(move || command.output()).await;
        let done = done.expect("it is waited for").expect("the program runs");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {said}");
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = self.prepare(arguments);
        command.output().expect("the program runs")
    }

    fn prepare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exisone"));
        let smtp = format!("smtp://{}", self.sandbox.smtp_addr());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("EXISONE_DATA_DIR", self.data())
            .env("EXISONE_SMTP_URL", smtp)
            .env("EXISONE_STRIPE_API_BASE", self.sandbox.base_url())
            .env("EXISONE_LOG", "trace")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        if let Some(database) = &self.database {
            command.env("EXISONE_DATABASE_URL", &database.url);
        }
        command
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Process {
    fn on_a_free_port() -> Self {
        let port = free_port();
        Self {
            url: format!("http://127.0.0.1:{port}"),
            port,
            child: Mutex::new(None),
        }
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            child.kill().expect("our own child is killed");
            child.wait().expect("it has ended");
        }
    }

    /// Asks it to stop and waits for its end; true where it ended well.
    pub fn stop(&self) -> bool {
        let Some(mut child) = self.child().take() else {
            return false;
        };
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status();
        assert!(asked.expect("kill runs").success());
        child.wait().expect("it has ended").success()
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().expect("nobody panics while it is held")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_log_tells_what_happens_but_no_key_token_secret_or_address() {
    let program = Program::start(Options::default()).await;
    let session = program.check_out(0, 2).await.expect("a page");
    let paid = program.sandbox.pay(&session, Outcome::Pay);
    paid.expect("the buyer pays");
    program.sandbox.wait_for_mails(1).await;
    assert!(program.sandbox.idle().await);
    // What is refused is told without its contents, too.
    program.forge().await;
    let secrets = program.secrets().await;
    assert_eq!(secrets.len(), 3 + 2 * 2 + 1);
    assert!(
        program.processes[0].stop(),
        "it ends well when it is asked to"
    );
    let log = program.log();
    assert!(log.contains("listening") && log.contains("stopping"));
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "the log tells a secret");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_set_up_code_is_forgotten_once_there_is_an_admin() {
    let program = Program::start(Options::default()).await;
    let code = program.data().join("setup-code");
    assert!(code.is_file(), "nobody can sign in yet");
    let email = "owner@example.com";
    let mut create = program.prepare(&["admin", "create", "--tenant", "1", "--email", email]);
    let mut child = create.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
    let child = child.as_mut().expect("the program starts");
    let mut password = child.stdin.take().expect("a pipe");
    std::io::Write::write_all(&mut password, b"correct horse battery\n").expect("it is read");
    drop(password);
    assert!(child.wait().expect("it has ended").success());
    assert!(program.processes[0].stop());
    program.serve(0).await;
    assert!(!code.exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_setting_stops_the_start_with_a_sentence_that_names_it() {
    let program = Program::start(Options::default()).await;
    for (name, value) in [
        ("EXISONE_LISTEN", "here"),
        ("EXISONE_DATABASE_URL", "mysql://x"),
        ("EXISONE_LISTN", "127.0.0.1:1"),
        ("EXISONE_MASTER_KEY", "short"),
    ] {
        let mut command = program.prepare(&["serve"]);
        command.env("EXISONE_LISTEN", "127.0.0.1:0");
        let done = command.env(name, value).output().expect("it runs");
        assert!(!done.status.success(), "{name}");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(said.contains(name), "{name}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}
