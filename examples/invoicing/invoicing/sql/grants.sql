-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.

-- The services: for one tenant at a time, the one that the policy named tenant asks for.

GRANT USAGE ON SCHEMA invoicing TO ventros_app;

GRANT
    SELECT (tenant_id, id, invoice_id, description, quantity, price_cents),
    INSERT (tenant_id, id, invoice_id, description, quantity, price_cents),
    UPDATE (description, quantity, price_cents),
    DELETE
    ON invoicing.invoice_lines TO ventros_app;

GRANT
    SELECT (tenant_id, id, version, number, issued_at, created_at, updated_at, note),
    INSERT (tenant_id, id, number, issued_at, created_at, updated_at, note),
    UPDATE (version, number, issued_at, updated_at, note),
    DELETE
    ON invoicing.invoices TO ventros_app;

-- The auditor: reads all rows of all tenants, but no secrets, and writes nothing.

GRANT USAGE ON SCHEMA invoicing TO ventros_auditor;

GRANT
    SELECT (tenant_id, id, invoice_id, description, quantity, price_cents)
    ON invoicing.invoice_lines TO ventros_auditor;
CREATE POLICY auditor_select ON invoicing.invoice_lines FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, version, number, issued_at, created_at, updated_at, note)
    ON invoicing.invoices TO ventros_auditor;
CREATE POLICY auditor_select ON invoicing.invoices FOR SELECT TO ventros_auditor USING (true);
