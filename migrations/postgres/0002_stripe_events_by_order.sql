-- Every issue tells the events that waited for its order; without this it would read them all.
create index stripe_events_by_order on stripe_events (tenant_id, order_id) where order_id is not null;
