-- name: pipeline_statuses.insert
-- why: the only way a status comes into being, and only in a pipeline that is there and stays so until
--      the end of the transaction; its version starts at 1
-- params: tenant_id text, id uuid, pipeline_id uuid, name text, description text, color text,
--         status_type text, position integer, active boolean, created_at timestamptz,
--         updated_at timestamptz, deleted_at timestamptz
-- rows: affected
-- standard: it takes its pipeline FOR SHARE in the same statement, so that nobody deletes that meanwhile
INSERT INTO pipeline_statuses (
    tenant_id, id, pipeline_id, name, description, color, status_type, position, active, created_at,
    updated_at, deleted_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
  FROM pipelines
 WHERE tenant_id = $1 AND id = $3 AND deleted_at IS NULL
   FOR SHARE;

-- name: pipeline_statuses.get
-- why: loads one status by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: pipeline_status
SELECT id, version, tenant_id, pipeline_id, name, description, color, status_type, position, active,
       created_at, updated_at, deleted_at
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: pipeline_statuses.update
-- why: the only way a status changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text, color text,
--         status_type text, position integer, active boolean, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE pipeline_statuses
   SET name = $4,
       description = $5,
       color = $6,
       status_type = $7,
       position = $8,
       active = $9,
       updated_at = $10,
       deleted_at = $11,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: pipeline_statuses.delete
-- why: removes a status for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM pipeline_statuses
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: pipeline_statuses.stored_version
-- why: tells, after a guarded write touched no row, whether the status is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: pipeline_statuses.touch
-- why: steps the version of a status that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE pipeline_statuses
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: pipeline_statuses.lock_for_share
-- why: statuses that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: pipeline_statuses.lock_for_no_key_update
-- why: statuses about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: pipeline_statuses.lock_for_update
-- why: statuses about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: pipeline_statuses.try_lock_for_share
-- why: as lock_for_share, but without waiting: statuses that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: pipeline_statuses.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: statuses that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: pipeline_statuses.try_lock_for_update
-- why: as lock_for_update, but without waiting: statuses that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: pipeline_statuses.find_by_pipeline
-- why: the statuses of a pipeline, or only those in use, from its first to its last
-- params: tenant_id text, pipeline_id uuid, active_only boolean
-- rows: many
-- returns: pipeline_status
SELECT id, version, tenant_id, pipeline_id, name, description, color, status_type, position, active,
       created_at, updated_at, deleted_at
  FROM pipeline_statuses
 WHERE tenant_id = $1 AND pipeline_id = $2 AND (active OR NOT $3) AND deleted_at IS NULL
 ORDER BY position, id;

-- name: pipeline_statuses.exist_in_pipeline
-- why: a pipeline that still has a status is not deleted
-- params: tenant_id text, pipeline_id uuid
-- rows: one
-- returns: found boolean
SELECT EXISTS (
       SELECT FROM pipeline_statuses
        WHERE tenant_id = $1 AND pipeline_id = $2 AND deleted_at IS NULL) AS found;
