-- name: campaigns.insert
-- why: the only way a campaign comes into being; its version starts at 1
-- params: tenant_id text, id uuid, name text, description text, status text, goal_type text,
--         goal_value integer, start_date timestamptz, end_date timestamptz, created_at timestamptz,
--         updated_at timestamptz
-- rows: affected
INSERT INTO campaigns (
    tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date, created_at,
    updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
);

-- name: campaigns.get
-- why: loads one campaign by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: campaign
SELECT id, version, tenant_id, name, description, status, goal_type, goal_value, start_date, end_date,
       created_at, updated_at
  FROM campaigns
 WHERE tenant_id = $1 AND id = $2;

-- name: campaigns.update
-- why: the only way a campaign changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, description text, status text,
--         goal_type text, goal_value integer, start_date timestamptz, end_date timestamptz,
--         updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE campaigns
   SET name = $4,
       description = $5,
       status = $6,
       goal_type = $7,
       goal_value = $8,
       start_date = $9,
       end_date = $10,
       updated_at = $11,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: campaigns.delete
-- why: removes a campaign for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM campaigns
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: campaigns.stored_version
-- why: tells, after a guarded write touched no row, whether the campaign is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM campaigns
 WHERE tenant_id = $1 AND id = $2;

-- name: campaigns.touch
-- why: steps the version of a campaign that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE campaigns
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: campaigns.lock_for_share
-- why: campaigns that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: campaigns.lock_for_no_key_update
-- why: campaigns about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: campaigns.lock_for_update
-- why: campaigns about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: campaigns.try_lock_for_share
-- why: as lock_for_share, but without waiting: campaigns that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: campaigns.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: campaigns that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: campaigns.try_lock_for_update
-- why: as lock_for_update, but without waiting: campaigns that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaigns
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: campaigns.find_startable
-- why: scheduled campaigns of all tenants whose time has come, for the scheduler. A step looks at as many as it is told,
--      in the order of the key; its last one is among the answers, due or not, for the next step goes on behind it
-- params: now timestamptz, tenant_id text, id uuid, most integer
-- role: scheduler
-- rows: many
-- returns: tenant_id text, id uuid
WITH step AS (
    SELECT c.tenant_id, c.id, c.start_date
      FROM campaigns AS c
     WHERE c.status = 'scheduled' AND (c.tenant_id, c.id) > ($2, $3)
     ORDER BY c.tenant_id, c.id
     LIMIT $4::integer
)
SELECT tenant_id, id
  FROM step
 WHERE start_date <= $1
    OR (tenant_id, id) = (SELECT l.tenant_id, l.id FROM step AS l ORDER BY l.tenant_id DESC, l.id DESC LIMIT 1)
 ORDER BY tenant_id, id;
