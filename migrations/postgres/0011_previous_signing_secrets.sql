-- A signing secret names one app of the installation, also while it is being rolled. Those that are being
-- rolled just now have no fingerprint yet; they end within a day.
alter table stripe_apps add column previous_signing_secret_fingerprint bytea;
create index stripe_apps_by_previous_signing_secret on stripe_apps (previous_signing_secret_fingerprint);
