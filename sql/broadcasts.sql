-- name: broadcasts.insert
-- why: the only way a broadcast comes into being; its version starts at 1
-- params: tenant_id text, id uuid, name text, list_id uuid, channel_id uuid, message_template jsonb,
--         status text, scheduled_for timestamptz, started_at timestamptz, completed_at timestamptz,
--         failure_reason text, rate_limit integer, created_at timestamptz, updated_at timestamptz
-- rows: affected
INSERT INTO broadcasts (
    tenant_id, id, name, list_id, channel_id, message_template, status, scheduled_for, started_at,
    completed_at, failure_reason, rate_limit, created_at, updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
);

-- name: broadcasts.get
-- why: loads one broadcast by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: broadcast
SELECT id, version, tenant_id, name, list_id, channel_id, message_template, status, scheduled_for,
       started_at, completed_at, failure_reason, rate_limit, created_at, updated_at
  FROM broadcasts
 WHERE tenant_id = $1 AND id = $2;

-- name: broadcasts.update
-- why: the only way a broadcast changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, channel_id uuid,
--         message_template jsonb, status text, scheduled_for timestamptz, started_at timestamptz,
--         completed_at timestamptz, failure_reason text, rate_limit integer, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE broadcasts
   SET name = $4,
       channel_id = $5,
       message_template = $6,
       status = $7,
       scheduled_for = $8,
       started_at = $9,
       completed_at = $10,
       failure_reason = $11,
       rate_limit = $12,
       updated_at = $13,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: broadcasts.delete
-- why: removes a broadcast for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM broadcasts
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: broadcasts.stored_version
-- why: tells, after a guarded write touched no row, whether the broadcast is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM broadcasts
 WHERE tenant_id = $1 AND id = $2;

-- name: broadcasts.touch
-- why: steps the version of a broadcast that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE broadcasts
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: broadcasts.lock_for_share
-- why: broadcasts that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: broadcasts.lock_for_no_key_update
-- why: broadcasts about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: broadcasts.lock_for_update
-- why: broadcasts about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: broadcasts.try_lock_for_share
-- why: as lock_for_share, but without waiting: broadcasts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: broadcasts.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: broadcasts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: broadcasts.try_lock_for_update
-- why: as lock_for_update, but without waiting: broadcasts that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM broadcasts
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: broadcasts.find_at_work
-- why: broadcasts of all tenants that are running, or scheduled for a time that has come, for the scheduler. A step
--      looks at as many as it is told, in the order of the key; its last one is among the answers, due or not, for
--      the next step goes on behind it
-- params: now timestamptz, tenant_id text, id uuid, most integer
-- role: scheduler
-- rows: many
-- returns: tenant_id text, id uuid
WITH step AS (
    SELECT b.tenant_id, b.id, b.status, b.scheduled_for
      FROM broadcasts AS b
     WHERE b.status IN ('scheduled', 'running') AND (b.tenant_id, b.id) > ($2, $3)
     ORDER BY b.tenant_id, b.id
     LIMIT $4::integer
)
SELECT tenant_id, id
  FROM step
 WHERE status = 'running' OR scheduled_for <= $1
    OR (tenant_id, id) = (SELECT l.tenant_id, l.id FROM step AS l ORDER BY l.tenant_id DESC, l.id DESC LIMIT 1)
 ORDER BY tenant_id, id;
