-- Somebody who was asked to join a tenant. The link's token is kept sealed until the invitation ends,
-- because the mail that brings it is written when it is sent.
create table invitations (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    email           text not null,
    email_key       text not null,
    role            text not null,
    token_hash      blob not null unique,
    token_sealed    blob not null,
    mail_id         blob not null,          -- the mail that brings the token; an earlier one has none any more
    invited_by      text not null,
    created_at      integer not null,
    expires_at      integer not null,
    ended_at        integer                 -- accepted or withdrawn
) strict;
create unique index invitations_one_open on invitations (tenant_id, email_key) where ended_at is null;
create index invitations_by_mail on invitations (mail_id);

-- A second factor (RFC 6238). It counts once a first right code has confirmed it.
create table second_factors (
    person_id       blob primary key references people (id),
    secret_sealed   blob not null,          -- under the installation key: people are of no tenant
    last_step       integer not null,       -- a code is used once: steps up to this one are over
    created_at      integer not null,
    confirmed_at    integer
) strict;

-- What opens the door where the second factor is lost; each once.
create table recovery_codes (
    person_id       blob not null references people (id),
    code_hash       blob not null,
    primary key (person_id, code_hash)
) strict;
