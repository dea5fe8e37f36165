//! Settings: flags, then `EXISONE_*` variables, then `exisone.toml`; checked as a whole at start.
//!
//! The environment is read here and nowhere else. Secrets are wrapped as soon as they are read.

mod rate_limits;
mod settings;

use std::env::VarError;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;

use crate::middleware::client_address::TrustedProxies;
use crate::middleware::rate_limit::RateLimitSettings;
use crate::tls::TlsSource;

pub use settings::Settings;
use settings::{read_file, unknown_variables};

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
    /// Given in `EXISONE_MASTER_KEY`, with the one that it replaces in `EXISONE_PREVIOUS_MASTER_KEY`.
    Given {
        /// The wanted one.
        present: SecretString,
        /// The one that it replaces, while it is being changed.
        previous: Option<SecretString>,
    },
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
    /// Where the certificate comes from, if the server speaks TLS itself.
    pub tls: Option<TlsSource>,
    /// Where the master key comes from.
    pub master_key: MasterKeySource,
    /// The mail server, if there is one.
    pub smtp_url: Option<SecretString>,
    /// The sender, if one is set.
    pub mail_from: Option<String>,
    /// Another base for Stripe's API.
    pub stripe_api_base: Option<String>,
    /// Proxies whose word about the client's address is believed.
    pub trusted_proxies: TrustedProxies,
    /// How much callers of the API may ask.
    pub rate_limits: RateLimitSettings,
    /// Who brings it may read the metrics.
    pub metrics_token: Option<SecretString>,
    /// Where the metrics are served, if not with everything else.
    pub metrics_listen: Option<SocketAddr>,
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
        let mut secret = |name| match std::env::var(name) {
            Ok(value) => Some(SecretString::from(value)),
            Err(VarError::NotPresent) => None,
            Err(VarError::NotUnicode(_)) => {
                problems.push(format!("{name} is no text in UTF-8."));
                None
            }
        };
        settings.master_key = secret("EXISONE_MASTER_KEY");
        settings.previous_master_key = secret("EXISONE_PREVIOUS_MASTER_KEY");
        settings.smtp_url = secret("EXISONE_SMTP_URL");
        settings.metrics_token = secret("EXISONE_METRICS_TOKEN");
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
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("{scheme}://{listening}"))
    }
}

impl Settings {
    fn check(self, mut problems: Vec<String>) -> Result<Config, ConfigProblems> {
        let rate_limits = rate_limits::check(&self, &mut problems);
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
        let listen = socket("EXISONE_LISTEN", listen, &mut problems);
        let metrics_listen = self
            .metrics_listen
            .map(|text| socket("EXISONE_METRICS_LISTEN", &text, &mut problems));
        let trusted_proxies = self.trusted_proxies.as_deref().unwrap_or_default();
        let trusted_proxies = trusted_proxies.parse().unwrap_or_else(|wrong| {
            problems.push(format!(
                "EXISONE_TRUSTED_PROXIES: {wrong} is neither an address nor a network; \
                 it must read like 10.0.0.5,172.16.0.0/12."
            ));
            TrustedProxies::default()
        });
        let public_url = self
            .public_url
            .and_then(|url| origin("EXISONE_PUBLIC_URL", &url, &mut problems));
        let stripe_api_base = self
            .stripe_api_base
            .and_then(|url| origin("EXISONE_STRIPE_API_BASE", &url, &mut problems));
        let files = (self.tls_cert, self.tls_key);
        let tls = tls(files, self.tls.as_deref(), &data_dir, &mut problems);
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
        let log = self.log.unwrap_or_else(|| "info".into());
        problems.extend(unreadable_log(&log));
        problems.extend(self.mail_from.as_deref().and_then(unreadable_sender));
        if self.metrics_token.as_ref().is_some_and(is_guessable) {
            problems.push(
                "EXISONE_METRICS_TOKEN must have 16 characters at least, without spaces.".into(),
            );
        }
        if self.previous_master_key.is_some() && self.master_key.is_none() {
            problems.push(
                "EXISONE_PREVIOUS_MASTER_KEY goes with EXISONE_MASTER_KEY; in a file, the former \
                 key stands below the new one."
                    .into(),
            );
        }
        if self.master_key.is_some() && self.master_key_file.is_some() {
            problems.push(
                "EXISONE_MASTER_KEY and EXISONE_MASTER_KEY_FILE are both set; keep one of them."
                    .into(),
            );
        }
        problems.extend(self.smtp_url.as_ref().and_then(unreadable_smtp));
        if !problems.is_empty() {
            return Err(ConfigProblems(problems));
        }
        let master_key = match self.master_key {
            Some(present) => MasterKeySource::Given {
                present,
                previous: self.previous_master_key,
            },
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
            tls,
            master_key,
            smtp_url: self.smtp_url,
            mail_from: self.mail_from,
            stripe_api_base,
            trusted_proxies,
            rate_limits,
            metrics_token: self.metrics_token,
            metrics_listen,
            log,
            log_format,
        })
    }
}

fn unreadable_log(filter: &str) -> Option<String> {
    let is_read = EnvFilter::try_new(filter).is_ok();
    (!is_read)
        .then(|| format!("EXISONE_LOG is {filter:?}; it must read like info or info,store=debug."))
}

fn unreadable_sender(from: &str) -> Option<String> {
    let is_read = from.parse::<Mailbox>().is_ok();
    (!is_read).then(|| {
        "EXISONE_MAIL_FROM must read like keys@licences.example or ACME <keys@licences.example>."
            .into()
    })
}

fn unreadable_smtp(url: &SecretString) -> Option<String> {
    let is_known = ["smtp://", "smtps://"]
        .iter()
        .any(|s| url.expose_secret().starts_with(s));
    (!is_known).then(|| "EXISONE_SMTP_URL must begin with smtp:// or smtps://.".into())
}

fn tls(
    (certificate, key): (Option<PathBuf>, Option<PathBuf>),
    word: Option<&str>,
    data_dir: &Path,
    problems: &mut Vec<String>,
) -> Option<TlsSource> {
    let problem = match (certificate, key, word) {
        (None, None, None) => return None,
        (Some(certificate), Some(key), None) => {
            return Some(TlsSource::Files { certificate, key });
        }
        (None, None, Some("self-signed")) => {
            let folder = data_dir.to_path_buf();
            return Some(TlsSource::SelfSigned { folder });
        }
        (_, _, Some(other)) if other != "self-signed" => {
            format!("EXISONE_TLS is {other:?}; it must be self-signed, or not set.")
        }
        (_, _, Some(_)) => {
            "EXISONE_TLS and EXISONE_TLS_CERT or EXISONE_TLS_KEY are both set; keep \
             the certificate of your own, or self-signed."
                .into()
        }
        _ => "EXISONE_TLS_CERT and EXISONE_TLS_KEY go together; set both.".into(),
    };
    problems.push(problem);
    None
}

fn socket(name: &str, text: &str, problems: &mut Vec<String>) -> SocketAddr {
    text.parse().unwrap_or_else(|_| {
        problems.push(format!(
            "{name} is {text:?}; it must be an address and a port, for example 127.0.0.1:3000."
        ));
        SocketAddr::from(([127, 0, 0, 1], 3000))
    })
}

fn is_guessable(token: &SecretString) -> bool {
    let token = token.expose_secret();
    token.len() < 16 || !token.bytes().all(|byte| byte.is_ascii_graphic())
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

#[cfg(test)]
mod tests;
