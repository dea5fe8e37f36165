//! The actions on a real database, with a clock that is set and seeded chance: SQLite, and for what many
//! transactions do at once PostgreSQL, where `TEST_POSTGRES_URL` names a server.

mod accounts;
mod audit;
mod dashboard;
mod export;
mod forms;
mod fulfilment;
mod generate;
mod guide;
mod licenses;
mod mail_servers;
mod mails;
mod orders;
mod passwords;
mod people;
mod plans;
mod postgres;
mod products;
mod programs;
mod seats;
mod second_factor;
mod settings;
mod setup;
mod shop;
mod success;
mod support;
mod tenants;
mod tickets;
mod time_zones;
mod tokens;
