//! Fills a fresh installation through the product's own commands and JSON API:
//! one tenant, its admin, a token, a product and a Stripe app that points at the sandbox.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::http::Door;
use crate::process::Outcome;

/// The admin's address.
pub const EMAIL: &str = "admin@example.com";

/// Who may sign in, and what calls in their name; shown once.
pub struct People {
    /// The admin's password.
    pub password: String,
    /// An access token with every permission.
    pub token: String,
}

/// The product's commands.
pub struct Commands<'a> {
    /// Makes an `exisone` command with the server's settings.
    pub exisone: &'a dyn Fn() -> Command,
}

impl Commands<'_> {
    /// Runs `exisone` with these words and this standard input; answers what it printed.
    fn run(&self, arguments: &[&str], input: &str) -> Outcome<String> {
        let what = format!("exisone {}", arguments[..2].join(" "));
        let cannot = |error| format!("cannot run {what}: {error}");
        let mut command = (self.exisone)();
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(cannot)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.as_bytes()).map_err(cannot)?;
        }
        let output = child.wait_with_output().map_err(cannot)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        Err(format!(
            "{what} failed: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    }
}

/// Makes the tenant, its admin and a token, on a database that need not exist yet.
pub fn people(commands: &Commands<'_>) -> Outcome<People> {
    let tenant = commands.run(&["tenant", "create", "--name", "Acme Software"], "")?;
    let password = random_text(16);
    let admin = ["admin", "create", "--tenant", &tenant, "--email", EMAIL];
    commands.run(&admin, &format!("{password}\n"))?;
    let every = "verify,generate,email,manage";
    let words = [
        "token",
        "create",
        "--tenant",
        &tenant,
        "--permissions",
        every,
        "--name",
        "cargo xtask run",
    ];
    let token = commands.run(&words, "")?;
    Ok(People { password, token })
}

/// Makes a product and an app that points at the sandbox; `exisone` and `sandbox` both answer already.
pub fn shop(people: &People, exisone: &mut Door, sandbox: &Door) -> Outcome {
    exisone.authorization = format!("ExisOneApi {}", people.token);
    exisone.post("/api/product/", &product())?;
    let secret_key = format!("sk_test_{}", random_text(32));
    let signing_secret = format!("whsec_{}", random_text(32));
    let app = exisone.post(
        "/api/stripe/apps",
        &stripe_app(&secret_key, &signing_secret),
    )?;
    let url = app["webhookUrl"]
        .as_str()
        .ok_or("the Stripe app was answered without its webhookUrl")?;
    let endpoint = json!({ "apiKey": secret_key, "url": url, "secret": signing_secret });
    sandbox.post("/_sandbox/endpoints", &endpoint)?;
    Ok(())
}

fn product() -> Value {
    json!({
        "name": "Acme Studio",
        "version": "1.0",
        "description": "A program that is worth its price.",
        "price": 49.00,
        "currency": "USD",
        "trialDays": 14,
        "defaultLicenseDays": 365,
        "sendPurchaseEmail": true,
        "emailSubject": "Your {{ProductName}} keys",
        "emailTemplate": "Thank you for buying {{ProductName}}.\n\n{{ActivationKey}}\n\nEnter a key in the program under Help > Activate.",
    })
}

fn stripe_app(secret_key: &str, signing_secret: &str) -> Value {
    json!({
        "name": "Sandbox at home",
        "publishableKey": secret_key.replacen("sk_", "pk_", 1),
        "secretKey": secret_key,
        "webhookSigningSecret": signing_secret,
        "isLive": false,
        "isActive": true,
        "isDefault": true,
        "defaultCurrency": "USD",
    })
}

/// Lower-case letters and digits without the ones that look alike; five bits each.
fn random_text(length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    (0..length)
        .map(|_| char::from(ALPHABET[usize::from(rand::random::<u8>() % 32)]))
        .collect()
}
