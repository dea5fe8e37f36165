-- License Activity lists devices by when they were seen, or by their hardware id, a page at a time.
create index devices_by_last_seen on devices (tenant_id, last_seen_at, product_id, hardware_key);
create index devices_by_first_seen on devices (tenant_id, first_seen_at, product_id, hardware_key);
create index devices_by_hardware on devices (tenant_id, hardware_key, product_id);

-- Which licence a device has now.
create index activations_by_hardware on activations (tenant_id, hardware_key) where deactivated_at is null;
