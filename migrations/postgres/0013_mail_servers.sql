-- A tenant's own mail server, used before the installation's.
create table mail_servers (
    tenant_id       integer primary key references tenants (id),
    url_sealed      bytea not null,         -- holds user and password
    host            text collate "C" not null,  -- with its port; for reading
    sender          text collate "C" not null,  -- who mails come from
    revision        uuid not null,          -- another with every change: who keeps it open compares
    updated_at      bigint not null
);

-- The time zone that a person reads times in, as IANA names it; empty is UTC.
alter table people add column time_zone text collate "C" not null default '';
