//! The actions on a real SQLite database, with a clock that is set and seeded chance.

mod accounts;
mod audit;
mod dashboard;
mod forms;
mod fulfilment;
mod licenses;
mod mails;
mod orders;
mod plans;
mod products;
mod programs;
mod shop;
mod success;
mod support;
mod tenants;
mod tickets;
mod tokens;
