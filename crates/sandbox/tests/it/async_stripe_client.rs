//! The Rust SDK drives the sandbox unmodified; its types are strict about every field.
