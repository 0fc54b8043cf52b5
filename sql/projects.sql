-- name: projects.insert
-- why: the only way a project comes into being; its version starts at 1
-- params: tenant_id text, id uuid, user_id uuid, billing_account_id uuid, name text, description text,
--         configuration jsonb, active boolean, session_timeout_minutes integer, agent_assignment jsonb,
--         created_at timestamptz, updated_at timestamptz, deleted_at timestamptz, suspended_at timestamptz
-- rows: affected
INSERT INTO projects (
    tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
    session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
);

-- name: projects.get
-- why: loads one project by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: project
SELECT id, version, tenant_id, user_id, billing_account_id, name, description, configuration, active,
       session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at
  FROM projects
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: projects.update
-- why: the only way a project changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text,
--         configuration jsonb, active boolean, session_timeout_minutes integer, agent_assignment jsonb,
--         updated_at timestamptz, deleted_at timestamptz, suspended_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE projects
   SET name = $4,
       description = $5,
       configuration = $6,
       active = $7,
       session_timeout_minutes = $8,
       agent_assignment = $9,
       updated_at = $10,
       deleted_at = $11,
       suspended_at = $12,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: projects.delete
-- why: removes a project for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM projects
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: projects.stored_version
-- why: tells, after a guarded write touched no row, whether the project is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM projects
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: projects.touch
-- why: steps the version of a project that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE projects
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: projects.lock_for_share
-- why: projects that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: projects.lock_for_no_key_update
-- why: projects about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: projects.lock_for_update
-- why: projects about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: projects.try_lock_for_share
-- why: as lock_for_share, but without waiting: projects that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: projects.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: projects that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: projects.try_lock_for_update
-- why: as lock_for_update, but without waiting: projects that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM projects
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: projects.find_by_tenant
-- why: one tenant is one project, and a caller may know the tenant only
-- params: tenant_id text
-- rows: maybe
-- returns: project
SELECT id, version, tenant_id, user_id, billing_account_id, name, description, configuration, active,
       session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at
  FROM projects
 WHERE tenant_id = $1 AND deleted_at IS NULL;

-- name: projects.list_by_customer
-- why: whether this tenant's project is the customer's; the unique key of the tenant serves it
-- params: tenant_id text, user_id uuid
-- rows: many
-- returns: project
SELECT id, version, tenant_id, user_id, billing_account_id, name, description, configuration, active,
       session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at
  FROM projects
 WHERE tenant_id = $1 AND user_id = $2 AND deleted_at IS NULL
 ORDER BY created_at, id;
