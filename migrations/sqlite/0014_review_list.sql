-- Review is searched by how the buyer's address begins, and narrowed to a product. Few orders are ever in review, so
-- that these cost the many others nothing.
create index orders_in_review_by_email on orders (tenant_id, livemode, email_key) where state = 'review';
create index orders_in_review_by_product on orders (tenant_id, livemode, product_id, created_at, id) where state = 'review';
