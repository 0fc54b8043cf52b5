-- transactional: false
-- The log is read in this order, from a consumer's position on. Dropped before it is made, because an interrupted
-- CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS outbox_events_log_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS outbox_events_log_idx ON outbox_events (transaction_id, position);
