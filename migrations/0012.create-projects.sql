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
    CONSTRAINT projects_billing_account_fkey FOREIGN KEY (billing_account_id) REFERENCES billing_accounts (id),
    CONSTRAINT projects_tenant_check CHECK (tenant_id ~ '^[A-Za-z0-9_.:@-]{3,100}$'),
    CONSTRAINT projects_name_check CHECK (name <> ''),
    CONSTRAINT projects_session_timeout_check CHECK (session_timeout_minutes > 0)
);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON projects;
CREATE POLICY tenant ON projects USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
