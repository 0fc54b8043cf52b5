-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS broadcasts_created_idx;
DROP INDEX CONCURRENTLY IF EXISTS campaigns_created_idx;
DROP INDEX CONCURRENTLY IF EXISTS pipelines_live_position_idx;
DROP INDEX CONCURRENTLY IF EXISTS chats_live_created_idx;
DROP INDEX CONCURRENTLY IF EXISTS messages_live_contact_idx;
DROP INDEX CONCURRENTLY IF EXISTS messages_live_session_idx;
DROP INDEX CONCURRENTLY IF EXISTS messages_live_timestamp_idx;
DROP INDEX CONCURRENTLY IF EXISTS sessions_live_contact_idx;
DROP INDEX CONCURRENTLY IF EXISTS sessions_live_started_idx;
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_name_idx;
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_created_idx;
