-- When a mail was given up: the Dashboard tells of it for some days from then on, however long it had waited before.
alter table mails add column failed_at bigint;
update mails set failed_at = coalesce(
    (select max(a.at) from mail_attempts a where a.mail_id = mails.id),
    created_at)
where state = 'failed';
create index mails_failed on mails (tenant_id, livemode, failed_at, id) where state = 'failed';
