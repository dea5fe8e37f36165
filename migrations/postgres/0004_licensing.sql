-- Devices that have a seat of a licence, or had one. A licence row keeps which device came last.
create table activations (
    id              uuid primary key,
    tenant_id       integer not null references tenants (id),
    license_id      uuid not null references licenses (id),
    hardware_key    text collate "C" not null,
    version         text collate "C" not null,           -- the program's, or blank
    address         text collate "C" not null,
    email           text collate "C" not null,           -- as the program said it, or blank
    activated_at    bigint not null,
    deactivated_at  bigint
);
create unique index activations_one_active on activations (license_id, hardware_key) where deactivated_at is null;
create index activations_by_license on activations (license_id, activated_at);

alter table licenses add column hardware_key text collate "C";
alter table licenses add column activated_at bigint;
alter table licenses add column version text collate "C";
alter table licenses add column is_offline boolean not null default false;

-- What is remembered of a device and a product for ever: the first contact is never written again.
create table devices (
    tenant_id       integer not null references tenants (id),
    product_id      integer not null references products (id),
    hardware_key    text collate "C" not null,
    first_seen_at   bigint not null,
    trial_ends_at   bigint not null,
    ever_activated_at bigint,
    last_seen_at    bigint not null,        -- this and the rest are written behind
    address         text collate "C" not null,
    version         text collate "C" not null,
    contacts        bigint not null,
    primary key (tenant_id, product_id, hardware_key)
);

-- Changes that a device is part of.
alter table changes add column hardware_key text collate "C";
create index changes_by_device on changes (tenant_id, hardware_key, id) where hardware_key is not null;

-- RSA pairs that sign offline codes; the private half is sealed. Former ones still verify.
create table signing_keys (
    id              uuid primary key,
    tenant_id       integer not null references tenants (id),
    version         integer not null,
    state           text collate "C" not null,           -- active, retired
    public_der      bytea not null,           -- SubjectPublicKeyInfo
    private_sealed  bytea not null,
    created_at      bigint not null,
    retired_at      bigint,
    unique (tenant_id, version)
);
create unique index signing_keys_one_active on signing_keys (tenant_id) where state = 'active';

-- Codes that were made, found again by a keyed hash of what was signed.
create table offline_codes (
    id              uuid primary key,
    tenant_id       integer not null references tenants (id),
    license_id      uuid not null references licenses (id),
    hardware_key    text collate "C" not null,
    code_index      bytea not null,
    code_sealed     bytea not null,
    expires_at      bigint not null,
    created_at      bigint not null
);
create index offline_codes_by_index on offline_codes (tenant_id, code_index);
create index offline_codes_by_license on offline_codes (license_id, created_at);

create table tickets (
    id              uuid primary key,
    tenant_id       integer not null references tenants (id),
    product_id      integer not null references products (id),
    email           text collate "C" not null,
    subject         text collate "C" not null,
    message         text collate "C" not null,
    created_at      bigint not null
);
create index tickets_by_time on tickets (tenant_id, created_at, id);

-- A mail may tell about a ticket, or about one licence.
alter table mails add column ticket_id uuid references tickets (id);
alter table mails add column license_id uuid references licenses (id);
