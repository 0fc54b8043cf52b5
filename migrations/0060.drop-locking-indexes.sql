-- transactional: false
-- The primary key already finds the row that WHERE id AND version names. An index that contains version makes
-- every update rewrite every index of the table, because none can then be heap-only.
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS projects_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS pipelines_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS channels_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS contacts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS sessions_id_version_idx;
