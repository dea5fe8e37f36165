//! The door: the exisone binary.
fn main() {}
