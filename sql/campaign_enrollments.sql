-- name: campaign_enrollments.insert
-- why: a contact is enrolled; of two open enrollments in one campaign campaign_enrollments_open_key refuses the second
-- params: tenant_id text, id uuid, campaign_id uuid, contact_id uuid, channel_id uuid, status text,
--         step_position integer, next_scheduled_at timestamptz, waiting_for text,
--         postponements integer, completed_at timestamptz, exited_at timestamptz, exit_reason text, created_at timestamptz,
--         updated_at timestamptz
-- rows: affected
INSERT INTO campaign_enrollments (
    tenant_id, id, campaign_id, contact_id, channel_id, status, step_position, next_scheduled_at,
    waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15
);

-- name: campaign_enrollments.get
-- why: loads one enrollment by its key
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: campaign_enrollment
SELECT id, version, tenant_id, campaign_id, contact_id, channel_id, status, step_position,
       next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id = $2;

-- name: campaign_enrollments.update
-- why: the only way an enrollment changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, contact_id uuid, status text,
--         step_position integer, next_scheduled_at timestamptz, waiting_for text,
--         postponements integer, completed_at timestamptz, exited_at timestamptz, exit_reason text, updated_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE campaign_enrollments
   SET contact_id = $4,
       status = $5,
       step_position = $6,
       next_scheduled_at = $7,
       waiting_for = $8,
       postponements = $9,
       completed_at = $10,
       exited_at = $11,
       exit_reason = $12,
       updated_at = $13,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: campaign_enrollments.delete
-- why: removes an enrollment for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM campaign_enrollments
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: campaign_enrollments.stored_version
-- why: tells, after a guarded write touched no row, whether the enrollment is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id = $2;

-- name: campaign_enrollments.touch
-- why: steps the version of an enrollment that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE campaign_enrollments
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: campaign_enrollments.lock_for_share
-- why: enrollments that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE;

-- name: campaign_enrollments.lock_for_no_key_update
-- why: enrollments about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: campaign_enrollments.lock_for_update
-- why: enrollments about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE;

-- name: campaign_enrollments.try_lock_for_share
-- why: as lock_for_share, but without waiting: enrollments that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: campaign_enrollments.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: enrollments that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: campaign_enrollments.try_lock_for_update
-- why: as lock_for_update, but without waiting: enrollments that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[]))
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: campaign_enrollments.claim
-- why: a due step is taken by one worker; the contact is held as well, so that it is neither merged nor deleted
--      meanwhile, and no worker waits for what another holds
-- params: tenant_id text, id uuid, at timestamptz
-- rows: maybe
-- returns: campaign_enrollment
SELECT e.id, e.version, e.tenant_id, e.campaign_id, e.contact_id, e.channel_id, e.status,
       e.step_position, e.next_scheduled_at, e.waiting_for, e.postponements, e.completed_at, e.exited_at,
       e.exit_reason, e.created_at, e.updated_at
  FROM campaign_enrollments e
  JOIN contacts c ON c.tenant_id = e.tenant_id AND c.id = e.contact_id
 WHERE e.tenant_id = $1 AND e.id = $2 AND e.status = 'active' AND e.next_scheduled_at <= $3
 ORDER BY e.id
   FOR NO KEY UPDATE OF e, c SKIP LOCKED;

-- name: campaign_enrollments.find_due
-- why: enrollments of all tenants whose next step is due, for the scheduler; those of a paused campaign wait for it.
--      A step looks at as many as it is told, in the order of the key; its last one is among the answers, due or not,
--      for the next step goes on behind it
-- params: now timestamptz, tenant_id text, id uuid, most integer
-- role: scheduler
-- rows: many
-- returns: tenant_id text, id uuid
WITH step AS (
    SELECT e.tenant_id, e.id, e.campaign_id, e.next_scheduled_at
      FROM campaign_enrollments AS e
     WHERE e.status = 'active' AND (e.tenant_id, e.id) > ($2, $3)
     ORDER BY e.tenant_id, e.id
     LIMIT $4::integer
)
SELECT tenant_id, id
  FROM step
 WHERE next_scheduled_at <= $1 AND (
       SELECT p.status FROM campaigns AS p WHERE p.tenant_id = step.tenant_id AND p.id = step.campaign_id) <> 'paused'
    OR (tenant_id, id) = (SELECT l.tenant_id, l.id FROM step AS l ORDER BY l.tenant_id DESC, l.id DESC LIMIT 1)
 ORDER BY tenant_id, id;

-- name: campaign_enrollments.find_open
-- why: the one enrollment of a contact in a campaign that is not over
-- params: tenant_id text, campaign_id uuid, contact_id uuid
-- rows: maybe
-- returns: campaign_enrollment
SELECT id, version, tenant_id, campaign_id, contact_id, channel_id, status, step_position,
       next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND campaign_id = $2 AND contact_id = $3 AND status IN ('active', 'paused');

-- name: campaign_enrollments.find_by_contact
-- why: where a contact was and is enrolled, the newest first: when it answers, is merged or is deleted
-- params: tenant_id text, contact_id uuid
-- rows: many
-- returns: campaign_enrollment
SELECT id, version, tenant_id, campaign_id, contact_id, channel_id, status, step_position,
       next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at
  FROM campaign_enrollments
 WHERE tenant_id = $1 AND contact_id = $2
 ORDER BY created_at DESC, id DESC;
