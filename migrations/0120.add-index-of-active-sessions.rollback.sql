-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS sessions_active_idx;
