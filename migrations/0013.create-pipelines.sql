-- Sales and support funnels. A pipeline's session timeout, when it has one, goes before its channel's.
CREATE TABLE IF NOT EXISTS pipelines (
    tenant_id               text        NOT NULL,
    id                      uuid        NOT NULL,
    project_id              uuid        NOT NULL,
    name                    text        NOT NULL,
    description             text        NOT NULL,
    color                   text,
    position                integer     NOT NULL,
    active                  boolean     NOT NULL,
    session_timeout_minutes integer,
    lead_qualification      jsonb,
    enable_ai_summary       boolean     NOT NULL,
    ai_provider             text,
    ai_model                text,
    created_at              timestamptz NOT NULL,
    updated_at              timestamptz NOT NULL,
    deleted_at              timestamptz,
    CONSTRAINT pipelines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT pipelines_project_fkey FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id),
    CONSTRAINT pipelines_name_check CHECK (name <> ''),
    CONSTRAINT pipelines_color_check CHECK (color ~ '^#[0-9A-F]{6}$'),
    CONSTRAINT pipelines_session_timeout_check CHECK (session_timeout_minutes BETWEEN 1 AND 1440)
);
ALTER TABLE pipelines ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipelines FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON pipelines;
CREATE POLICY tenant ON pipelines USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
