-- What the Dashboard counts by day, and what lists are narrowed by: each is read from one index.
alter table activations add column livemode integer not null default 0;
update activations set livemode = (select l.livemode from licenses l where l.id = activations.license_id);
create index activations_by_time on activations (tenant_id, livemode, activated_at);
create index payments_by_time on payments (tenant_id, livemode, paid_at, currency, amount_minor);
create index payments_refunded on payments (tenant_id, livemode, paid_at) where refunded_minor > 0;
create index orders_without_address on orders (tenant_id, livemode, created_at, id) where state = 'issued' and email = '';
create index mails_by_state on mails (tenant_id, livemode, state, created_at, id);
create index licenses_by_product_created on licenses (tenant_id, livemode, product_id, created_at, id);
create index licenses_held on licenses (tenant_id, livemode, state, created_at, id) where state <> 'active';
-- With the id, by which events of one moment are told apart.
drop index stripe_events_by_time;
create index stripe_events_by_time on stripe_events (tenant_id, livemode, received_at, id);
create index stripe_events_unverified on stripe_events (tenant_id, livemode, received_at, id) where status <> 'verified';
