-- transactional: false
-- The messages of one chat in the order of their times: a group has many authors, so no contact leads to them. A
-- message's chat changes only by a merge. Dropped before it is made, because an interrupted CONCURRENTLY leaves an
-- invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS messages_live_chat_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_live_chat_idx
    ON messages (tenant_id, chat_id, "timestamp", id) WHERE deleted_at IS NULL AND chat_id IS NOT NULL;
