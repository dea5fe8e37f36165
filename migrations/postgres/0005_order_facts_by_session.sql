-- The buyer's success page knows a session and no tenant.
create index order_facts_by_session on order_facts (stripe_id) where kind = 'session';
