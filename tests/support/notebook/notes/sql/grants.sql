-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.

-- The services: for one tenant at a time, the one that the policy named tenant asks for.

GRANT USAGE ON SCHEMA notes TO ventros_app;

GRANT
    SELECT (tenant_id, id, version, title, body, created_at, updated_at),
    INSERT (tenant_id, id, title, body, created_at, updated_at),
    UPDATE (version, title, body, updated_at),
    DELETE
    ON notes.notes TO ventros_app;

-- The auditor: reads all rows of all tenants, but no secrets, and writes nothing.

GRANT USAGE ON SCHEMA notes TO ventros_auditor;

GRANT
    SELECT (tenant_id, id, version, title, body, created_at, updated_at)
    ON notes.notes TO ventros_auditor;
CREATE POLICY auditor_select ON notes.notes FOR SELECT TO ventros_auditor USING (true);
