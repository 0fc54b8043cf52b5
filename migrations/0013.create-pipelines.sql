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
    CONSTRAINT pipelines_session_timeout_check CHECK (session_timeout_minutes BETWEEN 1 AND 1440),
    CONSTRAINT pipelines_lead_qualification_check CHECK (jsonb_typeof(lead_qualification) = 'object')
);
ALTER TABLE pipelines ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipelines FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON pipelines;
CREATE POLICY tenant ON pipelines USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE pipelines IS 'Sales and support funnels of a project, whose statuses stand in pipeline_statuses.';
COMMENT ON COLUMN pipelines.tenant_id IS 'Tenant that the row belongs to.';
COMMENT ON COLUMN pipelines.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN pipelines.project_id IS 'Project that the funnel belongs to, never changed.';
COMMENT ON COLUMN pipelines.name IS 'Name to show, not empty and not necessarily unique.';
COMMENT ON COLUMN pipelines.description IS 'Text to show, empty when there is none.';
COMMENT ON COLUMN pipelines.color IS 'Colour to show as # and six upper-case hexadecimal digits, NULL for none.';
COMMENT ON COLUMN pipelines.position IS 'Place among the funnels of the project, the lowest first.';
COMMENT ON COLUMN pipelines.active IS 'Whether contacts may enter a status of the funnel.';
COMMENT ON COLUMN pipelines.session_timeout_minutes IS
    'Minutes of silence after which a session ends, 1 to 1440, NULL to leave it to channel and project.';
COMMENT ON COLUMN pipelines.lead_qualification IS
    'Object of enabled, min_score and questions by which leads are qualified, NULL when never set up.';
COMMENT ON COLUMN pipelines.enable_ai_summary IS 'Whether a model writes summaries of ended sessions.';
COMMENT ON COLUMN pipelines.ai_provider IS 'Provider of that model, NULL when none is chosen.';
COMMENT ON COLUMN pipelines.ai_model IS 'Name of that model at its provider, NULL when none is chosen.';
COMMENT ON COLUMN pipelines.created_at IS 'When the funnel was made.';
COMMENT ON COLUMN pipelines.updated_at IS 'When the funnel, or one of its custom fields, last changed.';
COMMENT ON COLUMN pipelines.deleted_at IS 'When the funnel was deleted, NULL while it lives.';
