-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS outbox_events_log_idx;
