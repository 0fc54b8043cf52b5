-- name: invoicing.invoices.insert
-- why: the only way an invoice comes into being; its version starts at 1
-- params: tenant_id text, id uuid, number text, issued_at timestamptz, created_at timestamptz,
--         updated_at timestamptz, note text
-- rows: affected
INSERT INTO invoicing.invoices (
    tenant_id, id, number, issued_at, created_at, updated_at, note
) VALUES (
    $1, $2, $3, $4, $5, $6, $7
);

-- name: invoicing.invoices.get
-- why: loads an invoice by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: invoice
SELECT id, version, tenant_id, number, issued_at, created_at, updated_at, note
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id = $2;

-- name: invoicing.invoices.update
-- why: the only way an invoice changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, number text, issued_at timestamptz,
--         updated_at timestamptz, note text
-- rows: maybe
-- returns: id uuid, version integer
UPDATE invoicing.invoices
   SET number = $4,
       issued_at = $5,
       updated_at = $6,
       note = $7,
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
-- why: tells, after a guarded write touched no row, whether an invoice is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id = $2;

-- name: invoicing.invoices.touch
-- why: steps the version of an invoice that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE invoicing.invoices
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: invoicing.invoices.lock_for_share
-- why: invoices that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: invoicing.invoices.lock_for_no_key_update
-- why: invoices about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: invoicing.invoices.lock_for_update
-- why: invoices about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: invoicing.invoices.try_lock_for_share
-- why: as lock_for_share, but without waiting: invoices that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: invoicing.invoices.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: invoices that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: invoicing.invoices.try_lock_for_update
-- why: as lock_for_update, but without waiting: invoices that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM invoicing.invoices
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;
