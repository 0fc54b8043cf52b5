-- name: agents.insert
-- why: the only way an agent comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, user_id uuid, name text, email text, type text,
--         status text, role text, active boolean, config jsonb, permissions text[], settings jsonb,
--         virtual_metadata jsonb, last_login_at timestamptz, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO agents (
    tenant_id, id, project_id, user_id, name, email, type, status, role, active, config, permissions,
    settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18
);

-- name: agents.get
-- why: loads one agent by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: agent
SELECT id, version, tenant_id, project_id, user_id, name, email, type, status, role, active, config,
       permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at
  FROM agents
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: agents.update
-- why: the only way an agent changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, email text, status text,
--         role text, active boolean, config jsonb, permissions text[], settings jsonb,
--         virtual_metadata jsonb, last_login_at timestamptz, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE agents
   SET name = $4,
       email = $5,
       status = $6,
       role = $7,
       active = $8,
       config = $9,
       permissions = $10,
       settings = $11,
       virtual_metadata = $12,
       last_login_at = $13,
       updated_at = $14,
       deleted_at = $15,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: agents.delete
-- why: removes an agent for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM agents
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: agents.stored_version
-- why: tells, after a guarded write touched no row, whether the agent is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM agents
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: agents.touch
-- why: steps the version of an agent that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE agents
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: agents.lock_for_share
-- why: agents that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: agents.lock_for_no_key_update
-- why: agents about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: agents.lock_for_update
-- why: agents about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: agents.try_lock_for_share
-- why: as lock_for_share, but without waiting: agents that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: agents.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: agents that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: agents.try_lock_for_update
-- why: as lock_for_update, but without waiting: agents that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM agents
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: agents.find_by_email
-- why: an email names one live agent of its tenant; it is sought in its normal form
-- params: tenant_id text, email text
-- rows: maybe
-- returns: agent
SELECT id, version, tenant_id, project_id, user_id, name, email, type, status, role, active, config,
       permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at
  FROM agents
 WHERE tenant_id = $1 AND email = $2 AND deleted_at IS NULL;
