-- What the application's role may do: for each table, the columns that some statement reads or writes.
-- Read off the statements, not to be edited: ventros sql grants > grants.sql
-- The role has no other privilege and owns nothing; `ventros migrate roles` makes it and grants this.

GRANT USAGE ON SCHEMA service TO ventros_app;

GRANT
    SELECT (tenant_id, command_id, fingerprint, status, headers, body, answered_at),
    INSERT (tenant_id, command_id, fingerprint, status, headers, body, answered_at),
    DELETE
    ON service.answers TO ventros_app;
