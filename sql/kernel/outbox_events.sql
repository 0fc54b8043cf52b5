-- name: outbox_events.append
-- why: a further event of a unit of work; all of them leave in their order, in the message of its COMMIT
-- params: tenant_id text, correlation_id uuid, causation_id uuid, event_id uuid, event_name text,
--         event_version text, occurred_at timestamptz, aggregate_type text, aggregate_id uuid,
--         aggregate_version integer, sequence smallint, last_of_version boolean, payload jsonb
-- rows: affected
INSERT INTO outbox_events (
    tenant_id, correlation_id, causation_id, event_id, event_name, event_version, occurred_at,
    aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, payload
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
);

-- name: outbox_events.append_with_marker
-- why: the first event of a unit of work, and with it the marker by which is known whether it was committed; it
--      fails on the tombstone of who asked too early
-- params: tenant_id text, correlation_id uuid, causation_id uuid, event_id uuid, event_name text,
--         event_version text, occurred_at timestamptz, aggregate_type text, aggregate_id uuid,
--         aggregate_version integer, sequence smallint, last_of_version boolean, payload jsonb,
--         marker uuid
-- rows: affected
WITH marker AS (
    INSERT INTO commit_markers (tenant_id, id)
    VALUES ($1, $14)
)
INSERT INTO outbox_events (
    tenant_id, correlation_id, causation_id, event_id, event_name, event_version, occurred_at,
    aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, payload
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
);

-- name: outbox_events.count
-- why: what is in the outbox, to be held against the events of the acknowledged units of work
-- params: tenant_id text
-- rows: one
-- returns: events bigint
SELECT count(*) AS events
  FROM outbox_events
 WHERE tenant_id = $1;

-- name: outbox_events.read_after
-- why: the log in the one order that nothing is ever written in front of. A position is handed out before the commit,
--      so it follows the transaction's id, and what is not below the oldest transaction that still runs is left for later
-- params: transaction_id bigint, position bigint, most integer, with_payload boolean
-- role: relay
-- rows: many
-- returns: transaction_id bigint, position bigint, tenant_id text, event_id uuid, event_name text, event_version text,
--          occurred_at timestamptz, aggregate_type text, aggregate_id uuid, aggregate_version integer,
--          sequence smallint, last_of_version boolean, correlation_id uuid, causation_id uuid, payload text
SELECT transaction_id, position, tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
       aggregate_id, aggregate_version, sequence, last_of_version, correlation_id, causation_id,
       CASE WHEN $4 THEN payload::text END AS payload
  FROM outbox_events
 WHERE (transaction_id, position) > ($1, $2)
   AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
 ORDER BY transaction_id, position
 LIMIT $3;
