//! What the store promises, on SQLite and on PostgreSQL alike: every public function is called here.
//!
//! PostgreSQL is taken from `TEST_POSTGRES_URL`; without it only SQLite runs.

mod access_tokens;
mod activations;
mod arrivals;
mod change_feed;
mod change_search;
mod changes;
mod daily;
mod database;
mod device_list;
mod devices;
mod event_log;
mod flash;
mod holds;
mod idempotency_keys;
mod installation;
mod invitations;
mod jobs;
mod license_devices;
mod license_lookups;
mod license_order;
mod licenses;
mod mail_servers;
mod mails;
mod migrations;
mod monitor;
mod news;
mod orders;
mod payments;
mod people;
mod plans;
mod products;
mod review_list;
mod rows;
mod second_factors;
mod sessions;
mod signing_keys;
mod stripe_apps;
mod stripe_deliveries;
mod stripe_events;
mod support;
mod tenant_keys;
mod tenants;
mod tickets;
mod writer;
