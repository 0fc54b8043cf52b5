-- name: commit_markers.add
-- why: of a unit that wrote but has no events; every other one goes with its first event
-- params: tenant_id text, id uuid
-- rows: affected
INSERT INTO commit_markers (tenant_id, id)
VALUES ($1, $2);

-- name: commit_markers.probe
-- why: tells whether a unit was committed. It waits for a transaction that holds the marker; where there is none,
--      and none is stored, it leaves a tombstone: a unit that has still to write its marker fails on it
-- params: tenant_id text, id uuid
-- rows: one
-- returns: tombstone boolean
INSERT INTO commit_markers (tenant_id, id, tombstone)
VALUES ($1, $2, true)
ON CONFLICT (tenant_id, id) DO UPDATE SET id = EXCLUDED.id
RETURNING tombstone;

-- name: commit_markers.prune
-- why: nobody asks any more what became of a unit this old. The walk goes by the key, a step at a time, and needs no
--      index of its own. A LIMIT that the planner does not know would be taken for a tenth of the table
-- params: tenant_id text, id uuid, before timestamptz
-- role: scheduler
-- rows: maybe
-- returns: tenant_id text, id uuid, removed bigint
WITH step AS (
    SELECT m.tenant_id, m.id, m.recorded_at
      FROM commit_markers AS m
     WHERE (m.tenant_id, m.id) > ($1, $2)
     ORDER BY m.tenant_id, m.id
     LIMIT 2000
), gone AS (
    DELETE FROM commit_markers AS m
     USING step AS s
     WHERE m.tenant_id = s.tenant_id AND m.id = s.id AND s.recorded_at < $3
    RETURNING m.id
)
SELECT s.tenant_id, s.id, (SELECT count(*) FROM gone) AS removed
  FROM step AS s
 ORDER BY s.tenant_id DESC, s.id DESC
 LIMIT 1;
