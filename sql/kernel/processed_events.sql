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
