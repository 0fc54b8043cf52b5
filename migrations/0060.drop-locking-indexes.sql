-- transactional: false
-- The primary key already finds the row that WHERE id AND version names. An index that contains version makes
-- every update rewrite every index of the table, because none can then be heap-only.
DROP INDEX CONCURRENTLY IF EXISTS agents_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaigns_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS channels_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS chats_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS contact_lists_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS contacts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS credentials_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS pipeline_statuses_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS pipelines_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS projects_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS sequences_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS sessions_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS webhook_subscriptions_id_version_idx;
