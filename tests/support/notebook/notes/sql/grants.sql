-- What the application's role may do: for each table, the columns that some statement reads or writes.
-- Read off the statements, not to be edited: ventros sql grants > grants.sql
-- The role has no other privilege and owns nothing; `ventros migrate roles` makes it and grants this.

GRANT USAGE ON SCHEMA notes TO ventros_app;

GRANT
    SELECT (tenant_id, id, version, title, body, created_at, updated_at),
    INSERT (tenant_id, id, title, body, created_at, updated_at),
    UPDATE (version, title, body, updated_at),
    DELETE
    ON notes.notes TO ventros_app;
