-- Each start of a program asks whether its device has a seat: that is read from the index alone.
drop index activations_by_hardware;
create index activations_by_hardware on activations (tenant_id, hardware_key, license_id, deactivated_at)
    where deactivated_at is null;
