-- transactional: false
-- Active sessions in the order of their key, for the scheduler, which looks for those that timed out. No column
-- that a message changes is in it, nor in its predicate. Dropped before it is made, because an interrupted
-- CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS sessions_active_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS sessions_active_idx
    ON sessions (tenant_id, id) WHERE status = 'active' AND deleted_at IS NULL;
