-- The rows of an installation. Times are UTC Unix milliseconds, money is minor
-- units plus ISO code, ids are version-7 UUIDs made by the program except the 32-bit ids
-- of tenants, products and plans. Columns named *_key are folded by the program;
-- columns named *_sealed hold AES-256-GCM, never a secret in clear.

create table installation (
    id              integer primary key check (id = 1),
    key_wrapped     blob not null,          -- the installation key under the master key; also proves the master key
    created_at      integer not null
) strict;

create table tenants (
    id              integer primary key autoincrement,
    name            text not null,
    settings        text not null,          -- JSON
    created_at      integer not null
) strict;

create table people (
    id              blob primary key,
    email           text not null,
    email_key       text not null unique,
    name            text not null,
    password_hash   text not null,
    is_operator     integer not null,          -- sees what belongs to no tenant
    created_at      integer not null,
    updated_at      integer not null
) strict;

create table memberships (
    person_id       blob not null references people (id),
    tenant_id       integer not null references tenants (id),
    role            text not null,          -- owner, admin, support, viewer
    created_at      integer not null,
    primary key (person_id, tenant_id)
) strict;
create index memberships_by_tenant on memberships (tenant_id, person_id);

create table sessions (
    id              blob primary key,
    token_hash      blob not null unique,
    person_id       blob not null references people (id),
    tenant_id       integer not null references tenants (id),
    livemode        integer not null,          -- which side of the Test / Live switch the person looks at
    address         text not null,
    user_agent      text not null,
    created_at      integer not null,
    last_seen_at    integer not null,
    expires_at      integer not null
) strict;
create index sessions_by_person on sessions (person_id, created_at);

create table access_tokens (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    name            text not null,
    public_id       text not null unique,
    secret_hash     blob not null,
    permissions     text not null,          -- comma-separated words
    created_at      integer not null,
    expires_at      integer,
    revoked_at      integer,
    last_used_at    integer
) strict;
create index access_tokens_by_tenant on access_tokens (tenant_id, created_at);

create table tenant_keys (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    version         integer not null,
    state           text not null,          -- active, retired
    key_wrapped     blob not null,          -- under the master key
    created_at      integer not null,
    retired_at      integer,
    unique (tenant_id, version)
) strict;
create unique index tenant_keys_one_active on tenant_keys (tenant_id) where state = 'active';

create table data_keys (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    purpose         text not null,          -- secrets, license_keys, license_index
    tenant_key_id   blob not null references tenant_keys (id),
    key_wrapped     blob not null,          -- under that tenant key
    created_at      integer not null,
    unique (tenant_id, purpose)
) strict;

create table products (
    id                        integer primary key autoincrement,
    tenant_id                 integer not null references tenants (id),
    name                      text not null,
    version                   text not null,
    description               text not null,
    is_active                 integer not null,
    price_minor               integer not null,
    currency                  text not null,
    trial_days                integer not null,
    default_license_days      integer not null,
    features                  text not null,          -- JSON array of text
    max_seats                 integer,
    seats_from_quantity       integer not null,
    minimum_required_version  text,
    enforce_version_check     integer not null,
    send_purchase_email       integer not null,
    send_renewal_reminders    integer not null,
    renewal_reminder_days     integer,
    deactivation_cooldown_hours integer,
    email_subject             text not null,
    email_template            text not null,
    template_version          integer not null,
    refund_policy             text not null,
    created_at                integer not null,
    updated_at                integer,
    archived_at               integer
) strict;
create index products_by_tenant on products (tenant_id, id);

-- Every name that a product ever had, so that a program in the field keeps working after a renaming.
create table product_names (
    tenant_id       integer not null references tenants (id),
    name_key        text not null,
    product_id      integer not null references products (id),
    created_at      integer not null,
    primary key (tenant_id, name_key)
) strict;

create table plans (
    id              integer primary key autoincrement,
    tenant_id       integer not null references tenants (id),
    name            text not null,
    name_key        text not null,
    duration_days   integer not null,           -- 0 = perpetual
    is_active       integer not null,
    created_at      integer not null,
    updated_at      integer,
    unique (tenant_id, name_key)
) strict;

create table stripe_apps (
    id                            blob primary key,
    tenant_id                     integer not null references tenants (id),
    public_id                     text not null unique,   -- stands in the webhook URL
    name                          text not null,
    publishable_key               text not null,
    secret_key_sealed             blob,
    secret_key_last_four          text not null,
    signing_secret_sealed         blob,
    signing_secret_last_four      text not null,
    signing_secret_fingerprint    blob unique,            -- keyed; unique in the installation
    previous_signing_secret_sealed blob,
    previous_signing_secret_until integer,
    is_live                       integer not null,
    is_active                     integer not null,
    is_default                    integer not null,
    default_currency              text not null,
    row_version                   integer not null,        -- caches of secrets compare it
    created_at                    integer not null,
    updated_at                    integer,
    archived_at                   integer
) strict;
create index stripe_apps_by_tenant on stripe_apps (tenant_id, created_at);
create unique index stripe_apps_one_default on stripe_apps (tenant_id, is_live) where is_default and archived_at is null;

-- What somebody sent and nobody vouches for: bounded in number and age.
create table stripe_deliveries (
    id              blob primary key,
    tenant_id       integer references tenants (id),
    app_id          blob references stripe_apps (id),
    claimed_event_id text not null,
    claimed_type    text not null,
    status          text not null,          -- failed, received
    cause           text not null,
    signature       text not null,          -- the Stripe-Signature header as it came
    body_sealed     blob,                   -- absent above 64 KiB
    body_bytes      integer not null,
    receipts        integer not null,
    first_at        integer not null,
    last_at         integer not null,
    unique (app_id, claimed_event_id)
) strict;
create index stripe_deliveries_by_tenant on stripe_deliveries (tenant_id, first_at);
create index stripe_deliveries_by_age on stripe_deliveries (first_at);

create table stripe_events (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    app_id          blob not null references stripe_apps (id),
    stripe_event_id text not null,
    type            text not null,
    livemode        integer not null,
    api_version     text not null,
    status          text not null,          -- received, verified, failed
    source          text not null,          -- signature, stripe
    processing      text not null,          -- pending, waiting, fulfilled, ignored, review, retrying, failed
    order_id        blob,
    outcome         text not null,          -- one sentence
    error           text,                   -- the FIRST one
    attempts        integer not null,
    receipts        integer not null,
    payload         text not null,
    received_at     integer not null,
    processed_at    integer,
    unique (tenant_id, stripe_event_id)
) strict;
create index stripe_events_by_time on stripe_events (tenant_id, livemode, received_at);

-- One purchase. Facts of several events meet here and complete each other.
create table orders (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    app_id          blob references stripe_apps (id),
    livemode        integer not null,
    state           text not null,          -- open, waiting, issued, failed, review, dismissed
    named_product   text not null,          -- metadata productId as it came
    product_id      integer references products (id),
    plan_id         integer references plans (id),
    plan_days       integer,
    quantity        integer not null,
    email           text not null,
    email_key       text not null,
    amount_minor    integer,
    currency        text not null,
    quote_minor     integer,                 -- present when we made the checkout session
    quote_currency  text not null,
    review_reason   text,
    paid_at         integer,
    issued_at       integer,
    created_at      integer not null,
    updated_at      integer not null
) strict;
create index orders_by_state on orders (tenant_id, livemode, state, created_at);

create table order_facts (
    tenant_id       integer not null references tenants (id),
    kind            text not null,          -- payment_intent, session
    stripe_id       text not null,
    order_id        blob not null references orders (id),
    created_at      integer not null,
    primary key (tenant_id, kind, stripe_id)
) strict;
create index order_facts_by_order on order_facts (order_id);

create table payments (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    order_id        blob not null references orders (id),
    kind            text not null,          -- payment_intent, session, invoice
    stripe_id       text not null,
    livemode        integer not null,
    amount_minor    integer not null,
    currency        text not null,
    refunded_minor  integer not null,
    period_end      integer,
    dispute_rank    integer not null,
    paid_at         integer not null,
    unique (tenant_id, kind, stripe_id)
) strict;
create index payments_by_order on payments (order_id);

create table licenses (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    order_id        blob references orders (id),
    position        integer,                    -- place within the order, from 1
    product_id      integer not null references products (id),
    plan_id         integer references plans (id),
    data_key_id     blob not null references data_keys (id),
    key_sealed      blob not null,
    key_index       blob not null,          -- blind index: keyed hash of the canonical key
    last_four       text not null,
    email           text not null,
    email_key       text not null,
    manual_end      integer,
    max_seats       integer,
    seats_used      integer not null,
    features        text not null,          -- JSON array of text
    corporate_name  text,
    note            text,
    livemode        integer not null,
    state           text not null,          -- derived: active, suspended, revoked, expired
    expires_at      integer not null,        -- derived
    created_at      integer not null,
    updated_at      integer,
    unique (tenant_id, key_index),
    unique (order_id, position)
) strict;
create index licenses_by_created on licenses (tenant_id, livemode, created_at, id);
create index licenses_by_email on licenses (tenant_id, email_key, id);
create index licenses_by_last_four on licenses (tenant_id, last_four, id);
create index licenses_by_product on licenses (tenant_id, product_id, id);
create index licenses_by_expiry on licenses (tenant_id, livemode, expires_at, id);

create table holds (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    license_id      blob not null references licenses (id),
    kind            text not null,          -- suspend, revoke
    cause           text not null,          -- manual, refund, dispute, subscription
    stripe_id       text not null,
    created_at      integer not null,
    lifted_at       integer
) strict;
create index holds_by_license on holds (license_id);

-- Every action writes one row in its transaction: audit log, history and live pages read it.
create table changes (
    id              integer primary key autoincrement,
    tenant_id       integer not null references tenants (id),
    livemode        integer not null,
    actor_kind      text not null,          -- person, token, stripe, system
    actor_id        text not null,
    actor_name      text not null,
    subject_kind    text not null,
    subject_id      text not null,
    verb            text not null,
    data            text not null,          -- JSON without secrets
    at              integer not null
) strict;
create index changes_by_tenant on changes (tenant_id, id);
create index changes_by_subject on changes (tenant_id, subject_kind, subject_id, id);

create table jobs (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    kind            text not null,
    unique_key      text not null unique,
    payload         text not null,          -- JSON of ids
    state           text not null,          -- queued, dead
    run_at          integer not null,
    leased_until    integer not null,
    attempts        integer not null,
    last_error      text,
    created_at      integer not null
) strict;
create index jobs_by_due on jobs (state, run_at);

create table mails (
    id              blob primary key,
    tenant_id       integer not null references tenants (id),
    livemode        integer not null,
    order_id        blob references orders (id),
    product_id      integer references products (id),
    kind            text not null,          -- purchase, payment_failed, test
    ordinal         integer not null,           -- 0 = the first; a resend counts on
    recipient       text not null,
    template_version integer not null,
    message_id      text not null unique,
    state           text not null,          -- queued, retrying, sent, failed
    attempts        integer not null,
    last_answer     text not null,          -- what the mail server said last
    created_at      integer not null,
    sent_at         integer,
    unique (order_id, kind, ordinal)
) strict;
create index mails_by_time on mails (tenant_id, livemode, created_at, id);

create table mail_attempts (
    id              blob primary key,
    mail_id         blob not null references mails (id),
    at              integer not null,
    answer          text not null
) strict;
create index mail_attempts_by_mail on mail_attempts (mail_id, at);

create table idempotency_keys (
    tenant_id       integer not null references tenants (id),
    key             text not null,
    route           text not null,
    body_hash       blob not null,
    status          integer not null,
    answer_sealed   blob,                   -- absent where the answer showed a secret once
    created_at      integer not null,
    primary key (tenant_id, key)
) strict;
create index idempotency_keys_by_age on idempotency_keys (created_at);

-- Form errors and non-secret input on their way back to a browser without JavaScript.
create table flash (
    id              blob primary key,
    data            text not null,
    created_at      integer not null
) strict;
create index flash_by_age on flash (created_at);
