//! Rebuilds the crate when a migration is added: `migrate!` reads the folders at compile time.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
