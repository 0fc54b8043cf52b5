-- transactional: false
-- What the lists page through: sort column and id after the tenant, so that a page costs the same wherever it
-- starts. No column that changes on most updates is among them; lists sorted by such a one sort the tenant's
-- rows. Agents and contact lists have theirs. Dropped before they are made, because an interrupted
-- CONCURRENTLY leaves an invalid index behind.
-- Newest first, and from a cursor on; within a tenant, which has one project.
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_created_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contacts_live_created_idx
    ON contacts (tenant_id, created_at, id) WHERE deleted_at IS NULL;
-- By name.
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_name_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contacts_live_name_idx
    ON contacts (tenant_id, name, id) WHERE deleted_at IS NULL;
-- Newest first.
DROP INDEX CONCURRENTLY IF EXISTS sessions_live_started_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_live_started_idx
    ON sessions (tenant_id, started_at, id) WHERE deleted_at IS NULL;
-- One contact's, newest first.
DROP INDEX CONCURRENTLY IF EXISTS sessions_live_contact_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_live_contact_idx
    ON sessions (tenant_id, contact_id, started_at, id) WHERE deleted_at IS NULL;
-- Newest first.
DROP INDEX CONCURRENTLY IF EXISTS messages_live_timestamp_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_live_timestamp_idx
    ON messages (tenant_id, "timestamp", id) WHERE deleted_at IS NULL;
-- One session's, in the order in which they were written.
DROP INDEX CONCURRENTLY IF EXISTS messages_live_session_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_live_session_idx
    ON messages (tenant_id, session_id, "timestamp", id) WHERE deleted_at IS NULL;
-- One contact's.
DROP INDEX CONCURRENTLY IF EXISTS messages_live_contact_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_live_contact_idx
    ON messages (tenant_id, contact_id, "timestamp", id) WHERE deleted_at IS NULL;
-- Newest first.
DROP INDEX CONCURRENTLY IF EXISTS chats_live_created_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS chats_live_created_idx
    ON chats (tenant_id, created_at, id) WHERE deleted_at IS NULL;
-- In the order of the board.
DROP INDEX CONCURRENTLY IF EXISTS pipelines_live_position_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS pipelines_live_position_idx
    ON pipelines (tenant_id, position, id) WHERE deleted_at IS NULL;
-- Newest first.
DROP INDEX CONCURRENTLY IF EXISTS campaigns_created_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaigns_created_idx
    ON campaigns (tenant_id, created_at, id);
-- Newest first.
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_created_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS broadcasts_created_idx
    ON broadcasts (tenant_id, created_at, id);
