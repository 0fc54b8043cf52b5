-- The schema that the migrations of the application invoicing make, as pg_dump of PostgreSQL 18 writes it.
-- Not to be edited: ventros migrate schema prints it.

CREATE SCHEMA invoicing;

CREATE TABLE invoicing.invoice_lines (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    invoice_id uuid NOT NULL,
    description text NOT NULL,
    quantity integer NOT NULL,
    price_cents bigint NOT NULL,
    CONSTRAINT invoice_lines_quantity_check CHECK ((quantity > 0))
);

ALTER TABLE ONLY invoicing.invoice_lines FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE invoicing.invoice_lines IS 'The lines of invoices, which change with them, under their version.';

COMMENT ON COLUMN invoicing.invoice_lines.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN invoicing.invoice_lines.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN invoicing.invoice_lines.invoice_id IS 'The invoice that this belongs to.';

COMMENT ON COLUMN invoicing.invoice_lines.description IS 'What was sold.';

COMMENT ON COLUMN invoicing.invoice_lines.quantity IS 'How many of it; more than 0.';

COMMENT ON COLUMN invoicing.invoice_lines.price_cents IS 'Of one, in cents.';

CREATE TABLE invoicing.invoices (
    tenant_id text NOT NULL,
    id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    number text NOT NULL,
    issued_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    note text,
    CONSTRAINT invoices_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> ALL (ARRAY[created_at, updated_at, issued_at])))
);

ALTER TABLE ONLY invoicing.invoices FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE invoicing.invoices IS 'What customers owe; drafts until they are issued.';

COMMENT ON COLUMN invoicing.invoices.tenant_id IS 'The tenant that owns the row.';

COMMENT ON COLUMN invoicing.invoices.id IS 'UUIDv7 made by the application.';

COMMENT ON COLUMN invoicing.invoices.version IS 'Stepped by one with every update; what a writer loaded must still be stored.';

COMMENT ON COLUMN invoicing.invoices.number IS 'What the customer knows the invoice by.';

COMMENT ON COLUMN invoicing.invoices.issued_at IS 'When it was issued; NULL of a draft.';

COMMENT ON COLUMN invoicing.invoices.created_at IS 'When it was created.';

COMMENT ON COLUMN invoicing.invoices.updated_at IS 'Time of the last command that changed it.';

COMMENT ON COLUMN invoicing.invoices.note IS 'For the customer to read; NULL without one.';

ALTER TABLE ONLY invoicing.invoice_lines
    ADD CONSTRAINT invoice_lines_pkey PRIMARY KEY (tenant_id, id);

ALTER TABLE ONLY invoicing.invoices
    ADD CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id);

CREATE INDEX invoice_lines_invoice_idx ON invoicing.invoice_lines USING btree (tenant_id, invoice_id);

CREATE TRIGGER version_guard BEFORE UPDATE ON invoicing.invoices FOR EACH ROW WHEN ((new.version IS DISTINCT FROM (old.version + 1))) EXECUTE FUNCTION public.ventros_version_guard();

ALTER TABLE ONLY invoicing.invoice_lines
    ADD CONSTRAINT invoice_lines_invoice_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoicing.invoices(tenant_id, id) ON DELETE CASCADE;

ALTER TABLE invoicing.invoice_lines ENABLE ROW LEVEL SECURITY;

ALTER TABLE invoicing.invoices ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON invoicing.invoice_lines USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));

CREATE POLICY tenant ON invoicing.invoices USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));
