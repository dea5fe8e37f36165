-- Devices that have a seat of a licence, or had one. A licence row keeps which device came last.
create table activations (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    license_id      blob not null references licenses (id),
    hardware_key    text not null,
    version         text not null,           -- the program's, or blank
    address         text not null,
    email           text not null,           -- as the program said it, or blank
    activated_at    integer not null,
    deactivated_at  integer
) strict;
create unique index activations_one_active on activations (license_id, hardware_key) where deactivated_at is null;
create index activations_by_license on activations (license_id, activated_at);

alter table licenses add column hardware_key text;
alter table licenses add column activated_at integer;
alter table licenses add column version text;
alter table licenses add column is_offline integer not null default 0;

-- What is remembered of a device and a product for ever: the first contact is never written again.
create table devices (
    tenant_id       integer not null references tenants (id),
    product_id      integer not null references products (id),
    hardware_key    text not null,
    first_seen_at   integer not null,
    trial_ends_at   integer not null,
    ever_activated_at integer,
    last_seen_at    integer not null,        -- this and the rest are written behind
    address         text not null,
    version         text not null,
    contacts        integer not null,
    primary key (tenant_id, product_id, hardware_key)
) strict;

-- Changes that a device is part of.
alter table changes add column hardware_key text;
create index changes_by_device on changes (tenant_id, hardware_key, id) where hardware_key is not null;

-- RSA pairs that sign offline codes; the private half is sealed. Former ones still verify.
create table signing_keys (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    version         integer not null,
    state           text not null,           -- active, retired
    public_der      blob not null,           -- SubjectPublicKeyInfo
    private_sealed  blob not null,
    created_at      integer not null,
    retired_at      integer,
    unique (tenant_id, version)
) strict;
create unique index signing_keys_one_active on signing_keys (tenant_id) where state = 'active';

-- Codes that were made, found again by a keyed hash of what was signed.
create table offline_codes (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    license_id      blob not null references licenses (id),
    hardware_key    text not null,
    code_index      blob not null,
    code_sealed     blob not null,
    expires_at      integer not null,
    created_at      integer not null
) strict;
create index offline_codes_by_index on offline_codes (tenant_id, code_index);
create index offline_codes_by_license on offline_codes (license_id, created_at);

create table tickets (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    product_id      integer not null references products (id),
    email           text not null,
    subject         text not null,
    message         text not null,
    created_at      integer not null
) strict;
create index tickets_by_time on tickets (tenant_id, created_at, id);

-- A mail may tell about a ticket, or about one licence.
alter table mails add column ticket_id blob references tickets (id);
alter table mails add column license_id blob references licenses (id);
