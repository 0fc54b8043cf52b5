-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS messages_live_chat_idx;
