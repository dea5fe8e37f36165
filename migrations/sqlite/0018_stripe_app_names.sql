-- Stripe apps are found by how their name begins. What was written before is folded here once, as far as SQL can. A
-- tenant has few apps: the index of their time leads to them, and the name is compared.
alter table stripe_apps add column name_key text not null default '';
update stripe_apps set name_key = lower(name);
