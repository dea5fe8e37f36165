-- Stripe's object that an event tells of; events from before are found by their order.
alter table stripe_events add column object_id text collate "C" not null default '';
-- Each purchase writes one or two events, so that the log has no more indexes than these three. Without the first
-- the search by one of Stripe's ids reads all events; without the second a type that is seldom does, and so do the
-- types to choose from; without the third an app that sends nothing any more does. Of an app and a type together
-- the second leads to the type, and the app is compared: a tenant has few apps.
create index stripe_events_by_object on stripe_events (tenant_id, object_id) where object_id <> '';
create index stripe_events_by_type on stripe_events (tenant_id, livemode, type, received_at, id);
create index stripe_events_by_app on stripe_events (tenant_id, app_id, livemode, received_at, id);

-- Keys in the order of their holders' addresses, one side at a time.
drop index licenses_by_email;
create index licenses_by_email on licenses (tenant_id, livemode, email_key, id);

-- Tickets are closed, found by how the sender's address or the subject begins, and listed by state and product.
-- What was written before is folded here once, as far as SQL can.
alter table tickets add column email_key text collate "C" not null default '';
alter table tickets add column subject_key text collate "C" not null default '';
alter table tickets add column closed_at bigint;
alter table tickets add column closed_by text collate "C" not null default '';          -- who closed it, for reading
update tickets set email_key = lower(email), subject_key = lower(subject);
create index tickets_by_email on tickets (tenant_id, email_key, id);
create index tickets_by_subject on tickets (tenant_id, subject_key, id);
create index tickets_by_product on tickets (tenant_id, product_id, created_at, id);
create index tickets_open on tickets (tenant_id, created_at, id) where closed_at is null;
create index tickets_closed on tickets (tenant_id, created_at, id) where closed_at is not null;

-- Products, plans, tokens and people are found by how their name begins, and listed a page at a time.
create index products_current on products (tenant_id, id) where archived_at is null;
create index products_archived on products (tenant_id, id) where archived_at is not null;
alter table plans add column archived_at bigint;
create index plans_current on plans (tenant_id, id) where archived_at is null;
create index plans_archived on plans (tenant_id, id) where archived_at is not null;
alter table access_tokens add column name_key text collate "C" not null default '';
update access_tokens set name_key = lower(name);
create index access_tokens_by_name on access_tokens (tenant_id, name_key, id);
create index access_tokens_revoked on access_tokens (tenant_id, created_at, id) where revoked_at is not null;
create index access_tokens_current on access_tokens (tenant_id, created_at, id) where revoked_at is null;
create index memberships_by_time on memberships (tenant_id, created_at, person_id);

-- The outbox by how the recipient's address begins, and the audit log by day.
alter table mails add column recipient_key text collate "C" not null default '';
update mails set recipient_key = lower(recipient);
create index mails_by_recipient on mails (tenant_id, livemode, recipient_key, id);
create index changes_by_time on changes (tenant_id, at, id);
