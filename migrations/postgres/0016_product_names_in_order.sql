-- Products are listed in the order of their names. What was written before takes its name from where it stands
-- folded already: the row that reads like it, because a product that got a former name back wrote no new one; where
-- none does, as far as SQL can fold, the last.
alter table products add column name_key text collate "C" not null default '';
update products set name_key = coalesce(
    (select n.name_key from product_names n where n.tenant_id = products.tenant_id and n.product_id = products.id
        and n.name_key = lower(products.name)),
    (select n.name_key from product_names n where n.tenant_id = products.tenant_id and n.product_id = products.id
        order by n.created_at desc limit 1),
    name);
create index products_by_name on products (tenant_id, name_key, id);
