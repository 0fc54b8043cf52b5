-- transactional: false
-- Scheduled campaigns in the order of their key, for the scheduler. Dropped before it is made, because an interrupted
-- CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS campaigns_scheduled_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaigns_scheduled_idx
    ON campaigns (tenant_id, id) WHERE status = 'scheduled';
