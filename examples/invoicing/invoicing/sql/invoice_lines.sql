-- name: invoicing.invoice_lines.find
-- why: the lines of one invoice or of several, in their order
-- params: tenant_id text, invoice_ids uuid[]
-- rows: many
-- returns: invoice_id uuid, id uuid, description text, quantity integer, price_cents bigint
SELECT invoice_id, id, description, quantity, price_cents
  FROM invoicing.invoice_lines
 WHERE tenant_id = $1 AND invoice_id = ANY($2)
 ORDER BY invoice_id, id;

-- name: invoicing.invoice_lines.insert
-- why: a line that the invoice has more than before, after the invoice itself was written
-- params: tenant_id text, invoice_id uuid, id uuid, description text, quantity integer,
--         price_cents bigint
-- rows: affected
INSERT INTO invoicing.invoice_lines (
    tenant_id, invoice_id, id, description, quantity, price_cents
) VALUES (
    $1, $2, $3, $4, $5, $6
);

-- name: invoicing.invoice_lines.update
-- why: a line that changed; only after the update of its invoice, which compares and steps the version
-- params: tenant_id text, invoice_id uuid, id uuid, description text, quantity integer,
--         price_cents bigint
-- rows: affected
UPDATE invoicing.invoice_lines
   SET description = $4,
       quantity = $5,
       price_cents = $6
 WHERE tenant_id = $1 AND invoice_id = $2 AND id = $3;

-- name: invoicing.invoice_lines.delete
-- why: all lines that the invoice has no more, in one statement; only after the update of the invoice
-- params: tenant_id text, invoice_id uuid, ids uuid[]
-- rows: affected
DELETE FROM invoicing.invoice_lines
 WHERE tenant_id = $1 AND invoice_id = $2 AND id = ANY($3);
