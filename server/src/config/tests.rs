//! Settings, checked as a whole.

use std::num::NonZeroU32;

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
        log: Some("info,store=loud".into()),
        mail_from: Some("ExisOne".into()),
        smtp_url: Some(SecretString::from("mail.example")),
        trusted_proxies: Some("10.0.0.0/33".into()),
        metrics_token: Some(SecretString::from("short")),
        metrics_listen: Some("9090".into()),
        previous_master_key: Some(SecretString::from("x")),
        ..Settings::default()
    };
    let said = problems(wrong);
    for name in [
        "EXISONE_LISTEN",
        "EXISONE_PUBLIC_URL",
        "EXISONE_DATABASE_URL",
        "EXISONE_LOG_FORMAT",
        "EXISONE_LOG is",
        "EXISONE_MAIL_FROM",
        "EXISONE_SMTP_URL",
        "EXISONE_TRUSTED_PROXIES",
        "EXISONE_METRICS_TOKEN",
        "EXISONE_METRICS_LISTEN",
        "EXISONE_PREVIOUS_MASTER_KEY",
    ] {
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn tls_is_a_pair_of_files_or_self_signed() {
    let set = |cert: Option<&str>, key: Option<&str>, word: Option<&str>| Settings {
        tls_cert: cert.map(PathBuf::from),
        tls_key: key.map(PathBuf::from),
        tls: word.map(str::to_owned),
        ..Settings::default()
    };
    let source = |settings: Settings| settings.check(Vec::new()).expect("fits").tls;
    assert_eq!(source(set(None, None, None)), None);
    let files = source(set(Some("c.pem"), Some("k.pem"), None));
    assert!(matches!(files, Some(TlsSource::Files { .. })));
    let config = set(None, None, Some("self-signed")).check(Vec::new());
    let config = config.expect("fits");
    assert_eq!(config.public_url(config.listen), "https://127.0.0.1:3000");
    for (wrong, named) in [
        (
            set(Some("c.pem"), None, None),
            "EXISONE_TLS_KEY go together",
        ),
        (
            set(None, Some("k.pem"), None),
            "EXISONE_TLS_KEY go together",
        ),
        (set(None, None, Some("yes")), "EXISONE_TLS is \"yes\""),
        (set(Some("c"), Some("k"), Some("self-signed")), "keep"),
    ] {
        let said = problems(wrong);
        assert!(said.contains(named), "{said}");
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
fn without_settings_the_limits_are_those_of_the_manual() {
    let config = Settings::default().check(Vec::new()).expect("fits");
    let limits = config.rate_limits;
    let limits = [limits.address, limits.token, limits.guesses];
    let manual = include_str!("../../../docs/operating.md");
    for (limit, name) in limits.into_iter().zip(["ADDRESS", "TOKEN", "GUESSES"]) {
        let limit = limit.expect("there is one");
        let row = format!("| `EXISONE_RATE_LIMIT_{name}` |");
        let row = manual.lines().find(|line| line.starts_with(&row));
        let row = row.expect("the manual names it");
        assert!(row.ends_with(&format!("| {limit} |")), "{row}");
    }
    assert_eq!(
        limits.map(|limit| limit.map(NonZeroU32::get)),
        [Some(1_200), Some(600), Some(20)]
    );
}
