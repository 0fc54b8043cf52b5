-- name: commit_markers.claim
-- why: goes with BEGIN for a unit with a command_id, so that a command done before, or being done now, is known
--      before any work; a message of several commands takes no parameters, so both keys come from settings
-- params:
-- rows: affected
INSERT INTO commit_markers (tenant_id, id)
VALUES (ventros_tenant(), current_setting('app.command_id')::uuid)
ON CONFLICT (tenant_id, id) DO NOTHING;

-- name: commit_markers.add
-- why: of a unit that wrote but has no events; the marker of every other one goes with outbox_events.append
-- params: tenant_id text, id uuid
-- rows: affected
INSERT INTO commit_markers (tenant_id, id)
VALUES ($1, $2);

-- name: commit_markers.probe
-- why: tells whether a unit was committed. It waits for a transaction that holds the marker; one row means that
--      there is none, and that none is stored. Rolled back: the probe itself leaves nothing
-- params: tenant_id text, id uuid
-- rows: affected
INSERT INTO commit_markers (tenant_id, id)
VALUES ($1, $2)
ON CONFLICT (tenant_id, id) DO NOTHING;

-- name: commit_markers.prune
-- why: a marker is of no more use once nobody asks for its unit, or sends its command, again
-- params: tenant_id text, recorded_before timestamptz
-- rows: affected
-- plan: reads the tenant's markers: it is done seldom, and an index by time would cost every commit
DELETE FROM commit_markers
 WHERE tenant_id = $1 AND recorded_at < $2;
