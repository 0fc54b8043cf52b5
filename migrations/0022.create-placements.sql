-- Placements: which contact stands, or stood, in which status of a pipeline, from when to when. A history: a row
-- is written when the contact enters, changed once, when it leaves, and never after.
CREATE TABLE IF NOT EXISTS placements (
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
    CONSTRAINT placements_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT placements_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id),
    -- The status with its pipeline, so that no row can name a status of another one; the status's own foreign
    -- key vouches for the pipeline.
    CONSTRAINT placements_status_fkey FOREIGN KEY (tenant_id, pipeline_id, status_id)
        REFERENCES pipeline_statuses (tenant_id, pipeline_id, id),
    CONSTRAINT placements_exited_check CHECK (
        exited_at >= entered_at AND (exited_at IS NULL) = (duration_seconds IS NULL)),
    CONSTRAINT placements_duration_check CHECK (
        duration_seconds = floor(extract(epoch FROM exited_at - entered_at)))
);
-- A contact stands in one status of a pipeline at most: of two racing changes one must fail.
CREATE UNIQUE INDEX IF NOT EXISTS placements_open_key
    ON placements (tenant_id, contact_id, pipeline_id) WHERE exited_at IS NULL;
-- placements.contacts_in_status and .exist_in_status
CREATE INDEX IF NOT EXISTS placements_in_status_idx
    ON placements (tenant_id, pipeline_id, status_id, contact_id) WHERE exited_at IS NULL;
-- placements.history
CREATE INDEX IF NOT EXISTS placements_history_idx
    ON placements (tenant_id, contact_id, pipeline_id, entered_at, id);
ALTER TABLE placements ENABLE ROW LEVEL SECURITY;
ALTER TABLE placements FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON placements;
CREATE POLICY tenant ON placements
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE placements IS
    'Placements: the statuses that contacts stand or stood in, one row from entering to leaving.';
COMMENT ON COLUMN placements.tenant_id IS 'Tenant that the row belongs to.';
COMMENT ON COLUMN placements.id IS 'UUIDv7 made by the application.';
COMMENT ON COLUMN placements.contact_id IS 'Contact that stands or stood in the status.';
COMMENT ON COLUMN placements.pipeline_id IS 'Pipeline that the status is part of.';
COMMENT ON COLUMN placements.status_id IS 'Status that the contact stands or stood in.';
COMMENT ON COLUMN placements.entered_at IS 'When the contact entered the status.';
COMMENT ON COLUMN placements.exited_at IS 'When the contact left the status, NULL while the contact is there.';
COMMENT ON COLUMN placements.duration_seconds IS
    'Whole seconds from entered_at to exited_at, NULL while the contact is there.';
COMMENT ON COLUMN placements.changed_by IS
    'User or agent who put the contact into the status, NULL when none is known.';
COMMENT ON COLUMN placements.reason IS
    'Why the contact was put into the status, NULL when nothing was said.';
COMMENT ON COLUMN placements.notes IS 'Remarks made on entering, NULL when there are none.';
COMMENT ON COLUMN placements.created_at IS 'When the row was written.';
COMMENT ON COLUMN placements.updated_at IS 'When the row last changed.';
