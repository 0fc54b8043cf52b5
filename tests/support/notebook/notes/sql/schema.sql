-- The schema that the migrations of the application notes make, as pg_dump of PostgreSQL 18 writes it.
-- Not to be edited: ventros migrate schema prints it.

CREATE SCHEMA notes;

CREATE TABLE notes.notes (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT notes_title_check CHECK ((title <> ''::text))
);

ALTER TABLE ONLY notes.notes FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY notes.notes
    ADD CONSTRAINT notes_pkey PRIMARY KEY (tenant_id, id);

CREATE TRIGGER version_guard BEFORE UPDATE ON notes.notes FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

ALTER TABLE notes.notes ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON notes.notes USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));
