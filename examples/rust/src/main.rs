//! A program with a licence: `program [KEY]`. Without a key it runs on trial.

use std::env;
use std::error::Error;

use reqwest::blocking::{Client, Response};
use reqwest::{Certificate, StatusCode};
use serde_json::{Value, json};

const PRODUCT: &str = "Atlas";
const VERSION: &str = "1.0";

struct Exisone {
    http: Client,
    base_url: String,
    token: String,
}

impl Exisone {
    fn from_env() -> Result<Self, Box<dyn Error>> {
        let mut http = Client::builder();
        if let Ok(file) = env::var("CA_FILE") {
            let authority = Certificate::from_pem(&std::fs::read(file)?)?;
            http = http.tls_certs_only([authority]);
        }
        Ok(Self {
            http: http.build()?,
            base_url: env::var("EXISONE_BASEURL")
                .unwrap_or_else(|_| "https://localhost:3000".into()),
            token: env::var("PROGRAM_TOKEN").map_err(|_| "set PROGRAM_TOKEN")?,
        })
    }

    fn ask(&self, call: &str, body: &Value) -> reqwest::Result<Response> {
        self.http
            .post(format!("{}/api/license/{call}", self.base_url))
            .header("Authorization", format!("ExisOneApi {}", self.token))
            .json(body)
            .send()
    }
}

/// What stays the same for a machine, and tells it from others; take more than its name in earnest.
fn hardware_id() -> String {
    std::fs::read_to_string("/etc/machine-id").unwrap_or_else(|_| "MY-PC".into())
}

fn main() -> Result<(), Box<dyn Error>> {
    let exisone = Exisone::from_env()?;
    let key = env::args().nth(1).unwrap_or_default();
    let question = json!({ "activationKey": key, "hardwareId": hardware_id(),
        "productName": PRODUCT, "version": VERSION, "email": "ann@example.com" });
    if !key.is_empty() {
        // Harmless when repeated: the same key on the same machine is the same activation.
        let answer = exisone.ask("activate", &question)?;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let wait = answer.headers().get("retry-after");
            return Err(format!("asked too often; again after {wait:?} seconds").into());
        }
        if !answer.status().is_success() {
            let refusal: Value = answer.json()?;
            return Err(format!("{}: {}", refusal["error"], refusal["message"]).into());
        }
    }
    let found: Value = exisone
        .ask("validate", &question)?
        .error_for_status()?
        .json()?;
    println!(
        "{} until {}: {}",
        found["status"], found["expirationDate"], found["message"]
    );
    Ok(())
}
