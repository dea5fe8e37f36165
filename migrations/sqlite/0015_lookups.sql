-- Each start of a program asks for its device: where the rows stand in the key itself, that is one search and not two.
create table devices_in_key (
    tenant_id       integer not null references tenants (id),
    product_id      integer not null references products (id),
    hardware_key    text not null,
    first_seen_at   integer not null,
    trial_ends_at   integer not null,
    ever_activated_at integer,
    last_seen_at    integer not null,        -- this and the rest are written behind
    address         text not null,
    version         text not null,
    contacts        integer not null,
    primary key (tenant_id, product_id, hardware_key)
) strict, without rowid;
insert into devices_in_key
    select tenant_id, product_id, hardware_key, first_seen_at, trial_ends_at, ever_activated_at, last_seen_at,
        address, version, contacts
    from devices;
drop table devices;
alter table devices_in_key rename to devices;
create index devices_by_last_seen on devices (tenant_id, last_seen_at, product_id, hardware_key);
create index devices_by_first_seen on devices (tenant_id, first_seen_at, product_id, hardware_key);
create index devices_by_hardware on devices (tenant_id, hardware_key, product_id);

-- Whether it has a seat is read from the index alone.
drop index activations_by_hardware;
create index activations_by_hardware on activations (tenant_id, hardware_key, license_id, deactivated_at)
    where deactivated_at is null;
