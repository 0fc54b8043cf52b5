-- name: outbox_consumers.register
-- why: makes a consumer known; one that is known already keeps its position
-- params: name text, transaction_id bigint, position bigint
-- role: relay
-- rows: affected
INSERT INTO outbox_consumers (name, transaction_id, position, system_identifier)
SELECT $1, $2, $3, cluster.system_identifier
  FROM pg_control_system() AS cluster (version, catalog, system_identifier, at)
ON CONFLICT (name) DO NOTHING;

-- name: outbox_consumers.take
-- why: the consumer's position, for whoever moves it in the same transaction; somebody else who does so is not waited for
-- params: name text
-- role: relay
-- rows: maybe
-- returns: transaction_id bigint, position bigint, system_identifier bigint, present_identifier bigint
SELECT transaction_id, position, system_identifier,
       (SELECT cluster.identifier FROM pg_control_system() AS cluster (version, catalog, identifier, at))
           AS present_identifier
  FROM outbox_consumers
 WHERE name = $1
 ORDER BY name
   FOR UPDATE SKIP LOCKED;

-- name: outbox_consumers.move
-- why: what is before the position was dealt with in this transaction
-- params: name text, transaction_id bigint, position bigint
-- role: relay
-- rows: affected
-- changes: transaction_id, position, moved_at
UPDATE outbox_consumers
   SET transaction_id = $2, position = $3, moved_at = now()
 WHERE name = $1;

-- name: outbox_consumers.forget
-- why: a consumer that nobody runs any more would keep the log from being pruned
-- params: name text
-- role: relay
-- rows: affected
DELETE FROM outbox_consumers
 WHERE name = $1;

-- name: outbox_consumers.list
-- why: how far each consumer is behind what it could read
-- params:
-- role: relay
-- rows: many
-- plan: counts what no consumer has seen
-- returns: name text, transaction_id bigint, position bigint, foreign_cluster boolean, registered_at timestamptz,
--          moved_at timestamptz, unread bigint, oldest_unread timestamptz
SELECT c.name, c.transaction_id, c.position, c.system_identifier <> cluster.identifier AS foreign_cluster,
       c.registered_at, c.moved_at, counted.unread, first.occurred_at AS oldest_unread
  FROM outbox_consumers AS c
 CROSS JOIN pg_control_system() AS cluster (version, catalog, identifier, at)
 CROSS JOIN LATERAL (
           SELECT count(*) AS unread
             FROM outbox_events AS e
            WHERE (e.transaction_id, e.position) > (c.transaction_id, c.position)) AS counted
  LEFT JOIN LATERAL (
           SELECT e.occurred_at
             FROM outbox_events AS e
            WHERE (e.transaction_id, e.position) > (c.transaction_id, c.position)
            ORDER BY e.transaction_id, e.position
            LIMIT 1) AS first ON true
 ORDER BY c.name;

-- name: outbox_consumers.begin_retention
-- why: how far the outbox was purged is a position of its own, from the beginning of the log on
-- params:
-- role: scheduler
-- rows: affected
INSERT INTO outbox_consumers (name, transaction_id, position, system_identifier)
SELECT 'retention', -9223372036854775808, 0, cluster.identifier
  FROM pg_control_system() AS cluster (version, catalog, identifier, at)
ON CONFLICT (name) DO NOTHING;

-- name: outbox_consumers.find_delivered
-- why: up to where all consumers have read, and nothing waits to be delivered, dead or not; of a position from another
--      cluster that cannot be said
-- params:
-- role: scheduler
-- rows: maybe
-- plan: reads all that waits, once for a whole purge
-- returns: transaction_id bigint, position bigint, foreign_clusters bigint
SELECT least.transaction_id, least.position,
       (SELECT count(*)
          FROM outbox_consumers AS o
         CROSS JOIN pg_control_system() AS cluster (version, catalog, identifier, at)
         WHERE o.system_identifier <> cluster.identifier) AS foreign_clusters
  FROM (SELECT c.transaction_id, c.position
          FROM outbox_consumers AS c
         WHERE c.name <> 'retention'
         UNION ALL
        SELECT d.transaction_id, d.position - 1
          FROM outbox_deliveries AS d) AS least
 ORDER BY least.transaction_id, least.position
 LIMIT 1;
