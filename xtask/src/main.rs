//! Every command that a person types.
fn main() {}
