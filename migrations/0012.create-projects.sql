-- One project is one tenant, for ever: a deleted project's tenant is not handed out again.
CREATE TABLE IF NOT EXISTS projects (
    tenant_id               text        NOT NULL,
    id                      uuid        NOT NULL,
    user_id                 uuid        NOT NULL,
    billing_account_id      uuid        NOT NULL,
    name                    text        NOT NULL,
    description             text        NOT NULL,
    configuration           jsonb       NOT NULL,
    active                  boolean     NOT NULL,
    session_timeout_minutes integer     NOT NULL,
    agent_assignment        jsonb       NOT NULL,
    created_at              timestamptz NOT NULL,
    updated_at              timestamptz NOT NULL,
    deleted_at              timestamptz,
    CONSTRAINT projects_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT projects_tenant_key UNIQUE (tenant_id),
    CONSTRAINT projects_user_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    -- With the user, so that no project is paid through another user's account.
    CONSTRAINT projects_billing_account_fkey FOREIGN KEY (billing_account_id, user_id)
        REFERENCES billing_accounts (id, user_id),
    -- What begins with user: is under a user, not a project.
    CONSTRAINT projects_tenant_check
        CHECK (tenant_id ~ '^[A-Za-z0-9_.:@-]{3,100}$' AND tenant_id NOT LIKE 'user:%'),
    CONSTRAINT projects_name_check CHECK (name <> ''),
    CONSTRAINT projects_session_timeout_check CHECK (session_timeout_minutes > 0)
);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON projects;
CREATE POLICY tenant ON projects USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
-- A foreign key looks past every policy: without this one a project could name another user together with his account.
DROP POLICY IF EXISTS of_user ON projects;
CREATE POLICY of_user ON projects AS RESTRICTIVE FOR INSERT WITH CHECK (user_id = ventros_user());
COMMENT ON TABLE projects IS 'The workspaces of customers; each one is a tenant.';
COMMENT ON COLUMN projects.tenant_id IS 'The tenant that this project is, repeated by every row that belongs to it.';
COMMENT ON COLUMN projects.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN projects.user_id IS 'The customer who owns it; never changes.';
COMMENT ON COLUMN projects.billing_account_id IS 'What it is paid through; never changes.';
COMMENT ON COLUMN projects.name IS 'What the customer calls it.';
COMMENT ON COLUMN projects.description IS 'Free text, empty without one.';
COMMENT ON COLUMN projects.configuration IS 'Object of settings that only their readers know.';
COMMENT ON COLUMN projects.active IS 'Whether the customer uses it at present.';
COMMENT ON COLUMN projects.session_timeout_minutes IS
    'Minutes of silence that end a session, where neither pipeline nor channel says otherwise.';
COMMENT ON COLUMN projects.agent_assignment IS
    'Object that says how sessions get their agents, with the place of the next one in turn.';
COMMENT ON COLUMN projects.created_at IS 'When it was created.';
COMMENT ON COLUMN projects.updated_at IS 'Time of the last command that changed it.';
COMMENT ON COLUMN projects.deleted_at IS
    'When it was deleted, NULL while it lives; its tenant is not handed out again.';
