-- name: outbox_deliveries.add
-- why: what the log says is to go where, stored with the consumer's new position
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[],
--         transaction_ids bigint[], positions bigint[], event_ids uuid[]
-- role: relay
-- rows: affected
INSERT INTO outbox_deliveries (
    tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id
)
SELECT a.tenant_id, a.destination, a.aggregate_type, a.aggregate_id, a.transaction_id, a.position, a.event_id
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[], $7::uuid[])
       AS a (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id);

-- name: outbox_deliveries.find_first
-- why: the oldest deliveries of each of the queues that were claimed, with their events; NULL for an event that is no
--      more in the log
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[], most bigint
-- role: relay
-- rows: many
-- returns: tenant_id text, destination text, aggregate_type text, aggregate_id uuid, transaction_id bigint,
--          position bigint, event_id uuid, event_name text, event_version text, occurred_at timestamptz,
--          aggregate_version integer, sequence smallint, last_of_version boolean, correlation_id uuid,
--          causation_id uuid, payload text
SELECT d.tenant_id, d.destination, d.aggregate_type, d.aggregate_id, d.transaction_id, d.position, d.event_id,
       e.event_name, e.event_version, e.occurred_at, e.aggregate_version, e.sequence, e.last_of_version,
       e.correlation_id, e.causation_id, e.payload::text AS payload
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[])
       AS q (tenant_id, destination, aggregate_type, aggregate_id)
 CROSS JOIN LATERAL (
           SELECT o.tenant_id, o.destination, o.aggregate_type, o.aggregate_id, o.transaction_id, o.position, o.event_id
             FROM outbox_deliveries AS o
            WHERE o.tenant_id = q.tenant_id AND o.destination = q.destination
              AND o.aggregate_type = q.aggregate_type AND o.aggregate_id = q.aggregate_id
            ORDER BY o.transaction_id, o.position
            LIMIT $5) AS d
  LEFT JOIN outbox_events AS e ON e.tenant_id = d.tenant_id AND e.event_id = d.event_id
 ORDER BY d.transaction_id, d.position;

-- name: outbox_deliveries.remove
-- why: those up to a place in each of the queues that are held: delivered, skipped, or wanted by nobody any more
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[],
--         transaction_ids bigint[], positions bigint[]
-- role: relay
-- rows: affected
DELETE FROM outbox_deliveries AS d
 USING unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])
       AS u (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position)
 WHERE d.tenant_id = u.tenant_id AND d.destination = u.destination
   AND d.aggregate_type = u.aggregate_type AND d.aggregate_id = u.aggregate_id
   AND (d.transaction_id, d.position) <= (u.transaction_id, u.position);
