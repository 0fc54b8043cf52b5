-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_at_work_idx;
