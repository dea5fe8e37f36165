//! Settings: flags, then `EXISONE_*` variables, then `exisone.toml`; checked as a whole at start.
//!
//! The environment is read here and nowhere else. Secrets are wrapped as soon as they are read.

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What may be set, as it was given. Every field is a flag, a variable and a line of `exisone.toml`.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// File with settings [default: exisone.toml, where it exists]
    #[arg(long, env = "EXISONE_CONFIG", global = true)]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// Folder for the database, the master key and the set-up code [default: data]
    #[arg(long, env = "EXISONE_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// A SQLite file, or a `PostgreSQL` database for many nodes [default: `sqlite://data/exisone.db`]
    #[arg(
        long,
        env = "EXISONE_DATABASE_URL",
        global = true,
        hide_env_values = true
    )]
    database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "EXISONE_LISTEN", global = true)]
    listen: Option<String>,
    /// How browsers and Stripe reach this server [default: http:// and the address listened on]
    #[arg(long, env = "EXISONE_PUBLIC_URL", global = true)]
    public_url: Option<String>,
    /// The master key, 32 bytes in base64; never a flag, because flags can be seen by others
    #[arg(skip)]
    master_key: Option<SecretString>,
    /// File that holds the master key [default: data/master.key]
    #[arg(long, env = "EXISONE_MASTER_KEY_FILE", global = true)]
    master_key_file: Option<PathBuf>,
    /// `smtp://user:password@host:587?tls=required`; never a flag. Absent: mails wait in the outbox
    #[arg(skip)]
    smtp_url: Option<SecretString>,
    /// Sender of all mails [default: ExisOne <no-reply@ and the public URL's host>]
    #[arg(long, env = "EXISONE_MAIL_FROM", global = true)]
    mail_from: Option<String>,
    /// Another base for Stripe's API, for a sandbox at home
    #[arg(long, env = "EXISONE_STRIPE_API_BASE", global = true)]
    stripe_api_base: Option<String>,
    /// What is logged, for example info or info,store=debug [default: info]
    #[arg(long, env = "EXISONE_LOG", global = true)]
    log: Option<String>,
    /// text or json [default: text]
    #[arg(long, env = "EXISONE_LOG_FORMAT", global = true)]
    log_format: Option<String>,
}

/// Variables that are no flags, because other users of the machine can read flags.
const SECRET_VARIABLES: [&str; 2] = ["EXISONE_MASTER_KEY", "EXISONE_SMTP_URL"];

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum MasterKeySource {
    /// Given in `EXISONE_MASTER_KEY`.
    Given(SecretString),
    /// Kept in a file.
    File(PathBuf),
}

/// Settings that make sense together.
#[derive(Debug, Clone)]
pub struct Config {
    /// Folder for the database, the master key and the set-up code.
    pub data_dir: PathBuf,
    /// The database; the URL may hold a password.
    pub database_url: SecretString,
    /// Where to listen.
    pub listen: SocketAddr,
    /// `https://host[:port]`, without a trailing slash. `None`: made from the address in use.
    pub public_url: Option<String>,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// The mail server, if there is one.
    pub smtp_url: Option<SecretString>,
    /// The sender, if one is set.
    pub mail_from: Option<String>,
    /// Another base for Stripe's API.
    pub stripe_api_base: Option<String>,
    /// Filter of the log.
    pub log: String,
    /// How log lines look.
    pub log_format: LogFormat,
}

/// Everything that is wrong with the settings, a sentence each.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigProblems(Vec<String>);

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for ConfigProblems {}

impl Config {
    /// Reads variables and file behind the given flags, and checks all as a whole.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn load(flags: Settings) -> Result<Self, ConfigProblems> {
        let mut problems = unknown_variables(std::env::vars_os().map(|(name, _)| name));
        let mut settings = flags;
        settings.master_key = std::env::var("EXISONE_MASTER_KEY").ok().map(Into::into);
        settings.smtp_url = std::env::var("EXISONE_SMTP_URL").ok().map(Into::into);
        match read_file(settings.config.as_deref()) {
            Ok(Some(file)) => settings = settings.or(file),
            Ok(None) => {}
            Err(problem) => problems.push(problem),
        }
        settings.check(problems)
    }

    /// True where the database is a SQLite file of our own.
    pub fn is_sqlite(&self) -> bool {
        self.database_url.expose_secret().starts_with("sqlite:")
    }

    /// The file that the set-up code is written to.
    pub fn setup_code_file(&self) -> PathBuf {
        self.data_dir.join("setup-code")
    }

    /// The public URL, where `listening` is the address in use.
    pub fn public_url(&self, listening: SocketAddr) -> String {
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{listening}"))
    }
}

impl Settings {
    /// What is missing here comes from `other`.
    fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            master_key: self.master_key.or(other.master_key),
            master_key_file: self.master_key_file.or(other.master_key_file),
            smtp_url: self.smtp_url.or(other.smtp_url),
            mail_from: self.mail_from.or(other.mail_from),
            stripe_api_base: self.stripe_api_base.or(other.stripe_api_base),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
        }
    }

    fn check(self, mut problems: Vec<String>) -> Result<Config, ConfigProblems> {
        let data_dir = self.data_dir.unwrap_or_else(|| PathBuf::from("data"));
        let database_url = self.database_url.filter(|url| !url.is_empty());
        let database_url = database_url
            .unwrap_or_else(|| format!("sqlite://{}", data_dir.join("exisone.db").display()));
        if !["sqlite:", "postgres://", "postgresql://"]
            .iter()
            .any(|s| database_url.starts_with(s))
        {
            problems.push("EXISONE_DATABASE_URL must begin with sqlite:// or postgres://.".into());
        }
        let listen = self.listen.as_deref().unwrap_or("127.0.0.1:3000");
        let listen = listen.parse().unwrap_or_else(|_| {
            problems.push(format!(
                "EXISONE_LISTEN is {listen:?}; it must be an address and a port, for example 127.0.0.1:3000."
            ));
            SocketAddr::from(([127, 0, 0, 1], 3000))
        });
        let public_url = self
            .public_url
            .and_then(|url| origin("EXISONE_PUBLIC_URL", &url, &mut problems));
        let stripe_api_base = self
            .stripe_api_base
            .and_then(|url| origin("EXISONE_STRIPE_API_BASE", &url, &mut problems));
        let log_format = match self.log_format.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                problems.push(format!(
                    "EXISONE_LOG_FORMAT is {other:?}; it must be text or json."
                ));
                LogFormat::Text
            }
        };
        if self.master_key.is_some() && self.master_key_file.is_some() {
            problems.push(
                "EXISONE_MASTER_KEY and EXISONE_MASTER_KEY_FILE are both set; keep one of them."
                    .into(),
            );
        }
        if let Some(url) = &self.smtp_url {
            let known = ["smtp://", "smtps://"]
                .iter()
                .any(|s| url.expose_secret().starts_with(s));
            if !known {
                problems.push("EXISONE_SMTP_URL must begin with smtp:// or smtps://.".into());
            }
        }
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        let master_key = match self.master_key {
            Some(key) => MasterKeySource::Given(key),
            None => MasterKeySource::File(
                self.master_key_file
                    .unwrap_or_else(|| data_dir.join("master.key")),
            ),
        };
        Ok(Config {
            data_dir,
            database_url: database_url.into(),
            listen,
            public_url,
            master_key,
            smtp_url: self.smtp_url,
            mail_from: self.mail_from,
            stripe_api_base,
            log: self.log.unwrap_or_else(|| "info".into()),
            log_format,
        })
    }
}

/// `scheme://host[:port]` without a trailing slash; anything else is a problem that names the setting.
fn origin(name: &str, url: &str, problems: &mut Vec<String>) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let parsed: Option<http::Uri> = url.parse().ok();
    let is_origin = parsed.as_ref().is_some_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.path_and_query().is_none_or(|p| p.as_str() == "/")
    });
    if is_origin {
        return Some(url.to_owned());
    }
    problems.push(format!(
        "{name} must read http://host or https://host, with a port if needed and no path."
    ));
    None
}

/// A misspelt variable would be silently without effect; so it stops the start.
fn unknown_variables(names: impl Iterator<Item = std::ffi::OsString>) -> Vec<String> {
    let command = <Settings as Args>::augment_args(clap::Command::new("exisone"));
    let known: BTreeSet<String> = command
        .get_arguments()
        .filter_map(|arg| {
            arg.get_env()
                .map(|name| name.to_string_lossy().into_owned())
        })
        .chain(SECRET_VARIABLES.map(String::from))
        .collect();
    names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.starts_with("EXISONE_") && !known.contains(name))
        .map(|name| {
            if name.starts_with("EXISONE_TLS") {
                return format!("{name} is reserved: this version does not speak TLS itself. Put a proxy before it.");
            }
            format!("{name} is not a setting. `exisone serve --help` lists them all.")
        })
        .collect()
}

fn read_file(named: Option<&Path>) -> Result<Option<Settings>, String> {
    let path = named.unwrap_or(Path::new("exisone.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => return Err(format!("{} cannot be read: {error}.", path.display())),
    };
    // The parser's message would quote the line, which may hold a secret.
    toml::from_str(&text)
        .map(Some)
        .map_err(|error: toml::de::Error| {
            let line = error
                .span()
                .map_or(0, |s| text[..s.start].lines().count().max(1));
            let what = error.message();
            format!(
                "{} cannot be used, near line {line}: {what}.",
                path.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(settings: Settings) -> String {
        settings
            .check(Vec::new())
            .map_or_else(|e| e.to_string(), |_| String::new())
    }

    #[test]
    fn nothing_set_is_a_server_on_sqlite_at_home() {
        let config = Settings::default()
            .check(Vec::new())
            .expect("the defaults fit together");
        assert!(config.is_sqlite());
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.public_url(config.listen), "http://127.0.0.1:3000");
        assert_eq!(config.setup_code_file(), Path::new("data/setup-code"));
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_remedy() {
        let wrong = Settings {
            listen: Some("3000".into()),
            public_url: Some("licences.example/x".into()),
            database_url: Some("mysql://x".into()),
            log_format: Some("xml".into()),
            smtp_url: Some(SecretString::from("mail.example")),
            ..Settings::default()
        };
        let said = problems(wrong);
        for name in [
            "EXISONE_LISTEN",
            "EXISONE_PUBLIC_URL",
            "EXISONE_DATABASE_URL",
            "EXISONE_LOG_FORMAT",
            "EXISONE_SMTP_URL",
        ] {
            assert!(said.contains(name), "{said}");
        }
    }

    #[test]
    fn flags_come_before_the_file() {
        let flags = Settings {
            listen: Some("127.0.0.1:1".into()),
            ..Settings::default()
        };
        let file: Settings =
            toml::from_str("listen = \"127.0.0.1:2\"\npublic_url = \"https://a.example/\"")
                .expect("reads");
        let config = flags.or(file).check(Vec::new()).expect("fits");
        assert_eq!(config.listen.port(), 1);
        assert_eq!(config.public_url.as_deref(), Some("https://a.example"));
    }

    #[test]
    fn misspelt_and_reserved_variables_are_named() {
        let names = [
            "EXISONE_LISTN",
            "EXISONE_TLS_CERT",
            "EXISONE_LISTEN",
            "EXISONE_SMTP_URL",
            "PATH",
        ];
        let said = unknown_variables(names.into_iter().map(Into::into)).join("\n");
        assert!(said.contains("EXISONE_LISTN ") && said.contains("EXISONE_TLS_CERT is reserved"));
        assert_eq!(said.lines().count(), 2);
    }

    #[test]
    fn an_unknown_line_of_the_file_is_refused() {
        assert!(toml::from_str::<Settings>("listne = \"x\"").is_err());
    }
}
