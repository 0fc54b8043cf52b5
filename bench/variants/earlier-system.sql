-- The earlier system's indexes: 14 on contacts and 24 on sessions, primary keys included.
DO $$
DECLARE each regclass;
BEGIN
    FOR each IN SELECT indexrelid FROM pg_index
                 WHERE indrelid IN ('contacts'::regclass, 'sessions'::regclass) AND NOT indisprimary LOOP
        EXECUTE format('DROP INDEX %s', each);
    END LOOP;
END $$;
CREATE INDEX ON contacts (created_at);
CREATE INDEX ON contacts (deleted_at);
CREATE INDEX ON contacts (email);
CREATE INDEX ON contacts (external_id);
CREATE INDEX ON contacts (name);
CREATE INDEX ON contacts (phone);
CREATE INDEX ON contacts (project_id);
CREATE INDEX ON contacts USING gin (tags);
CREATE INDEX ON contacts (tenant_id, created_at);
CREATE INDEX ON contacts (tenant_id, deleted_at);
CREATE INDEX ON contacts (tenant_id, name);
CREATE INDEX ON contacts (updated_at);
CREATE INDEX ON contacts (id, version);
CREATE INDEX ON sessions USING gin (agent_ids);
CREATE INDEX ON sessions (channel_type_id);
CREATE INDEX ON sessions (contact_id);
CREATE INDEX ON sessions (converted);
CREATE INDEX ON sessions (created_at);
CREATE INDEX ON sessions (deleted_at);
CREATE INDEX ON sessions (ended_at);
CREATE INDEX ON sessions (escalated);
CREATE INDEX ON sessions USING gin (key_entities);
CREATE INDEX ON sessions (last_activity_at);
CREATE INDEX ON sessions USING gin (outcome_tags);
CREATE INDEX ON sessions (pipeline_id);
CREATE INDEX ON sessions (resolved);
CREATE INDEX ON sessions (sentiment);
CREATE INDEX ON sessions (started_at);
CREATE INDEX ON sessions (status);
CREATE INDEX ON sessions (tenant_id);
CREATE INDEX ON sessions (tenant_id, contact_id);
CREATE INDEX ON sessions (tenant_id, started_at);
CREATE INDEX ON sessions (tenant_id, status);
CREATE INDEX ON sessions USING gin (topics);
CREATE INDEX ON sessions (updated_at);
CREATE INDEX ON sessions (id, version);
