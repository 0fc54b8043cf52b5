-- name: contact_lists.insert
-- why: the only way a contact list comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, name text, description text, logical_operator text,
--         is_static boolean, contact_count bigint, last_calculated_at timestamptz,
--         created_at timestamptz, updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO contact_lists (
    tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count,
    last_calculated_at, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
);

-- name: contact_lists.get
-- why: loads one contact list by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: contact_list
SELECT id, version, tenant_id, project_id, name, description, logical_operator, is_static,
       contact_count, last_calculated_at, created_at, updated_at, deleted_at
  FROM contact_lists
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: contact_lists.update
-- why: the only way a contact list changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text,
--         logical_operator text, contact_count bigint, last_calculated_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
-- changes: contact_count, last_calculated_at
UPDATE contact_lists
   SET name = $4,
       description = $5,
       logical_operator = $6,
       contact_count = $7,
       last_calculated_at = $8,
       updated_at = $9,
       deleted_at = $10,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: contact_lists.delete
-- why: removes a contact list for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM contact_lists
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: contact_lists.stored_version
-- why: tells, after a guarded write touched no row, whether the contact list is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM contact_lists
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: contact_lists.touch
-- why: steps the version of a contact list that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE contact_lists
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: contact_lists.lock_for_share
-- why: contact lists that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: contact_lists.lock_for_no_key_update
-- why: contact lists about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: contact_lists.lock_for_update
-- why: contact lists about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: contact_lists.try_lock_for_share
-- why: as lock_for_share, but without waiting: contact lists that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: contact_lists.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: contact lists that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: contact_lists.try_lock_for_update
-- why: as lock_for_update, but without waiting: contact lists that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM contact_lists
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;
