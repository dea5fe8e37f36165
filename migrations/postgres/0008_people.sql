-- Somebody who was asked to join a tenant. The link's token is kept sealed until the invitation ends,
-- because the mail that brings it is written when it is sent.
create table invitations (
    id              uuid primary key,
    tenant_id       integer not null references tenants (id),
    email           text collate "C" not null,
    email_key       text collate "C" not null,
    role            text collate "C" not null,
    token_hash      bytea not null unique,
    token_sealed    bytea not null,
    mail_id         uuid not null,          -- the mail that brings the token; an earlier one has none any more
    invited_by      text collate "C" not null,
    created_at      bigint not null,
    expires_at      bigint not null,
    ended_at        bigint                 -- accepted or withdrawn
);
create unique index invitations_one_open on invitations (tenant_id, email_key) where ended_at is null;
create index invitations_by_mail on invitations (mail_id);

-- A second factor (RFC 6238). It counts once a first right code has confirmed it.
create table second_factors (
    person_id       uuid primary key references people (id),
    secret_sealed   bytea not null,          -- under the installation key: people are of no tenant
    last_step       bigint not null,       -- a code is used once: steps up to this one are over
    created_at      bigint not null,
    confirmed_at    bigint
);

-- What opens the door where the second factor is lost; each once.
create table recovery_codes (
    person_id       uuid not null references people (id),
    code_hash       bytea not null,
    primary key (person_id, code_hash)
);
