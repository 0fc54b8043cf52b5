-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_due_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS broadcasts_due_idx
    ON broadcasts (tenant_id, scheduled_for) WHERE status = 'scheduled';
DROP INDEX CONCURRENTLY IF EXISTS campaigns_due_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS campaigns_due_idx ON campaigns (tenant_id, start_date) WHERE status = 'scheduled';
