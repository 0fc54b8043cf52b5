-- name: placements.insert
-- why: a contact enters a status; one that stands in the pipeline already is refused by placements_open_key
-- params: tenant_id text, id uuid, contact_id uuid, pipeline_id uuid, status_id uuid,
--         entered_at timestamptz, exited_at timestamptz, duration_seconds bigint, changed_by uuid,
--         reason text, notes text, created_at timestamptz, updated_at timestamptz
-- rows: affected
INSERT INTO placements (
    tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
    changed_by, reason, notes, created_at, updated_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
);

-- name: placements.close
-- why: a contact leaves a status; of two who close the same placement the second touches no row
-- params: tenant_id text, id uuid, exited_at timestamptz, duration_seconds bigint,
--         updated_at timestamptz
-- rows: affected
UPDATE placements
   SET exited_at = $3,
       duration_seconds = $4,
       updated_at = $5
 WHERE tenant_id = $1 AND id = $2 AND exited_at IS NULL;

-- name: placements.find_open
-- why: where a contact stands in a pipeline
-- params: tenant_id text, contact_id uuid, pipeline_id uuid
-- rows: maybe
-- returns: id uuid, tenant_id text, contact_id uuid, pipeline_id uuid, status_id uuid,
--          entered_at timestamptz, exited_at timestamptz, duration_seconds bigint, changed_by uuid,
--          reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT id, tenant_id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
       changed_by, reason, notes, created_at, updated_at
  FROM placements
 WHERE tenant_id = $1 AND contact_id = $2 AND pipeline_id = $3 AND exited_at IS NULL;

-- name: placements.hold_open
-- why: where a contact that is to be deleted stands, in all pipelines; nobody moves it until the transaction ends
-- params: tenant_id text, contact_id uuid
-- rows: many
-- returns: status_name text, id uuid, tenant_id text, contact_id uuid, pipeline_id uuid,
--          status_id uuid, entered_at timestamptz, exited_at timestamptz, duration_seconds bigint,
--          changed_by uuid, reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT s.name AS status_name, o.id, o.tenant_id, o.contact_id, o.pipeline_id, o.status_id, o.entered_at,
       o.exited_at, o.duration_seconds, o.changed_by, o.reason, o.notes, o.created_at, o.updated_at
  FROM placements o
  JOIN pipeline_statuses s ON s.tenant_id = o.tenant_id AND s.id = o.status_id
 WHERE o.tenant_id = $1 AND o.contact_id = $2 AND o.exited_at IS NULL
 ORDER BY o.id
   FOR NO KEY UPDATE OF o;

-- name: placements.find_change
-- why: all that a change of status has to know, in one round trip; contact, pipeline and status can be
--      neither deleted nor deactivated by another before the transaction ends
-- params: tenant_id text, project_id uuid, contact_id uuid, pipeline_id uuid, status_id uuid
-- rows: maybe
-- returns: pipeline_active boolean, status_active boolean, status_name text, open_status_name text,
--          id uuid, tenant_id text, contact_id uuid, pipeline_id uuid, status_id uuid,
--          entered_at timestamptz, exited_at timestamptz, duration_seconds bigint, changed_by uuid,
--          reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT p.active AS pipeline_active, s.active AS status_active, s.name AS status_name,
       os.name AS open_status_name, o.id, o.tenant_id, o.contact_id, o.pipeline_id, o.status_id,
       o.entered_at, o.exited_at, o.duration_seconds, o.changed_by, o.reason, o.notes, o.created_at,
       o.updated_at
  FROM contacts c
  JOIN pipelines p ON p.tenant_id = c.tenant_id AND p.project_id = c.project_id
  JOIN pipeline_statuses s ON s.tenant_id = p.tenant_id AND s.pipeline_id = p.id
  LEFT JOIN placements o
    ON o.tenant_id = c.tenant_id AND o.contact_id = c.id AND o.pipeline_id = p.id AND o.exited_at IS NULL
  LEFT JOIN pipeline_statuses os ON os.tenant_id = o.tenant_id AND os.id = o.status_id
 WHERE c.tenant_id = $1 AND c.project_id = $2 AND c.id = $3 AND c.deleted_at IS NULL
   AND p.id = $4 AND p.deleted_at IS NULL
   AND s.id = $5 AND s.deleted_at IS NULL
   FOR SHARE OF c, s, p;

-- name: placements.find_target
-- why: the status that many contacts are to enter; pipeline and status can be neither deleted nor deactivated by another
--      before the transaction ends
-- params: tenant_id text, project_id uuid, pipeline_id uuid, status_id uuid
-- rows: maybe
-- returns: pipeline_active boolean, status_active boolean, status_name text
SELECT p.active AS pipeline_active, s.active AS status_active, s.name AS status_name
  FROM pipelines p
  JOIN pipeline_statuses s ON s.tenant_id = p.tenant_id AND s.pipeline_id = p.id
 WHERE p.tenant_id = $1 AND p.project_id = $2 AND p.id = $3 AND p.deleted_at IS NULL
   AND s.id = $4 AND s.deleted_at IS NULL
   FOR SHARE OF p, s;

-- name: placements.find_many
-- why: where many contacts stand in a pipeline, those that stand nowhere included; they are held in the order of their
--      ids, so that no two who move many wait for each other
-- params: tenant_id text, project_id uuid, contact_ids uuid[], pipeline_id uuid
-- rows: many
-- returns: sought_id uuid, open_status_name text, id uuid, tenant_id text, contact_id uuid, pipeline_id uuid,
--          status_id uuid, entered_at timestamptz, exited_at timestamptz, duration_seconds bigint, changed_by uuid,
--          reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT c.id AS sought_id, os.name AS open_status_name, o.id, o.tenant_id, o.contact_id, o.pipeline_id, o.status_id,
       o.entered_at, o.exited_at, o.duration_seconds, o.changed_by, o.reason, o.notes, o.created_at,
       o.updated_at
  FROM contacts c
  LEFT JOIN placements o
    ON o.tenant_id = c.tenant_id AND o.contact_id = c.id AND o.pipeline_id = $4 AND o.exited_at IS NULL
  LEFT JOIN pipeline_statuses os ON os.tenant_id = o.tenant_id AND os.id = o.status_id
 WHERE c.tenant_id = $1 AND c.project_id = $2 AND c.id IN (SELECT unnest($3::uuid[])) AND c.deleted_at IS NULL
 ORDER BY c.id
   FOR SHARE OF c;

-- name: placements.history
-- why: the way of a contact through a pipeline, the latest placement first
-- params: tenant_id text, contact_id uuid, pipeline_id uuid
-- rows: many
-- returns: status_name text, id uuid, tenant_id text, contact_id uuid, pipeline_id uuid,
--          status_id uuid, entered_at timestamptz, exited_at timestamptz, duration_seconds bigint,
--          changed_by uuid, reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT s.name AS status_name, h.id, h.tenant_id, h.contact_id, h.pipeline_id, h.status_id, h.entered_at,
       h.exited_at, h.duration_seconds, h.changed_by, h.reason, h.notes, h.created_at, h.updated_at
  FROM placements h
  JOIN pipeline_statuses s ON s.tenant_id = h.tenant_id AND s.id = h.status_id
 WHERE h.tenant_id = $1 AND h.contact_id = $2 AND h.pipeline_id = $3
 ORDER BY h.entered_at DESC, h.id DESC;

-- name: placements.contacts_in_status
-- why: who stands in a status, page by page: the contacts after a given one, by id
-- params: tenant_id text, pipeline_id uuid, status_id uuid, after uuid, limit bigint
-- rows: many
-- returns: contact_id uuid
SELECT contact_id
  FROM placements
 WHERE tenant_id = $1 AND pipeline_id = $2 AND status_id = $3 AND exited_at IS NULL AND contact_id > $4
 ORDER BY contact_id
 LIMIT $5;

-- name: placements.exist_in_status
-- why: a status in which a contact stands is not deleted
-- params: tenant_id text, pipeline_id uuid, status_id uuid
-- rows: one
-- returns: found boolean
SELECT EXISTS (
       SELECT FROM placements
        WHERE tenant_id = $1 AND pipeline_id = $2 AND status_id = $3 AND exited_at IS NULL) AS found;

-- name: placements.find_collisions
-- why: where a contact that is to be merged stands in pipelines in which the surviving one stands as well
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid
-- rows: many
-- returns: status_name text, id uuid, tenant_id text, contact_id uuid, pipeline_id uuid,
--          status_id uuid, entered_at timestamptz, exited_at timestamptz, duration_seconds bigint,
--          changed_by uuid, reason text, notes text, created_at timestamptz, updated_at timestamptz
SELECT s.name AS status_name, m.id, m.tenant_id, m.contact_id, m.pipeline_id, m.status_id, m.entered_at,
       m.exited_at, m.duration_seconds, m.changed_by, m.reason, m.notes, m.created_at, m.updated_at
  FROM placements m
  JOIN placements o
    ON o.tenant_id = m.tenant_id AND o.contact_id = $3 AND o.pipeline_id = m.pipeline_id
   AND o.exited_at IS NULL
  JOIN pipeline_statuses s ON s.tenant_id = m.tenant_id AND s.id = m.status_id
 WHERE m.tenant_id = $1 AND m.contact_id = $2 AND m.exited_at IS NULL
 ORDER BY m.id;

-- name: placements.move
-- why: the placements of a merged contact, all that were and the open ones, are those of the surviving one
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid, updated_at timestamptz
-- rows: affected
UPDATE placements
   SET contact_id = $3,
       updated_at = greatest(updated_at, $4)
 WHERE tenant_id = $1 AND contact_id = $2;
