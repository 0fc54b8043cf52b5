-- name:   wraparound
-- kind:   findings
-- weight: critical
-- means:  When transaction ids are used up, the server refuses every write, of all databases, until it is vacuumed.
-- why:    a transaction id means something for two thousand million further ones. VACUUM has to freeze what is older;
--         where it cannot, or is switched off, the server ends by refusing to write. Multixact ids likewise.
-- role:   any that may connect
-- read:   one row for each database whose oldest unfrozen id, or multixact id, is older than 500 million, SET
--         ventros.wraparound_age = '300000000' for less. It names what keeps VACUUM from it. Three oldest tables are named,
--         if it is this database.
-- mend:   run what stands in mend, as a superuser, in the database that it is about, after what keeps VACUUM back is gone:
--         long_transactions and replication_slots say what that is.
WITH old AS (
    SELECT datname, age(datfrozenxid) AS age, mxid_age(datminmxid) AS multi_age, datname = current_database() AS is_here,
           coalesce(nullif(current_setting('ventros.wraparound_age', true), ''), '500000000')::bigint AS most
      FROM pg_database
)
SELECT format('database %s', datname) AS subject,
       format('the oldest transaction id of %s is %s transactions old, its oldest multixact id %s: at 2,100 million the '
              'server refuses to write%s', datname, age, multi_age,
              CASE WHEN is_here THEN (
                   SELECT '; the oldest tables are ' || string_agg(oid::regclass::text, ', ' ORDER BY age(relfrozenxid) DESC)
                     FROM (SELECT * FROM pg_class WHERE relkind IN ('r', 'm', 't') ORDER BY age(relfrozenxid) DESC LIMIT 3)
                       AS oldest) END) AS finding,
       'SELECT datname, age(datfrozenxid), mxid_age(datminmxid) FROM pg_database ORDER BY 2 DESC; SELECT oid::regclass, '
       'age(relfrozenxid) FROM pg_class WHERE relkind IN (''r'', ''m'', ''t'') ORDER BY 2 DESC LIMIT 10;' AS see,
       CASE WHEN is_here THEN 'VACUUM (FREEZE);' ELSE format('in the database %I: VACUUM (FREEZE);', datname) END AS mend
  FROM old
 WHERE greatest(age, multi_age) > most
 ORDER BY 1;
