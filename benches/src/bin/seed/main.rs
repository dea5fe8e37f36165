//! Fills a database, beside a server or without one, through the product's own engine.
//!
//! `seed keys DATABASE_URL MASTER_KEY_FILE LICENSES ACTIVATED OTHERS < TOKEN` makes licences as fast as may
//! be, for the load. `seed year DATABASE_URL MASTER_KEY_FILE LICENSES SEED` tells a plausible year of business.
#![expect(
    clippy::disallowed_methods,
    reason = "a tool for measuring has the real time and chance; it is no part of the product"
)]

mod keys;
mod ports;
mod year;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["keys", database, key_file, licenses, activated, others] => {
            let counts = [licenses, activated, others].map(|word| number(word));
            keys::execute((database, key_file), counts).await;
        }
        ["year", database, key_file, licenses, seed] => {
            year::execute((database, key_file), (number(licenses), number(seed))).await;
        }
        _ => {
            eprintln!(
                "seed keys DATABASE_URL MASTER_KEY_FILE LICENSES ACTIVATED OTHERS < TOKEN\n\
                 seed year DATABASE_URL MASTER_KEY_FILE LICENSES SEED"
            );
            std::process::exit(2);
        }
    }
}

fn number<T: std::str::FromStr<Err: std::fmt::Debug>>(word: &str) -> T {
    word.parse().expect("a number")
}
