//! The program as it is shipped, started as a process of our own: its commands, what it says, its stop.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard};

use sandbox::{NewEndpoint, Options, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::TestDatabase;
use crate::harness::{SECRET_KEY, SIGNING_SECRET, eventually};

/// The program with data, a sandbox and a shop of its own; one process, or several on one database.
pub struct Program {
    pub sandbox: Sandbox,
    pub processes: Vec<Process>,
    pub http: reqwest::Client,
    product: i64,
    token: String,
    settings: Vec<(String, String)>,
    folder: TempDir,
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
        let permissions = ["--permissions", "verify,generate,manage"];
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
        self.start_process(process, self.prepare(&["serve"])).await;
    }

    /// Starts one more to serve what lies in a folder: a copy of the data, without a mail server.
    pub async fn serve_copy(&self, folder: &Path) -> Process {
        let process = Process::on_a_free_port();
        let mut command = self.prepare(&["serve"]);
        command
            .env("EXISONE_DATA_DIR", folder)
            .env_remove("EXISONE_SMTP_URL");
        self.start_process(&process, command).await;
        process
    }

    /// Starts one more from another copy of the program, with data of its own.
    #[cfg(feature = "embed")]
    pub async fn serve_file(&self, program: &Path, data: &Path) -> Process {
        let process = Process::on_a_free_port();
        let mut command = self.with_settings(Command::new(program));
        command.arg("serve").env("EXISONE_DATA_DIR", data);
        self.start_process(&process, command).await;
        process
    }

    async fn start_process(&self, process: &Process, mut command: Command) {
        let log = appending(&self.log_file());
        let printed = appending(&self.printed_file());
        command.env("EXISONE_LISTEN", format!("127.0.0.1:{}", process.port));
        let child = command.stdout(printed).stderr(log).spawn();
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

    /// Variables of all commands and starts from now on; an empty value takes one away.
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

    /// Everything printed so far, of all starts.
    pub fn printed(&self) -> String {
        fs::read_to_string(self.printed_file()).expect("it is read")
    }

    /// A GET of the first one's JSON API, whatever comes of it.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.processes[0].url));
        let token = format!("ExisOneApi {}", self.token);
        let answer = request.header("authorization", token).send().await;
        answer.expect("an answer")
    }

    /// A call of the first one's JSON API: POST where there is a body. `None` where nobody answers.
    pub async fn call(&self, path: &str, body: Option<&Value>) -> Option<Value> {
        self.call_at(&self.processes[0], path, body).await
    }

    /// A call of one's JSON API: POST where there is a body. `None` where nobody answers.
    pub async fn call_at(
        &self,
        process: &Process,
        path: &str,
        body: Option<&Value>,
    ) -> Option<Value> {
        let url = format!("{}{path}", process.url);
        let request = match body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(url),
        };
        let token = format!("ExisOneApi {}", self.token);
        let request = request.header("accept", "application/json");
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
        let process = &self.processes[number];
        let made = self.call_at(process, path, Some(&body)).await?;
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

    /// Makes an owner of this tenant.
    pub fn add_owner(&self, (tenant, email): (&str, &str), password: &str) {
        let create = ["admin", "create", "--tenant", tenant, "--email", email];
        let done = self.run_with(&create, password);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
    }

    /// Runs a command to its end that reads a line.
    pub fn run_with(&self, arguments: &[&str], line: &str) -> Output {
        let mut command = self.prepare(arguments);
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let child = piped.stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the program starts");
        let mut input = child.stdin.take().expect("a pipe");
        writeln!(input, "{line}").expect("it is read");
        drop(input);
        child.wait_with_output().expect("it has ended")
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

    /// A command with this program's settings.
    pub fn prepare(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_exisone"));
        command.args(arguments);
        self.with_settings(command)
    }

    fn with_settings(&self, mut command: Command) -> Command {
        let smtp = format!("smtp://{}", self.sandbox.smtp_addr());
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("EXISONE_DATA_DIR", self.data())
            .env("EXISONE_SMTP_URL", smtp)
            .env("EXISONE_STRIPE_API_BASE", self.sandbox.base_url())
            .env("EXISONE_LOG", "trace")
            .stdin(Stdio::null());
        for (name, value) in &self.settings {
            match value.as_str() {
                "" => command.env_remove(name),
                value => command.env(name, value),
            };
        }
        if let Some(database) = &self.database {
            command.env("EXISONE_DATABASE_URL", &database.url);
        }
        command
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn printed_file(&self) -> PathBuf {
        self.folder.path().join("printed")
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

fn appending(path: &Path) -> File {
    let file = File::options().create(true).append(true).open(path);
    file.expect("it is opened")
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
