-- Jobs are taken kind by kind: mails that wait because there is no mail server are not even looked at.
drop index jobs_by_due;
create index jobs_by_due on jobs (state, kind, run_at, id);
