-- Which contact stands, or stood, in which stage of a pipeline, from when to when. A history: a row is written
-- when the stay begins, changed once, when it ends, and never after.
CREATE TABLE IF NOT EXISTS contact_pipeline_statuses (
    tenant_id        text        NOT NULL,
    id               uuid        NOT NULL,
    contact_id       uuid        NOT NULL,
    pipeline_id      uuid        NOT NULL,
    status_id        uuid        NOT NULL,
    entered_at       timestamptz NOT NULL,
    exited_at        timestamptz,
    duration_seconds bigint,
    changed_by       uuid,
    reason           text,
    notes            text,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT contact_pipeline_statuses_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contact_pipeline_statuses_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id),
    -- The stage with its pipeline, so that no row can name a stage of another one; the stage's own foreign
    -- key vouches for the pipeline.
    CONSTRAINT contact_pipeline_statuses_status_fkey FOREIGN KEY (tenant_id, pipeline_id, status_id)
        REFERENCES pipeline_statuses (tenant_id, pipeline_id, id),
    CONSTRAINT contact_pipeline_statuses_exited_check CHECK (
        exited_at >= entered_at AND (exited_at IS NULL) = (duration_seconds IS NULL)),
    CONSTRAINT contact_pipeline_statuses_duration_check CHECK (
        duration_seconds = floor(extract(epoch FROM exited_at - entered_at)))
);
-- A contact stands in one stage of a pipeline at most: of two racing changes one must fail.
CREATE UNIQUE INDEX IF NOT EXISTS contact_pipeline_statuses_open_key
    ON contact_pipeline_statuses (tenant_id, contact_id, pipeline_id) WHERE exited_at IS NULL;
-- contact_pipeline_statuses.contacts_in_status and .exist_in_status
CREATE INDEX IF NOT EXISTS contact_pipeline_statuses_in_status_idx
    ON contact_pipeline_statuses (tenant_id, pipeline_id, status_id, contact_id) WHERE exited_at IS NULL;
-- contact_pipeline_statuses.history
CREATE INDEX IF NOT EXISTS contact_pipeline_statuses_history_idx
    ON contact_pipeline_statuses (tenant_id, contact_id, pipeline_id, entered_at, id);
ALTER TABLE contact_pipeline_statuses ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact_pipeline_statuses FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON contact_pipeline_statuses;
CREATE POLICY tenant ON contact_pipeline_statuses
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE contact_pipeline_statuses IS
    'History of the stages that contacts stand or stood in, one row for each stay.';
COMMENT ON COLUMN contact_pipeline_statuses.tenant_id IS 'Tenant that the row belongs to.';
COMMENT ON COLUMN contact_pipeline_statuses.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN contact_pipeline_statuses.contact_id IS 'Contact whose stay it is.';
COMMENT ON COLUMN contact_pipeline_statuses.pipeline_id IS 'Pipeline that the stage is part of.';
COMMENT ON COLUMN contact_pipeline_statuses.status_id IS 'Stage that the contact stands or stood in.';
COMMENT ON COLUMN contact_pipeline_statuses.entered_at IS 'When the stay began.';
COMMENT ON COLUMN contact_pipeline_statuses.exited_at IS 'When the stay ended, NULL while the contact is there.';
COMMENT ON COLUMN contact_pipeline_statuses.duration_seconds IS
    'Whole seconds from entered_at to exited_at, NULL while the contact is there.';
COMMENT ON COLUMN contact_pipeline_statuses.changed_by IS
    'User or agent who put the contact into the stage, NULL when none is known.';
COMMENT ON COLUMN contact_pipeline_statuses.reason IS
    'Why the contact was put into the stage, NULL when nothing was said.';
COMMENT ON COLUMN contact_pipeline_statuses.notes IS 'Remarks made on entering, NULL when there are none.';
COMMENT ON COLUMN contact_pipeline_statuses.created_at IS 'When the row was written.';
COMMENT ON COLUMN contact_pipeline_statuses.updated_at IS 'When the row last changed.';
