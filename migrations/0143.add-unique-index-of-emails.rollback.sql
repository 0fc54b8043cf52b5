-- transactional: false
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_email_key;
