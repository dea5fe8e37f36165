-- What a plan's licences unlock beside the product's features: JSON array of text.
alter table plans add column features text not null default '[]';
