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
-- why: a marker is of no more use once nobody asks for its unit, or sends its command, again
-- params: tenant_id text, recorded_before timestamptz
-- rows: affected
-- plan: reads the tenant's markers: it is done seldom, and an index by time would cost every commit
DELETE FROM commit_markers
 WHERE tenant_id = $1 AND recorded_at < $2;
