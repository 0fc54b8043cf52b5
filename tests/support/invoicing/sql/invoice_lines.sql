-- name: invoicing.invoice_lines.find
-- why: the lines of one invoice or of several
-- params: tenant_id text, invoice_ids uuid[]
-- rows: many
-- returns: invoice_id uuid, id uuid, text text, cents bigint
SELECT invoice_id, id, text, cents
  FROM invoicing.invoice_lines
 WHERE tenant_id = $1 AND invoice_id = ANY ($2)
 ORDER BY invoice_id, id;

-- name: invoicing.invoice_lines.insert
-- why: a line that an invoice has more than before, after the invoice itself was written
-- params: tenant_id text, invoice_id uuid, id uuid, text text, cents bigint
-- rows: affected
INSERT INTO invoicing.invoice_lines (tenant_id, invoice_id, id, text, cents)
VALUES ($1, $2, $3, $4, $5);

-- name: invoicing.invoice_lines.update
-- why: a line that changed, after the invoice itself was written
-- params: tenant_id text, invoice_id uuid, id uuid, text text, cents bigint
-- rows: affected
UPDATE invoicing.invoice_lines
   SET text = $4, cents = $5
 WHERE tenant_id = $1 AND invoice_id = $2 AND id = $3;

-- name: invoicing.invoice_lines.delete
-- why: the lines that an invoice has no more, after the invoice itself was written
-- params: tenant_id text, invoice_id uuid, ids uuid[]
-- rows: affected
DELETE FROM invoicing.invoice_lines
 WHERE tenant_id = $1 AND invoice_id = $2 AND id = ANY ($3);
