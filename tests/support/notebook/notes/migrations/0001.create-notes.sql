-- Notes.
CREATE TABLE notes.notes (
    tenant_id  text        NOT NULL,
    id         uuid        NOT NULL,
    version    integer     NOT NULL DEFAULT 1,
    title      text        NOT NULL CHECK (title <> ''),
    body       text        NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
ALTER TABLE notes.notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE notes.notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON notes.notes USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
CREATE TRIGGER version_guard BEFORE UPDATE ON notes.notes
    FOR EACH ROW WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();
