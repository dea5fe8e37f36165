//! What may be set, as it is given: by flag, by variable, by file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

/// What may be set, as it was given. Every field is a flag, a variable and a line of `exisone.toml`.
#[derive(Args, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// File with settings [default: exisone.toml, where it exists]
    #[arg(long, env = "EXISONE_CONFIG", global = true)]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,
    /// Folder for the database, the master key and the set-up code [default: data]
    #[arg(long, env = "EXISONE_DATA_DIR", global = true)]
    pub(super) data_dir: Option<PathBuf>,
    /// A SQLite file, or a `PostgreSQL` database for many nodes [default: `sqlite://data/exisone.db`]
    #[arg(
        long,
        env = "EXISONE_DATABASE_URL",
        global = true,
        hide_env_values = true
    )]
    pub(super) database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, env = "EXISONE_LISTEN", global = true)]
    pub(super) listen: Option<String>,
    /// How browsers and Stripe reach this server [default: http:// or https:// and the address listened on]
    #[arg(long, env = "EXISONE_PUBLIC_URL", global = true)]
    pub(super) public_url: Option<String>,
    /// The server's certificate and those that vouch for it, PEM; with `EXISONE_TLS_KEY` the server
    /// speaks TLS itself, and takes new files without a restart
    #[arg(long, env = "EXISONE_TLS_CERT", global = true)]
    pub(super) tls_cert: Option<PathBuf>,
    /// The private key of `EXISONE_TLS_CERT`, PEM
    #[arg(long, env = "EXISONE_TLS_KEY", global = true)]
    pub(super) tls_key: Option<PathBuf>,
    /// self-signed: speak TLS with certificates from an authority of its own, data/ca.pem
    #[arg(long, env = "EXISONE_TLS", global = true)]
    pub(super) tls: Option<String>,
    /// The master key, 32 bytes in base64; never a flag, because flags can be seen by others
    #[arg(skip)]
    pub(super) master_key: Option<SecretString>,
    /// The key that `EXISONE_MASTER_KEY` replaces, while it is being changed; never a flag
    #[arg(skip)]
    pub(super) previous_master_key: Option<SecretString>,
    /// File that holds the master key, and the former one below it while it is being changed
    /// [default: data/master.key]
    #[arg(long, env = "EXISONE_MASTER_KEY_FILE", global = true)]
    pub(super) master_key_file: Option<PathBuf>,
    /// `smtp://user:password@host:587?tls=required`; never a flag. Absent: mails wait in the outbox
    #[arg(skip)]
    pub(super) smtp_url: Option<SecretString>,
    /// Sender of all mails [default: ExisOne <no-reply@ and the public URL's host>]
    #[arg(long, env = "EXISONE_MAIL_FROM", global = true)]
    pub(super) mail_from: Option<String>,
    /// Another base for Stripe's API, for a sandbox at home
    #[arg(long, env = "EXISONE_STRIPE_API_BASE", global = true)]
    pub(super) stripe_api_base: Option<String>,
    /// Proxies whose X-Forwarded-For is believed: addresses and networks, for example
    /// 10.0.0.5,172.16.0.0/12 [default: none]
    #[arg(long, env = "EXISONE_TRUSTED_PROXIES", global = true)]
    pub(super) trusted_proxies: Option<String>,
    /// Calls of the JSON API a minute from one address, or off [default: 1200]
    #[arg(long, env = "EXISONE_RATE_LIMIT_ADDRESS", global = true)]
    #[serde(deserialize_with = "number_or_word")]
    pub(super) rate_limit_address: Option<String>,
    /// Calls a minute from one address with one token, or off [default: 600]
    #[arg(long, env = "EXISONE_RATE_LIMIT_TOKEN", global = true)]
    #[serde(deserialize_with = "number_or_word")]
    pub(super) rate_limit_token: Option<String>,
    /// Calls a minute from one address with keys that do not exist, or off [default: 20]
    #[arg(long, env = "EXISONE_RATE_LIMIT_GUESSES", global = true)]
    #[serde(deserialize_with = "number_or_word")]
    pub(super) rate_limit_guesses: Option<String>,
    /// Who brings this as a Bearer token may read /metrics; never a flag. Absent: no such page
    #[arg(skip)]
    pub(super) metrics_token: Option<SecretString>,
    /// Serve /metrics on an address and port of its own, for example 127.0.0.1:9090
    #[arg(long, env = "EXISONE_METRICS_LISTEN", global = true)]
    pub(super) metrics_listen: Option<String>,
    /// What is logged, for example info or info,store=debug [default: info]
    #[arg(long, env = "EXISONE_LOG", global = true)]
    pub(super) log: Option<String>,
    /// text or json [default: text]
    #[arg(long, env = "EXISONE_LOG_FORMAT", global = true)]
    pub(super) log_format: Option<String>,
}

/// `600` and `"600"` mean the same.
fn number_or_word<'de, D: Deserializer<'de>>(source: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Number(i64),
        Word(String),
    }
    Ok(Some(match Either::deserialize(source)? {
        Either::Number(number) => number.to_string(),
        Either::Word(word) => word,
    }))
}

/// Variables that are no flags, because other users of the machine can read flags.
pub(super) const SECRET_VARIABLES: [&str; 4] = [
    "EXISONE_MASTER_KEY",
    "EXISONE_PREVIOUS_MASTER_KEY",
    "EXISONE_SMTP_URL",
    "EXISONE_METRICS_TOKEN",
];

impl Settings {
    /// What is missing here comes from `other`.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            config: self.config,
            data_dir: self.data_dir.or(other.data_dir),
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            tls: self.tls.or(other.tls),
            master_key: self.master_key.or(other.master_key),
            previous_master_key: self.previous_master_key.or(other.previous_master_key),
            master_key_file: self.master_key_file.or(other.master_key_file),
            smtp_url: self.smtp_url.or(other.smtp_url),
            mail_from: self.mail_from.or(other.mail_from),
            stripe_api_base: self.stripe_api_base.or(other.stripe_api_base),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            rate_limit_address: self.rate_limit_address.or(other.rate_limit_address),
            rate_limit_token: self.rate_limit_token.or(other.rate_limit_token),
            rate_limit_guesses: self.rate_limit_guesses.or(other.rate_limit_guesses),
            metrics_token: self.metrics_token.or(other.metrics_token),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            log: self.log.or(other.log),
            log_format: self.log_format.or(other.log_format),
        }
    }
}

/// A misspelt variable would be silently without effect; so it stops the start.
pub(super) fn unknown_variables(names: impl Iterator<Item = std::ffi::OsString>) -> Vec<String> {
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
        .map(|name| format!("{name} is not a setting. `exisone serve --help` lists them all."))
        .collect()
}

pub(super) fn read_file(named: Option<&Path>) -> Result<Option<Settings>, String> {
    let path = named.unwrap_or(Path::new("exisone.toml"));
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(None);
        }
        Err(error) => {
            return Err(format!(
                "{} (EXISONE_CONFIG) cannot be read: {error}.",
                path.display()
            ));
        }
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
                "{} (EXISONE_CONFIG) cannot be used, near line {line}: {what}.",
                path.display()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_variables_are_named() {
        let names = [
            "EXISONE_LISTN",
            "EXISONE_TLS_CRT",
            "EXISONE_LISTEN",
            "EXISONE_SMTP_URL",
            "PATH",
        ];
        let said = unknown_variables(names.into_iter().map(Into::into)).join("\n");
        assert!(said.contains("EXISONE_LISTN ") && said.contains("EXISONE_TLS_CRT "));
        assert_eq!(said.lines().count(), 2);
    }

    #[test]
    fn an_unknown_line_of_the_file_is_refused() {
        assert!(toml::from_str::<Settings>("listne = \"x\"").is_err());
    }
}
