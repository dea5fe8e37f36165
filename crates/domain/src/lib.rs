//! The rules of licensing: pure, no I/O, no clock, no randomness.
