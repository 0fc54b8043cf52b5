-- name: processed_events.record
-- why: first in a consumer's transaction; it waits for a twin still at work, and touches no row after one
-- params: tenant_id text, consumer text, event_id uuid, processed_at timestamptz
-- rows: affected
INSERT INTO processed_events (tenant_id, consumer, event_id, processed_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id, consumer, event_id) DO NOTHING;
