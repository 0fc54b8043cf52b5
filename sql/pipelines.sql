-- name: pipelines.insert
-- why: the only way a pipeline comes into being; its version starts at 1
-- params: tenant_id text, id uuid, project_id uuid, name text, description text, color text,
--         position integer, active boolean, session_timeout_minutes integer, lead_qualification jsonb,
--         enable_ai_summary boolean, ai_provider text, ai_model text, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: affected
INSERT INTO pipelines (
    tenant_id, id, project_id, name, description, color, position, active, session_timeout_minutes,
    lead_qualification, enable_ai_summary, ai_provider, ai_model, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16
);

-- name: pipelines.get
-- why: loads one pipeline by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: pipeline
SELECT id, version, tenant_id, project_id, name, description, color, position, active,
       session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model,
       created_at, updated_at, deleted_at
  FROM pipelines
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: pipelines.update
-- why: the only way a pipeline changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text, color text,
--         position integer, active boolean, session_timeout_minutes integer, lead_qualification jsonb,
--         enable_ai_summary boolean, ai_provider text, ai_model text, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE pipelines
   SET name = $4,
       description = $5,
       color = $6,
       position = $7,
       active = $8,
       session_timeout_minutes = $9,
       lead_qualification = $10,
       enable_ai_summary = $11,
       ai_provider = $12,
       ai_model = $13,
       updated_at = $14,
       deleted_at = $15,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: pipelines.delete
-- why: removes a pipeline for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM pipelines
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: pipelines.stored_version
-- why: tells, after a guarded write touched no row, whether the pipeline is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM pipelines
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: pipelines.touch
-- why: steps the version of a pipeline that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE pipelines
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: pipelines.lock_for_share
-- why: pipelines that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: pipelines.lock_for_no_key_update
-- why: pipelines about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: pipelines.lock_for_update
-- why: pipelines about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: pipelines.try_lock_for_share
-- why: as lock_for_share, but without waiting: pipelines that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: pipelines.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: pipelines that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: pipelines.try_lock_for_update
-- why: as lock_for_update, but without waiting: pipelines that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipelines
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: pipelines.is_live
-- why: tells, after a new status was not taken in, whether that was because its pipeline is gone
-- params: tenant_id text, id uuid
-- rows: one
-- returns: live boolean
SELECT EXISTS (
       SELECT FROM pipelines
        WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL) AS live;
