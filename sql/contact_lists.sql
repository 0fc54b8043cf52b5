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
-- rows: affected
UPDATE contact_lists
   SET name = $4,
       description = $5,
       logical_operator = $6,
       contact_count = $7,
       last_calculated_at = $8,
       updated_at = $9,
       deleted_at = $10,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

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

-- name: contact_lists.find_by_project
-- why: a project's lists, to choose from; their rules are read with contact_list_filters.find_by_lists
-- params: tenant_id text, project_id uuid
-- rows: many
-- returns: contact_list
SELECT id, version, tenant_id, project_id, name, description, logical_operator, is_static,
       contact_count, last_calculated_at, created_at, updated_at, deleted_at
  FROM contact_lists
 WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
 ORDER BY created_at DESC, id DESC;

-- name: contact_lists.find_by_tenant
-- why: a tenant's lists, whatever their project
-- params: tenant_id text
-- rows: many
-- returns: contact_list
-- plan: reads the tenant's lists: the deleted are few beside them
SELECT id, version, tenant_id, project_id, name, description, logical_operator, is_static,
       contact_count, last_calculated_at, created_at, updated_at, deleted_at
  FROM contact_lists
 WHERE tenant_id = $1 AND deleted_at IS NULL
 ORDER BY created_at DESC, id DESC;
