-- A tenant's own mail server, used before the installation's.
create table mail_servers (
    tenant_id       integer primary key references tenants (id),
    url_sealed      blob not null,          -- holds user and password
    host            text not null,          -- with its port; for reading
    sender          text not null,          -- who mails come from
    revision        blob not null,          -- another with every change: who keeps it open compares
    updated_at      integer not null
) strict;

-- The time zone that a person reads times in, as IANA names it; empty is UTC.
alter table people add column time_zone text not null default '';
