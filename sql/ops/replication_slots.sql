-- name:   replication_slots
-- kind:   findings
-- weight: high
-- means:  The server keeps everything that a slot has not read, until its disk is full; or the reader has lost its place.
-- why:    a slot keeps back the WAL from its restart_lsn on, and the dead rows that its reader may still look at. One that
--         nobody reads fills the disk; with max_slot_wal_keep_size it is invalidated instead, and its reader, a
--         standby or the relay, can never go on.
-- role:   any that may connect
-- read:   one row for each slot of the server that nobody reads though it keeps something back, that the server has given
--         up or is about to (wal_status lost, unreserved), that keeps back more than 1 GB of WAL (SET ventros.slot_wal =
--         '200MB'), or more than a million transactions of dead rows. Temporary ones end with their session.
-- mend:   run what stands in mend, as a superuser or with REPLICATION, when you know whose slot it is: its reader has to
--         begin anew. Or else start the reader. A bound for all: ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';
WITH slot AS (
    SELECT *, CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - restart_lsn AS kept,
           greatest(age(xmin), age(catalog_xmin)) AS kept_transactions,
           pg_size_bytes(coalesce(nullif(current_setting('ventros.slot_wal', true), ''), '1GB')) AS most
      FROM pg_replication_slots
     WHERE NOT temporary
)
SELECT format('slot %s', slot_name) AS subject,
       concat(format('the replication slot %s ', slot_name),
              CASE WHEN wal_status = 'lost' THEN 'was given up by the server: its reader cannot go on'
                   WHEN wal_status = 'unreserved' THEN 'is about to be given up by the server'
                   WHEN active THEN 'lags' ELSE 'is read by nobody' END,
              ', and keeps back ' || nullif(concat_ws(' and ', pg_size_pretty(kept) || ' of WAL',
                  'VACUUM by ' || kept_transactions || ' transactions'), ''),
              '; ' || pg_size_pretty(safe_wal_size) || ' more and it is given up') AS finding,
       format('SELECT * FROM pg_replication_slots WHERE slot_name = %L;', slot_name) AS see,
       concat('SELECT pg_terminate_backend(' || active_pid || ', 5000); ',
              format('SELECT pg_drop_replication_slot(%L); -- or start its reader', slot_name)) AS mend
  FROM slot
 WHERE wal_status IN ('lost', 'unreserved') OR kept > most OR kept_transactions > 1000000
    OR NOT active AND (restart_lsn IS NOT NULL OR kept_transactions IS NOT NULL)
 ORDER BY 1;
