-- name:   undelivered
-- kind:   findings
-- weight: high
-- means:  Others do not learn what has happened, and what they have not read is kept.
-- why:    events are stored with the change that they tell of, and leave by a relay, one place in the log to a consumer. One
--         that stands still, or was restored into another cluster, delivers nothing; a delivery that was given up keeps back
--         all that comes behind it of the same aggregate.
-- role:   the auditor, ventros_auditor, or a superuser. Whom row-level security confines is refused: an empty
--         app.tenant_id stands for no tenant.
-- read:   one row for each consumer that has not moved for 15 minutes while there is an event as old that it has not seen,
--         SET ventros.undelivered = '1 min' for less; for each whose place is another cluster's; and for each destination
--         with deliveries that were given up, or that nobody has fetched for as long. No row where nobody is registered.
-- mend:   first of all start what stands still: ventros relay. A consumer that nobody runs any more is forgotten by what
--         stands in mend, as a superuser; one whose process runs registers itself anew, from where its options say.
--         Deliveries that were given up are tried again, when what is said in last_error is mended.
-- blind:  what a destination does with what it got.
SET app.tenant_id = '';
WITH bound (age) AS (
    SELECT coalesce(nullif(current_setting('ventros.undelivered', true), ''), '15 min')::interval
), consumer AS (
    SELECT name, moved_at, outbox_consumers.system_identifier <> cluster.system_identifier AS is_foreign,
           (SELECT occurred_at FROM outbox_events AS event
             WHERE (event.transaction_id, event.position) > (outbox_consumers.transaction_id, outbox_consumers.position)
             ORDER BY event.transaction_id, event.position LIMIT 1) AS unseen
      FROM outbox_consumers, pg_control_system() AS cluster
), queue AS (
    SELECT destination, count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead, min(dead_at) AS dead_since,
           max(last_error) FILTER (WHERE dead_at IS NOT NULL) AS error,
           count(*) FILTER (WHERE dead_at IS NULL AND due_at < now() - age) AS waiting,
           min(due_at) FILTER (WHERE dead_at IS NULL) AS waiting_since
      FROM outbox_queues, bound
     GROUP BY destination
)
SELECT format('consumer %s', name) AS subject,
       CASE WHEN is_foreign THEN format('the place of the consumer %s in the log is one of another cluster', name)
            ELSE format('the consumer %s has not moved since %s, and has not seen an event of %s', name,
                        to_char(moved_at, 'YYYY-MM-DD HH24:MI:SS'), to_char(unseen, 'YYYY-MM-DD HH24:MI:SS')) END AS finding,
       format('SELECT * FROM outbox_consumers WHERE name = %L;', name) AS see,
       CASE WHEN is_foreign THEN '-- in a shell, as the owner: ventros outbox rebase'
            ELSE format('DELETE FROM outbox_consumers WHERE name = %L; -- unless it only has to be started', name) END AS mend
  FROM consumer, bound
 WHERE is_foreign OR name <> 'retention' AND moved_at < now() - age AND unseen < now() - age
UNION ALL
SELECT format('destination %s', destination),
       format('at %s, the events of %s were given up, first at %s: %s', destination,
              CASE dead WHEN 1 THEN '1 aggregate' ELSE format('%s aggregates', dead) END,
              to_char(dead_since, 'YYYY-MM-DD HH24:MI:SS'), coalesce(error, 'no error is known')),
       format('SELECT * FROM outbox_queues WHERE destination = %L AND dead_at IS NOT NULL LIMIT 100;', destination),
       format('UPDATE outbox_queues SET dead_at = NULL, attempts = 0, due_at = now() WHERE destination = %L AND dead_at IS NOT '
              'NULL;', destination)
  FROM queue
 WHERE dead > 0
UNION ALL
SELECT format('destination %s', destination),
       format('to %s, the events of %s wait since %s, and nobody fetches them', destination,
              CASE waiting WHEN 1 THEN '1 aggregate' ELSE format('%s aggregates', waiting) END,
              to_char(waiting_since, 'YYYY-MM-DD HH24:MI:SS')),
       format('SELECT * FROM outbox_queues WHERE destination = %L AND dead_at IS NULL ORDER BY due_at LIMIT 100;', destination),
       'start the relay: ventros relay'
  FROM queue
 WHERE waiting > 0
 ORDER BY 1, 2;
