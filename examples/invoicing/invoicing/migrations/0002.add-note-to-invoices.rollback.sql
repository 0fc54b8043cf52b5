ALTER TABLE invoicing.invoices DROP COLUMN note;
