-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS projects_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS pipelines_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS channels_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS contacts_id_version_idx;
DROP INDEX CONCURRENTLY IF EXISTS sessions_id_version_idx;
ALTER TABLE billing_accounts DROP COLUMN IF EXISTS version;
ALTER TABLE projects DROP COLUMN IF EXISTS version;
ALTER TABLE pipelines DROP COLUMN IF EXISTS version;
ALTER TABLE channels DROP COLUMN IF EXISTS version;
ALTER TABLE contacts DROP COLUMN IF EXISTS version;
ALTER TABLE sessions DROP COLUMN IF EXISTS version;
