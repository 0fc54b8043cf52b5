-- What the application's role may do: for each table, the columns that some statement reads or writes.
-- Read off the statements, not to be edited: ventros sql grants > grants.sql
-- The role has no other privilege and owns nothing; `ventros migrate roles` makes it and grants this.

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
