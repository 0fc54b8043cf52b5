ALTER TABLE invoicing.invoices ADD COLUMN note text;
COMMENT ON COLUMN invoicing.invoices.note IS 'For the customer to read; NULL without one.';
