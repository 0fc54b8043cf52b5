-- name:  long_transactions
-- kind:  findings
-- weight: high
-- means: Dead rows pile up, and whoever reads the outbox waits.
-- why:   a reader of the outbox stays below the oldest transaction that still runs and has written, anywhere on
--        the server, or it would pass over events that commit late. So one transaction left open stops all
--        events of all tenants. It, and also one that only reads, keeps VACUUM and HOT from clearing dead
--        versions away.
-- role:  a superuser, or one with pg_read_all_stats: others' sessions are not shown to the rest
-- read:  one row for each transaction of more than five minutes, SET ventros.long_transaction = '1 min' for
--        less, whether it works or idles; and for each prepared transaction as old. One that idles keeps its locks,
--        and its connection, even where it keeps nothing else back.
-- mend:  run what stands in mend, as a superuser or with pg_signal_backend, when you know whose work it is. A
--        bound for all: ALTER ROLE … SET idle_in_transaction_session_timeout = '1min';
-- blind: what was long and is over.
WITH bound (age) AS (
    SELECT coalesce(nullif(current_setting('ventros.long_transaction', true), ''), '5 min')::interval
)
SELECT format('pid %s', pid) AS subject,
       format('a transaction of %s in %s is open since %s (%s)%s; it keeps back %s', coalesce(usename, backend_type),
              coalesce(datname, 'no database'), to_char(xact_start, 'YYYY-MM-DD HH24:MI:SS'),
              state, coalesce(', by ' || nullif(application_name, ''), ''),
              CASE WHEN backend_xid IS NOT NULL THEN 'the readers of the outbox, and VACUUM'
                   WHEN backend_xmin IS NOT NULL THEN 'VACUUM' ELSE 'whoever waits for its locks' END) AS finding,
       format('SELECT pid, usename, application_name, client_addr, state, wait_event, xact_start, backend_xid, backend_xmin, '
              'query FROM pg_stat_activity WHERE pid = %s;', pid) AS see,
       format('SELECT pg_terminate_backend(%s);', pid) AS mend
  FROM pg_stat_activity
  JOIN bound ON xact_start < clock_timestamp() - age
 WHERE (backend_xid IS NOT NULL OR backend_xmin IS NOT NULL OR state LIKE 'idle in transaction%')
   AND pid <> pg_backend_pid()
   AND backend_type NOT IN ('autovacuum worker', 'parallel worker')
UNION ALL
SELECT format('prepared %s', gid),
       format('a transaction that %s prepared in %s at %s was neither committed nor rolled back; it keeps back the readers of '
              'the outbox, and VACUUM', owner, database, to_char(prepared, 'YYYY-MM-DD HH24:MI:SS')),
       format('SELECT * FROM pg_prepared_xacts WHERE gid = %L;', gid),
       format('ROLLBACK PREPARED %1$L; -- or COMMIT PREPARED %1$L;, in the database %2$I', gid, database)
  FROM pg_prepared_xacts
  JOIN bound ON prepared < clock_timestamp() - age
UNION ALL
SELECT 'not checked', 'the sessions of other roles are not shown to this one', 'SELECT current_user;',
       format('GRANT pg_read_all_stats TO %I;', current_user)
 WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')
 ORDER BY 1;
