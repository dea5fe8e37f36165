//! The actions on a real SQLite database, with a clock that is set and seeded chance.

mod support;
mod tenants;
