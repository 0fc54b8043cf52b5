-- name: invoicing.invoices.insert
-- why: the only way an invoice comes into being; its version starts at 1
-- params: tenant_id text, id uuid, contact_id uuid, title text, created_at timestamptz,
--         updated_at timestamptz
-- rows: affected
INSERT INTO invoicing.invoices (tenant_id, id, contact_id, title, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: invoicing.invoices.get
-- why: loads one invoice by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: invoice
SELECT id, version, tenant_id, contact_id, title, created_at, updated_at
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id = $2;

-- name: invoicing.invoices.update
-- why: the only way an invoice changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, title text, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE invoicing.invoices
   SET title = $4,
       updated_at = $5,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: invoicing.invoices.delete
-- why: removes an invoice for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM invoicing.invoices
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: invoicing.invoices.stored_version
-- why: tells, after a guarded write touched no row, whether the invoice is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id = $2;

-- name: invoicing.invoices.lock_for_share
-- why: invoices in one order, so that no two that hold them wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: invoicing.invoices.lock_for_no_key_update
-- why: invoices in one order, so that no two that hold them wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;
