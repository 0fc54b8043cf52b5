-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS channels_active_waha_idx;
DROP INDEX CONCURRENTLY IF EXISTS channels_user_idx;
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_stripe_customer_key;
