-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS campaigns_scheduled_idx;
