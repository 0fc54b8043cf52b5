-- name: outbox_events.append
-- why: all events of a unit of work leave in one statement, in their order, just before its COMMIT; its marker
--      goes with them, unless a command_id brought it in at BEGIN
-- params: tenant_id text, correlation_id uuid, causation_id uuid, event_ids uuid[], event_names text[],
--         event_versions text[], occurred_at timestamptz[], aggregate_types text[], aggregate_ids uuid[],
--         aggregate_versions integer[], sequences smallint[], payloads jsonb[], marker uuid
-- rows: affected
WITH marker AS (
    INSERT INTO commit_markers (tenant_id, id)
    SELECT $1, $13::uuid WHERE $13 IS NOT NULL
)
INSERT INTO outbox_events (
    tenant_id, correlation_id, causation_id, event_id, event_name, event_version, occurred_at,
    aggregate_type, aggregate_id, aggregate_version, sequence, payload
)
SELECT $1, $2, $3, event.event_id, event.event_name, event.event_version, event.occurred_at,
       event.aggregate_type, event.aggregate_id, event.aggregate_version, event.sequence, event.payload
  FROM unnest($4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::uuid[], $10::integer[],
              $11::smallint[], $12::jsonb[])
       WITH ORDINALITY AS event (
           event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version,
           sequence, payload, ordinality)
 ORDER BY event.ordinality;

-- name: outbox_events.count
-- why: what is in the outbox, to be held against the events of the acknowledged units of work
-- params: tenant_id text
-- rows: one
-- returns: events bigint
SELECT count(*) AS events
  FROM outbox_events
 WHERE tenant_id = $1;
