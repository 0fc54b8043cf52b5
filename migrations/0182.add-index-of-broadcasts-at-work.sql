-- transactional: false
-- For broadcasts.find_at_work, which asks for all tenants. Dropped before it is made, because an interrupted
-- CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_at_work_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS broadcasts_at_work_idx
    ON broadcasts (tenant_id, id) WHERE status IN ('scheduled', 'running');
