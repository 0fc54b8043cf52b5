-- The statuses of pipelines. A status stays in its pipeline for ever, so what was recorded of it stays true.
CREATE TABLE IF NOT EXISTS pipeline_statuses (
    tenant_id   text        NOT NULL,
    id          uuid        NOT NULL,
    pipeline_id uuid        NOT NULL,
    name        text        NOT NULL,
    description text        NOT NULL,
    color       text,
    status_type text        NOT NULL,
    position    integer     NOT NULL,
    active      boolean     NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    deleted_at  timestamptz,
    CONSTRAINT pipeline_statuses_pkey PRIMARY KEY (tenant_id, id),
    -- For placements, which refer to a status and its pipeline at once; and, with the few statuses that a
    -- pipeline has, all that finding them needs.
    CONSTRAINT pipeline_statuses_pipeline_key UNIQUE (tenant_id, pipeline_id, id),
    CONSTRAINT pipeline_statuses_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id)
        REFERENCES pipelines (tenant_id, id),
    CONSTRAINT pipeline_statuses_name_check CHECK (name <> ''),
    CONSTRAINT pipeline_statuses_color_check CHECK (color ~ '^#[0-9A-F]{6}$'),
    CONSTRAINT pipeline_statuses_status_type_check CHECK (status_type IN ('open', 'active', 'closed'))
);
-- A deleted status gives its name free.
CREATE UNIQUE INDEX IF NOT EXISTS pipeline_statuses_live_name_key
    ON pipeline_statuses (tenant_id, pipeline_id, name) WHERE deleted_at IS NULL;
ALTER TABLE pipeline_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE pipeline_statuses FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON pipeline_statuses;
CREATE POLICY tenant ON pipeline_statuses
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE pipeline_statuses IS 'Statuses of pipelines, one of which a contact stands in.';
COMMENT ON COLUMN pipeline_statuses.tenant_id IS 'Tenant that the row belongs to.';
COMMENT ON COLUMN pipeline_statuses.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN pipeline_statuses.pipeline_id IS 'Pipeline that the status is part of, never changed.';
COMMENT ON COLUMN pipeline_statuses.name IS 'Name to show, unique among the live statuses of the pipeline.';
COMMENT ON COLUMN pipeline_statuses.description IS 'Text to show, empty when there is none.';
COMMENT ON COLUMN pipeline_statuses.color IS
    'Colour to show as # and six upper-case hexadecimal digits, NULL for none.';
COMMENT ON COLUMN pipeline_statuses.status_type IS
    'What standing here means for the contact: open (new), active (being worked on) or closed (done).';
COMMENT ON COLUMN pipeline_statuses.position IS 'Place among the statuses of the pipeline, the lowest first.';
COMMENT ON COLUMN pipeline_statuses.active IS 'Whether contacts may enter the status.';
COMMENT ON COLUMN pipeline_statuses.created_at IS 'When the status was made.';
COMMENT ON COLUMN pipeline_statuses.updated_at IS 'When the status last changed.';
COMMENT ON COLUMN pipeline_statuses.deleted_at IS 'When the status was deleted, NULL while it lives.';
