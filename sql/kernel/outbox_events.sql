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
-- params: transaction_id bigint, position bigint, most bigint, with_payload boolean
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

-- name: outbox_events.purge
-- why: an event goes once a later one of its aggregate, or of an entity without versions it itself, is old and was
--      delivered. So each aggregate's newest version stays, by which an auditor knows the gap in front of it. How far that
--      went is the position of the consumer called retention; who holds it is not waited for
-- params: transaction_id bigint, position bigint, before timestamptz, most bigint
-- role: scheduler
-- rows: one
-- returns: passed bigint, purged bigint
WITH retention AS (
    SELECT c.transaction_id, c.position
      FROM outbox_consumers AS c
     WHERE c.name = 'retention'
     ORDER BY c.name
       FOR UPDATE SKIP LOCKED
), following AS (
    SELECT e.tenant_id, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.transaction_id, e.position,
           bool_or(e.occurred_at >= $3 AND e.occurred_at <= now())
               OVER (ORDER BY e.transaction_id, e.position) AS young
      FROM retention AS r
     CROSS JOIN LATERAL (
               SELECT o.tenant_id, o.aggregate_type, o.aggregate_id, o.aggregate_version, o.transaction_id,
                      o.position, o.occurred_at
                 FROM outbox_events AS o
                WHERE (o.transaction_id, o.position) > (r.transaction_id, r.position)
                  AND (o.transaction_id, o.position) <= ($1, $2)
                ORDER BY o.transaction_id, o.position
                LIMIT $4) AS e
), passed AS (
    SELECT f.tenant_id, f.aggregate_type, f.aggregate_id, f.aggregate_version, f.transaction_id, f.position
      FROM following AS f
     WHERE NOT f.young
), ended AS (
    SELECT p.transaction_id, p.position
      FROM passed AS p
     ORDER BY p.transaction_id DESC, p.position DESC
     LIMIT 1
), newest AS (
    SELECT p.tenant_id, p.aggregate_type, p.aggregate_id, max(e.aggregate_version) AS version
      FROM (SELECT DISTINCT f.tenant_id, f.aggregate_type, f.aggregate_id FROM passed AS f) AS p
     CROSS JOIN ended AS d
      JOIN outbox_events AS e
        ON e.tenant_id = p.tenant_id AND e.aggregate_id = p.aggregate_id AND e.aggregate_type = p.aggregate_type
       AND (e.transaction_id, e.position) <= (d.transaction_id, d.position)
     GROUP BY p.tenant_id, p.aggregate_type, p.aggregate_id
), purged AS (
    DELETE FROM outbox_events AS e
     USING newest AS n, ended AS d
     WHERE e.tenant_id = n.tenant_id AND e.aggregate_id = n.aggregate_id AND e.aggregate_type = n.aggregate_type
       AND (e.aggregate_version < n.version OR (e.aggregate_version IS NULL AND n.version IS NULL))
       AND (e.transaction_id, e.position) <= (d.transaction_id, d.position)
    RETURNING e.position
), moved AS (
    UPDATE outbox_consumers AS c
       SET transaction_id = d.transaction_id, position = d.position, moved_at = now()
      FROM ended AS d
     WHERE c.name = 'retention'
    RETURNING c.name
)
SELECT (SELECT count(*) FROM passed) AS passed, (SELECT count(*) FROM purged) AS purged;

-- name: outbox_events.find_horizon_holders
-- why: who keeps the log from being read on: the oldest transaction that still runs and has an id, in whichever
--      database of the cluster, or is prepared. Of others' sessions state and time are told to pg_read_all_stats alone
-- params:
-- role: relay
-- rows: many
-- returns: kind text, name text, role text, application text, state text, since timestamptz
SELECT 'session' AS kind, a.pid::text AS name, pg_get_userbyid(a.usesysid)::text AS role,
       a.application_name AS application, a.state, a.xact_start AS since
  FROM pg_stat_get_activity(NULL)
       AS a (datid, pid, usesysid, application_name, state, query, wait_event_type, wait_event, xact_start,
             query_start, backend_start, state_change, client_addr, client_hostname, client_port, backend_xid)
 WHERE a.backend_xid = pg_snapshot_xmin(pg_current_snapshot())::xid
 UNION ALL
SELECT 'prepared transaction' AS kind, p.gid AS name, pg_get_userbyid(p.ownerid)::text AS role,
       NULL AS application, NULL AS state, p.prepared AS since
  FROM pg_prepared_xact() AS p (transaction, gid, prepared, ownerid, dbid)
 WHERE p.transaction = pg_snapshot_xmin(pg_current_snapshot())::xid;
