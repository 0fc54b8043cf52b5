-- transactional: false
-- An email names one live contact of a project, as a phone does. Where two have one already, this stops and names it:
-- merge or delete one of them (docs/contacts.md), then migrate again. Dropped before it is made, because an
-- interrupted CONCURRENTLY leaves an invalid index behind.
DROP INDEX CONCURRENTLY IF EXISTS contacts_live_email_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS contacts_live_email_key
    ON contacts (tenant_id, project_id, email) WHERE deleted_at IS NULL AND email IS NOT NULL;
