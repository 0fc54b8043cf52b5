-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS billing_accounts_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS billing_accounts_id_version_idx ON billing_accounts (id, version);
DROP INDEX CONCURRENTLY IF EXISTS projects_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS projects_id_version_idx ON projects (id, version);
DROP INDEX CONCURRENTLY IF EXISTS pipelines_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS pipelines_id_version_idx ON pipelines (id, version);
DROP INDEX CONCURRENTLY IF EXISTS channels_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS channels_id_version_idx ON channels (id, version);
DROP INDEX CONCURRENTLY IF EXISTS contacts_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contacts_id_version_idx ON contacts (id, version);
DROP INDEX CONCURRENTLY IF EXISTS sessions_id_version_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_id_version_idx ON sessions (id, version);
