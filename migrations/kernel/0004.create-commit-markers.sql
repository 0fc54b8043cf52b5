-- One row to a committed unit of work. A unit whose COMMIT got no answer is looked up here, by an insert of the
-- same key: that waits for a transaction which is still committing, where a SELECT would not see it yet. The
-- inserted row stays, as a tombstone: should the unit still be on its way to its marker, it fails on it.
CREATE TABLE IF NOT EXISTS commit_markers (
    tenant_id   text        NOT NULL,
    id          uuid        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    tombstone   boolean     NOT NULL DEFAULT false,
    CONSTRAINT commit_markers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT commit_markers_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> recorded_at
    ),
    CONSTRAINT commit_markers_length_bounds_check CHECK (char_length(tenant_id) <= 100)
);
ALTER TABLE commit_markers ENABLE ROW LEVEL SECURITY;
ALTER TABLE commit_markers FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON commit_markers;
CREATE POLICY tenant ON commit_markers
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE commit_markers IS 'Which units of work were committed: its unit was if and only if a row is there that is no tombstone.';
COMMENT ON COLUMN commit_markers.tenant_id IS 'The tenant of the unit of work.';
COMMENT ON COLUMN commit_markers.id IS 'Made by the application for its unit of work, for one attempt of a command.';
COMMENT ON COLUMN commit_markers.recorded_at IS 'When the transaction of the unit began; old ones may be pruned.';
COMMENT ON COLUMN commit_markers.tombstone IS 'Left by who asked for a unit that had not written its marker: it never will.';
