DROP TABLE IF EXISTS invoicing.invoice_lines;
DROP TABLE IF EXISTS invoicing.invoices;
