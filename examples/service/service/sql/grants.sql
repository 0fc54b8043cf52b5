-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.

-- The services: for one tenant at a time, the one that the policy named tenant asks for.

GRANT USAGE ON SCHEMA service TO ventros_app;

GRANT
    SELECT (tenant_id, command_id, fingerprint, status, headers, body, answered_at),
    INSERT (tenant_id, command_id, fingerprint, status, headers, body, answered_at),
    DELETE
    ON service.answers TO ventros_app;

-- The auditor: reads all rows of all tenants, but no secrets, and writes nothing.

GRANT USAGE ON SCHEMA service TO ventros_auditor;

GRANT
    SELECT (tenant_id, command_id, fingerprint, status, headers, body, answered_at)
    ON service.answers TO ventros_auditor;
CREATE POLICY auditor_select ON service.answers FOR SELECT TO ventros_auditor USING (true);
