//! How the program starts, as a person sees it: what it prints, what it refuses, and its other commands.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Output;

use reqwest::StatusCode;
use sandbox::{Options, Outcome};
use serde_json::Value;

use crate::browser::{Browser, sent_to};
use crate::database::TestDatabase;
use crate::harness::eventually;
use crate::program::Program;

const PASSWORD: &str = "correct horse battery";

/// What a set-up with this code comes to: where it leads.
async fn set_up(browser: &Browser, code: &str) -> String {
    let form = [
        ("code", code),
        ("tenantName", "Fresh Fish"),
        ("email", "owner@example.com"),
        ("password", PASSWORD),
    ];
    let answer = browser.submit(("/set-up", "/ui/set_up"), &form).await;
    sent_to(&answer).to_owned()
}

/// The code that the start printed: the only line of its shape.
fn printed_code(program: &Program) -> String {
    let printed = program.printed();
    let is_code = |line: &&str| line.len() == 19 && line.matches('-').count() == 3;
    let codes: Vec<&str> = printed.lines().map(str::trim).filter(is_code).collect();
    assert_eq!(codes.len(), 1, "one code is printed");
    codes[0].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_code_that_the_start_prints_makes_the_first_person_and_nobody_after() {
    let program = Program::start(Options::default()).await;
    let browser = Browser::at(&program.processes[0].url);
    let file = program.data().join("setup-code");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&file).expect("it is there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    for page in ["/", "/licenses"] {
        assert_eq!(sent_to(&browser.open(page).await), "/set-up");
    }
    let page = browser.open("/set-up").await;
    assert_eq!(page.status(), StatusCode::OK);
    let code = printed_code(&program);
    let kept = fs::read_to_string(&file).expect("it is read");
    assert_eq!(kept.trim(), code);
    assert!(
        set_up(&browser, "AAAA-AAAA-AAAA-AAAA")
            .await
            .contains("flash=")
    );
    assert_eq!(set_up(&browser, &code).await, "/");
    let page = browser.open("/").await;
    assert_eq!(page.status(), StatusCode::OK, "the owner is in");
    let stranger = Browser::at(&program.processes[0].url);
    let page = stranger.open("/set-up").await;
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert_ne!(set_up(&stranger, &code).await, "/");
    assert_eq!(stranger.cookie("exisone"), None, "the code opens nothing");
    assert_eq!(sent_to(&stranger.open("/").await), "/sign-in?next=%2F");
    assert!(program.processes[0].stop());
    program.serve(0).await;
    assert!(!file.exists(), "it is forgotten");
    assert_eq!(printed_code(&program), code, "no other is printed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_before_there_is_an_admin_prints_the_same_code_again() {
    let program = Program::start(Options::default()).await;
    let code = printed_code(&program);
    assert!(program.processes[0].stop());
    program.serve(0).await;
    assert_eq!(program.printed().matches(&code).count(), 2);
    program.add_owner(("1", "owner@example.com"), PASSWORD);
    assert!(program.processes[0].stop());
    program.serve(0).await;
    assert!(!program.data().join("setup-code").exists());
    assert_eq!(program.printed().matches(&code).count(), 2);
}

/// A start that must not succeed says this.
fn refusal(program: &Program, (name, value): (&str, impl AsRef<OsStr>)) -> String {
    let mut command = program.prepare(&["serve"]);
    command.env("EXISONE_LISTEN", "127.0.0.1:0");
    let Output { status, stderr, .. } = command.env(name, value).output().expect("it runs");
    assert!(!status.success(), "{name}");
    String::from_utf8(stderr).expect("a text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_setting_stops_the_start_with_a_sentence_that_names_it() {
    let program = Program::start(Options::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("it is written");
        path.to_str().expect("a readable path").to_owned()
    };
    let (key_file, no_folder) = (file("short.key", "c2hvcnQ=\n"), file("file", ""));
    let folder_in_the_way = folder.path().join("data");
    fs::create_dir_all(folder_in_the_way.join("exisone.db")).expect("a folder");
    let folder_in_the_way = folder_in_the_way.to_str().expect("a readable path");
    let absent = &*file("present.toml", "").replace("present", "absent");
    let misspelt = file("misspelt.toml", "listne = \"127.0.0.1:1\"\n");
    // What is named besides: the file or folder, where it is the setting's own.
    for (name, value, besides) in [
        ("EXISONE_LISTEN", "here", ""),
        ("EXISONE_DATABASE_URL", "mysql://x", ""),
        ("EXISONE_LISTN", "127.0.0.1:1", ""),
        ("EXISONE_MASTER_KEY", "short", ""),
        ("EXISONE_MASTER_KEY_FILE", &key_file, &*key_file),
        (
            "EXISONE_MASTER_KEY_FILE",
            folder_in_the_way,
            folder_in_the_way,
        ),
        ("EXISONE_DATA_DIR", &no_folder, &*no_folder),
        ("EXISONE_DATA_DIR", folder_in_the_way, ""),
        ("EXISONE_CONFIG", absent, absent),
        ("EXISONE_CONFIG", &misspelt, &*misspelt),
    ] {
        let said = refusal(&program, (name, value));
        assert!(said.contains(name), "{name}={value}: {said}");
        assert!(said.contains(besides), "{name}={value}: {said}");
        assert!(!said.contains("panicked"), "{said}");
        assert!(!said.contains("c2hvcnQ="), "the key's text is not told");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_that_is_no_text_is_not_taken_for_one_that_is_not_set() {
    let program = Program::start(Options::default()).await;
    for name in ["EXISONE_MASTER_KEY", "EXISONE_SMTP_URL"] {
        let said = refusal(&program, (name, OsStr::from_bytes(b"smtp://a:\xe4@b")));
        assert!(said.contains(&format!("{name} is no text")), "{said}");
        assert!(!said.contains("a:"), "its value is not told: {said}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_master_key_a_start_names_the_command_that_makes_one_and_makes_none() {
    let program = Program::start(Options::default()).await;
    let session = program.check_out(0, 1).await.expect("a page");
    let paid = program.sandbox.pay(&session, Outcome::Pay);
    paid.expect("the buyer pays");
    assert!(program.sandbox.idle().await);
    let sold = async || {
        let licenses = program.licenses().await;
        assert_eq!(licenses.len(), 1);
        licenses[0]["activationKey"].clone()
    };
    let key = sold().await;
    assert!(program.processes[0].stop());
    let file = program.data().join("master.key");
    let aside = program.data().join("aside.key");
    fs::rename(&file, &aside).expect("it is moved");
    let postgres = TestDatabase::postgres();
    // The existing database on SQLite, and a new one that all nodes would share.
    let mut starts = vec![("EXISONE_LISTEN", "127.0.0.1:0")];
    match &postgres {
        Some(database) => starts.push(("EXISONE_DATABASE_URL", database.url.as_str())),
        None => println!("not on PostgreSQL: TEST_POSTGRES_URL is not set"),
    }
    for setting in starts {
        let said = refusal(&program, setting);
        let sentence = format!("there is no master key at {}", file.display());
        assert!(said.contains(&sentence), "{said}");
        assert!(said.contains("exisone master-key generate"), "{said}");
        assert!(!file.exists(), "no other key is made");
    }
    fs::rename(&aside, &file).expect("it is moved back");
    program.serve(0).await;
    assert_eq!(sold().await, key, "it opens with its own key");
}

/// The URL that the first app's events are sent to.
async fn webhook_url(program: &Program) -> String {
    let apps = program.call("/api/stripe/apps", None).await;
    let apps = apps.expect("the server answers");
    apps[0]["webhookUrl"].as_str().expect("a URL").to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settings_file_in_the_working_folder_is_read_and_a_variable_goes_before_it() {
    let mut program = Program::start(Options::default()).await;
    assert!(program.processes[0].stop());
    let file = program.data().with_file_name("exisone.toml");
    let text = "listen = \"here\"\npublic_url = \"https://file.example\"\n";
    fs::write(file, text).expect("it is written");
    let refused = program.run(&["serve"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(said.contains("EXISONE_LISTEN is \"here\""), "{said}");
    // The variable says where to listen; of the public URL only the file tells.
    program.serve(0).await;
    let url = webhook_url(&program).await;
    assert!(url.starts_with("https://file.example/"), "{url}");
    assert!(program.processes[0].stop());
    program.set(&[("EXISONE_PUBLIC_URL", "https://variable.example")]);
    program.serve(0).await;
    let url = webhook_url(&program).await;
    assert!(url.starts_with("https://variable.example/"), "{url}");
}

/// The outbox's mails.
async fn outbox(program: &Program) -> Vec<Value> {
    let answer = program.call("/api/mail/", None).await;
    let answer = answer.expect("the server answers");
    answer["items"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mail_server_mails_wait_to_be_read_and_go_out_once_when_there_is_one() {
    let settings = [("EXISONE_SMTP_URL", "")];
    let mut program = Program::start_with(Options::default(), &settings).await;
    let said = program.log();
    let line = said.lines().find(|line| line.contains("EXISONE_SMTP_URL"));
    let line = line.expect("the start says it");
    assert!(line.contains("WARN") && line.contains("wait in the outbox"));
    for quantity in [2, 1] {
        let session = program.check_out(0, quantity).await.expect("a page");
        let paid = program.sandbox.pay(&session, Outcome::Pay);
        paid.expect("the buyer pays");
    }
    assert!(program.sandbox.idle().await);
    let mails = outbox(&program).await;
    assert_eq!(mails.len(), 2);
    let licenses = program.licenses().await;
    let mut in_mails = 0;
    for mail in &mails {
        assert_eq!(mail["state"], "queued", "{mail}");
        assert_eq!(mail["attempts"], 0, "{mail}");
        let id = mail["id"].as_str().expect("an id");
        let whole = program.call(&format!("/api/mail/{id}"), None).await;
        let whole = whole.expect("it is read").to_string();
        let stands = |l: &&Value| whole.contains(l["activationKey"].as_str().expect("a key"));
        in_mails += licenses.iter().filter(stands).count();
    }
    assert_eq!((licenses.len(), in_mails), (3, 3), "each key can be read");
    assert!(program.processes[0].stop());
    program.set(&[]);
    program.serve(0).await;
    let sent = program.sandbox.wait_for_mails(2).await;
    let ids = |name: &str| mails.iter().filter(|m| m["messageId"] == name).count();
    for mail in &sent {
        assert_eq!(ids(&mail.message_id), 1, "it is the one that waited");
    }
    assert!(program.processes[0].stop());
    program.serve(0).await;
    // Whatever would go out again would be due before this one.
    let session = program.check_out(0, 1).await.expect("a page");
    let paid = program.sandbox.pay(&session, Outcome::Pay);
    paid.expect("the buyer pays");
    assert_eq!(program.sandbox.wait_for_mails(3).await.len(), 3);
    eventually("all are noted as sent", async || {
        let mails = outbox(&program).await;
        mails.iter().all(|mail| mail["state"] == "sent")
    })
    .await;
    for mail in outbox(&program).await {
        assert_eq!(mail["attempts"], 1, "{mail}");
    }
    assert_eq!(program.sandbox.mails().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_beside_a_running_server_print_the_one_thing_and_it_counts_at_once() {
    let program = Program::start(Options::default()).await;
    let tenant = program.command(&["tenant", "create", "--name", "Blue"]);
    assert_eq!(tenant, "2");
    program.add_owner((&tenant, "bea@example.com"), PASSWORD);
    let browser = Browser::at(&program.processes[0].url);
    browser.sign_in("bea@example.com", PASSWORD).await;
    assert_eq!(browser.open("/").await.status(), StatusCode::OK);
    let create = ["token", "create", "--tenant", &tenant, "--name", "test"];
    let token = program.command(&[&create[..], &["--permissions", "generate"]].concat());
    let url = format!("{}/api/product/", program.processes[0].url);
    let request = program.http.get(url);
    let request = request.header("authorization", format!("ExisOneApi {token}"));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(
        answer.text().await.expect("a text"),
        "[]",
        "its own tenant's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_that_cannot_be_done_say_why_and_print_nothing() {
    let program = Program::start(Options::default()).await;
    for (words, why) in [
        (&["tenant", "create", "--name", " "][..], "name"),
        (
            &[
                "token",
                "create",
                "--tenant",
                "9",
                "--permissions",
                "verify",
                "--name",
                "x",
            ],
            "there is no tenant 9",
        ),
        (
            &[
                "token",
                "create",
                "--tenant",
                "1",
                "--permissions",
                "fly",
                "--name",
                "x",
            ],
            "--permissions",
        ),
        // No password comes by standard input.
        (
            &[
                "admin",
                "create",
                "--tenant",
                "1",
                "--email",
                "ann@example.com",
            ],
            "password",
        ),
    ] {
        let done = program.run(words);
        let said = String::from_utf8(done.stderr).expect("a text");
        assert!(
            !done.status.success() && said.contains(why),
            "{words:?}: {said}"
        );
        assert!(done.stdout.is_empty(), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrate_makes_a_database_that_a_server_then_finds_and_again_changes_nothing() {
    let program = Program::start(Options::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("new").to_string_lossy().into_owned();
    let at = ["--data-dir", &*data];
    let words = |words: &[&'static str]| program.command(&[&at[..], words].concat());
    assert_eq!(words(&["migrate"]), "");
    let is_there = |name: &str| folder.path().join("new").join(name).is_file();
    assert!(is_there("exisone.db") && !is_there("master.key"));
    let log = fs::metadata(folder.path().join("new/exisone.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0, "it is all in the file");
    assert_eq!(words(&["tenant", "create", "--name", "Acme"]), "1");
    assert_eq!(words(&["migrate"]), "");
    assert_eq!(words(&["tenant", "create", "--name", "Blue"]), "2");
    // Beside the running server, on its own database.
    assert_eq!(program.command(&["migrate"]), "");
    assert!(program.licenses().await.is_empty(), "it goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generated_master_key_is_its_owners_alone_opens_and_is_never_overwritten() {
    let program = Program::start(Options::default()).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys/master.key");
    let file = path.to_string_lossy().into_owned();
    let generate = ["master-key", "generate", "--output", &*file];
    assert_eq!(program.command(&generate), "", "the key is not printed");
    let key = fs::read_to_string(&path).expect("it is written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&path).expect("it is there").permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }
    let refused = program.run(&generate);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("never overwritten"));
    assert_eq!(fs::read_to_string(&path).expect("it is read"), key);
    assert_ne!(program.command(&["master-key", "generate"]), key.trim());
    let data = folder.path().join("data").to_string_lossy().into_owned();
    let at = ["--data-dir", &*data, "--master-key-file", &*file];
    let create = ["tenant", "create", "--name", "Acme"];
    assert_eq!(program.command(&[&at[..], &create].concat()), "1");
    assert!(!folder.path().join("data/master.key").exists());
}
