-- name: outbox_queues.add
-- why: each aggregate that gets deliveries has a queue at the destination. One that is there is locked until the
--      deliveries are stored, so that nobody takes it for empty meanwhile
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[],
--         transaction_ids bigint[], positions bigint[]
-- role: relay
-- rows: affected
-- changes: last_transaction_id, last_position
INSERT INTO outbox_queues (
    tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position
)
SELECT a.tenant_id, a.destination, a.aggregate_type, a.aggregate_id, a.transaction_id, a.position
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])
       AS a (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position)
 ORDER BY a.tenant_id, a.destination, a.aggregate_type, a.aggregate_id
ON CONFLICT (tenant_id, destination, aggregate_type, aggregate_id) DO UPDATE
   SET last_transaction_id = EXCLUDED.last_transaction_id, last_position = EXCLUDED.last_position;

-- name: outbox_queues.due
-- why: the destinations for which something can be claimed; it steps from one to the next in the index, for each may
--      have a million queues
-- params: first text, behind text
-- role: relay
-- rows: many
-- returns: destination text
WITH RECURSIVE named (destination) AS (
    (SELECT q.destination
       FROM outbox_queues AS q
      WHERE q.dead_at IS NULL AND q.destination >= $1 AND q.destination < $2
      ORDER BY q.destination
      LIMIT 1)
     UNION ALL
    SELECT (SELECT q.destination
              FROM outbox_queues AS q
             WHERE q.dead_at IS NULL AND q.destination > n.destination AND q.destination < $2
             ORDER BY q.destination
             LIMIT 1)
      FROM named AS n
     WHERE n.destination IS NOT NULL
)
SELECT n.destination
  FROM named AS n
 WHERE EXISTS (
           SELECT FROM outbox_queues AS q
            WHERE q.destination = n.destination AND q.dead_at IS NULL AND q.due_at <= now());

-- name: outbox_queues.find_tenants
-- why: whose each of the destinations is for which something waits, where a destination is of one tenant
-- params: destinations text[]
-- role: relay
-- rows: many
-- returns: destination text, tenant_id text
SELECT d.destination, q.tenant_id
  FROM unnest($1::text[]) AS d (destination)
 CROSS JOIN LATERAL (
           SELECT o.tenant_id
             FROM outbox_queues AS o
            WHERE o.destination = d.destination AND o.dead_at IS NULL
            ORDER BY o.due_at
            LIMIT 1) AS q;

-- name: outbox_queues.claim
-- why: takes queues that are due, the longest due first, for the time of a lease; what another relay is taking is passed
--      over. Who holds the token may say what was delivered until somebody else claims the queue. That due_at changes
--      with each claim is not said by changes: what is due is found by its index, which is worth that
-- params: destinations text[], rooms integer[], leases double precision[], token uuid
-- role: relay
-- rows: many
-- changes: token
-- returns: tenant_id text, destination text, aggregate_type text, aggregate_id uuid, attempts integer
WITH due AS (
    SELECT q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id, w.lease
      FROM unnest($1::text[], $2::integer[], $3::double precision[]) AS w (destination, room, lease)
     CROSS JOIN LATERAL (
               SELECT o.tenant_id, o.destination, o.aggregate_type, o.aggregate_id
                 FROM outbox_queues AS o
                WHERE o.destination = w.destination AND o.dead_at IS NULL AND o.due_at <= now()
                ORDER BY o.due_at
                LIMIT w.room
                  FOR UPDATE SKIP LOCKED) AS q
)
UPDATE outbox_queues AS q
   SET due_at = now() + due.lease * interval '1 second', token = $4
  FROM due
 WHERE q.tenant_id = due.tenant_id AND q.destination = due.destination
   AND q.aggregate_type = due.aggregate_type AND q.aggregate_id = due.aggregate_id
RETURNING q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id, q.attempts;

-- name: outbox_queues.hold
-- why: locks those of the queues that are still held by their tokens; of the others somebody else decides
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[], tokens uuid[]
-- role: relay
-- rows: many
-- returns: tenant_id text, destination text, aggregate_type text, aggregate_id uuid, token uuid
SELECT q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id, q.token
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[])
       AS h (tenant_id, destination, aggregate_type, aggregate_id, token)
  JOIN outbox_queues AS q USING (tenant_id, destination, aggregate_type, aggregate_id, token)
 ORDER BY q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id
   FOR UPDATE OF q;

-- name: outbox_queues.remove_done
-- why: of the queues that are held, those whose newest delivery is done; the queue's own row says which that is
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[],
--         transaction_ids bigint[], positions bigint[]
-- role: relay
-- rows: affected
DELETE FROM outbox_queues AS q
 USING unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::bigint[], $6::bigint[])
       AS d (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position)
 WHERE q.tenant_id = d.tenant_id AND q.destination = d.destination
   AND q.aggregate_type = d.aggregate_type AND q.aggregate_id = d.aggregate_id
   AND (q.last_transaction_id, q.last_position) <= (d.transaction_id, d.position);

-- name: outbox_queues.release
-- why: the queues that are held and have more to deliver can be claimed again after a pause, or are dead
-- params: tenant_ids text[], destinations text[], aggregate_types text[], aggregate_ids uuid[],
--         pauses double precision[], attempts integer[], errors text[], dead boolean[]
-- role: relay
-- rows: affected
-- changes: token, attempts, last_error
UPDATE outbox_queues AS q
   SET due_at = now() + r.pause * interval '1 second', token = NULL, attempts = r.attempts,
       last_error = CASE WHEN r.attempts > 0 THEN coalesce(r.error, q.last_error) END,
       dead_at = CASE WHEN r.dead THEN now() END
  FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::double precision[], $6::integer[], $7::text[],
              $8::boolean[])
       AS r (tenant_id, destination, aggregate_type, aggregate_id, pause, attempts, error, dead)
 WHERE q.tenant_id = r.tenant_id AND q.destination = r.destination
   AND q.aggregate_type = r.aggregate_type AND q.aggregate_id = r.aggregate_id;

-- name: outbox_queues.status
-- why: how much waits for each destination
-- params:
-- role: relay
-- rows: many
-- plan: counts all that waits
-- returns: destination text, queues bigint, due bigint, claimed bigint, failing bigint, dead bigint
SELECT destination,
       count(*) AS queues,
       count(*) FILTER (WHERE dead_at IS NULL AND due_at <= now()) AS due,
       count(*) FILTER (WHERE token IS NOT NULL AND due_at > now()) AS claimed,
       count(*) FILTER (WHERE attempts > 0 AND dead_at IS NULL) AS failing,
       count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
  FROM outbox_queues
 GROUP BY destination
 ORDER BY destination;

-- name: outbox_queues.dead
-- why: the dead letters: what was given up, and why. Each is the oldest of its queue
-- params: most bigint
-- role: relay
-- rows: many
-- plan: reads all queues to find the dead ones: it is done by hand
-- returns: destination text, tenant_id text, aggregate_type text, aggregate_id uuid, event_id uuid,
--          event_name text, attempts integer, last_error text, dead_at timestamptz, waiting bigint
SELECT q.destination, q.tenant_id, q.aggregate_type, q.aggregate_id, oldest.event_id, e.event_name, q.attempts,
       q.last_error, q.dead_at, counted.waiting
  FROM outbox_queues AS q
 CROSS JOIN LATERAL (
           SELECT count(*) - 1 AS waiting
             FROM outbox_deliveries AS d
            WHERE d.tenant_id = q.tenant_id AND d.destination = q.destination
              AND d.aggregate_type = q.aggregate_type AND d.aggregate_id = q.aggregate_id) AS counted
  LEFT JOIN LATERAL (
           SELECT d.event_id
             FROM outbox_deliveries AS d
            WHERE d.tenant_id = q.tenant_id AND d.destination = q.destination
              AND d.aggregate_type = q.aggregate_type AND d.aggregate_id = q.aggregate_id
            ORDER BY d.transaction_id, d.position
            LIMIT 1) AS oldest ON true
  LEFT JOIN outbox_events AS e ON e.tenant_id = q.tenant_id AND e.event_id = oldest.event_id
 WHERE q.dead_at IS NOT NULL
 ORDER BY q.dead_at
 LIMIT $1;

-- name: outbox_queues.lock_dead
-- why: the dead queues that somebody decides about by hand: all of a destination, or those of one dead event
-- params: destination text, event_id uuid
-- role: relay
-- rows: many
-- plan: reads all queues to find the dead ones: it is done by hand
-- returns: tenant_id text, destination text, aggregate_type text, aggregate_id uuid, transaction_id bigint, position bigint
SELECT q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id, oldest.transaction_id, oldest.position
  FROM outbox_queues AS q
 CROSS JOIN LATERAL (
           SELECT d.transaction_id, d.position, d.event_id
             FROM outbox_deliveries AS d
            WHERE d.tenant_id = q.tenant_id AND d.destination = q.destination
              AND d.aggregate_type = q.aggregate_type AND d.aggregate_id = q.aggregate_id
            ORDER BY d.transaction_id, d.position
            LIMIT 1) AS oldest
 WHERE q.dead_at IS NOT NULL
   AND ($1::text IS NULL OR q.destination = $1)
   AND ($2::uuid IS NULL OR oldest.event_id = $2)
 ORDER BY q.tenant_id, q.destination, q.aggregate_type, q.aggregate_id
   FOR UPDATE OF q;
