-- name: processed_events.record
-- why: first in a consumer's transaction; it waits for a twin still at work, and touches no row after one
-- params: tenant_id text, consumer text, event_id uuid
-- rows: affected
INSERT INTO processed_events (tenant_id, consumer, event_id, processed_at)
VALUES ($1, $2, $3, now())
ON CONFLICT (tenant_id, consumer, event_id) DO NOTHING;

-- name: processed_events.claim
-- why: a unit with a command_id does first what only one of them can; it waits for a twin still at work, and
--      fails after one that was stored, so that what goes with it, COMMIT included, is not executed
-- params: tenant_id text, command_id uuid
-- rows: affected
INSERT INTO processed_events (tenant_id, consumer, event_id, processed_at)
VALUES ($1, 'command', $2, now());

-- name: processed_events.count
-- why: what a consumer has dealt with, to be held against the events that there are
-- params: tenant_id text, consumer text
-- rows: one
-- returns: events bigint
SELECT count(*) AS events
  FROM processed_events
 WHERE tenant_id = $1 AND consumer = $2;

-- name: processed_events.prune
-- why: what is this old does not come again, unless it is still in the outbox. The walk goes by the key, a step at a
--      time, and needs no index of its own. A LIMIT that the planner does not know would be taken for a tenth of the table
-- params: tenant_id text, consumer text, event_id uuid, before timestamptz
-- role: scheduler
-- rows: maybe
-- returns: tenant_id text, consumer text, event_id uuid, removed bigint
WITH step AS (
    SELECT p.tenant_id, p.consumer, p.event_id, p.processed_at
      FROM processed_events AS p
     WHERE (p.tenant_id, p.consumer, p.event_id) > ($1, $2, $3)
     ORDER BY p.tenant_id, p.consumer, p.event_id
     LIMIT 2000
), gone AS (
    DELETE FROM processed_events AS p
     USING step AS s
     WHERE p.tenant_id = s.tenant_id AND p.consumer = s.consumer AND p.event_id = s.event_id
       AND s.processed_at < $4
       AND NOT EXISTS (SELECT FROM outbox_events AS e WHERE e.tenant_id = s.tenant_id AND e.event_id = s.event_id)
    RETURNING p.event_id
)
SELECT s.tenant_id, s.consumer, s.event_id, (SELECT count(*) FROM gone) AS removed
  FROM step AS s
 ORDER BY s.tenant_id DESC, s.consumer DESC, s.event_id DESC
 LIMIT 1;
