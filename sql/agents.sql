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
-- rows: affected
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
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

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

-- name: agents.find_by_email
-- why: an email names one live agent of its tenant; it is sought in its normal form
-- params: tenant_id text, email text
-- rows: maybe
-- returns: agent
SELECT id, version, tenant_id, project_id, user_id, name, email, type, status, role, active, config,
       permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at
  FROM agents
 WHERE tenant_id = $1 AND email = $2 AND deleted_at IS NULL;
