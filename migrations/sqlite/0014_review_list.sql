-- Review is listed by when each payment was made, narrowed to a product, and searched by how the buyer's address
-- begins. Few orders are ever in review, so that these cost the many others nothing.
create index orders_in_review on orders (tenant_id, livemode, (coalesce(paid_at, created_at)), id)
    where state = 'review';
create index orders_in_review_by_product on orders
    (tenant_id, livemode, product_id, (coalesce(paid_at, created_at)), id) where state = 'review';
create index orders_in_review_by_email on orders (tenant_id, livemode, email_key) where state = 'review';
