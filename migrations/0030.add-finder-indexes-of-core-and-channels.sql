-- transactional: false
-- What the finders of channels need beside the primary key, and a rule of billing accounts. Finders of projects and
-- of billing accounts need nothing: the unique key of the tenant finds the one row that there can be, the primary key
-- those of a user. Dropped before they are made, because an interrupted CONCURRENTLY leaves an invalid index behind.
-- A customer at Stripe pays for one live account.
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_stripe_customer_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS billing_accounts_stripe_customer_key
    ON billing_accounts (stripe_customer_id) WHERE deleted_at IS NULL AND stripe_customer_id IS NOT NULL;
-- By project needs none: a tenant is one project, and the primary key begins with the tenant.
DROP INDEX CONCURRENTLY IF EXISTS channels_user_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS channels_user_idx
    ON channels (tenant_id, user_id) WHERE deleted_at IS NULL;
-- A channel's status changes when its session comes or goes, not with each message.
DROP INDEX CONCURRENTLY IF EXISTS channels_active_waha_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS channels_active_waha_idx
    ON channels (tenant_id) WHERE type = 'waha' AND status = 'active' AND deleted_at IS NULL;
