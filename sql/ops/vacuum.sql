-- name:   vacuum
-- kind:   findings
-- weight: high
-- means:  Tables grow and their plans get worse, for nobody clears away what updates and deletes leave behind.
-- why:    every UPDATE leaves a dead row. Autovacuum clears it away, and keeps statistics true, where it is on and can.
-- role:   any that may connect; a superuser, or one with BYPASSRLS that may read the tables, for the estimate of their empty
--         space: statistics of values are shown to no other
-- read:   one row when autovacuum is off; for each table for which it is off; for each with more dead rows than twice what
--         autovacuum waits for and than 10,000, SET ventros.dead_rows = '1000' for less; and for each that is estimated to
--         be more than half empty and to waste 100 MB, SET ventros.waste = '10MB' for less. The estimate is made of the
--         statistics, of tables that were analysed.
-- mend:   run what stands in mend, as the owner of the table, or as a superuser for settings. VACUUM holds nobody
--         up, but clears nothing that long_transactions or replication_slots keep back. VACUUM FULL writes the table anew
--         and holds everybody up: pg_repack and pg_squeeze do not.
-- blind:  the empty space of indexes: pgstattuple measures it.
WITH relation AS (
    SELECT oid, oid::regclass::text AS name, reltuples, relpages, reloptions, reltoastrelid,
           coalesce((SELECT option_value FROM pg_options_to_table(reloptions) WHERE option_name = 'fillfactor'), '100')::int AS filled,
           coalesce((SELECT option_value FROM pg_options_to_table(reloptions) WHERE option_name = 'autovacuum_enabled'), 'true')::boolean
           AND coalesce((SELECT option_value FROM pg_options_to_table((SELECT toast.reloptions FROM pg_class AS toast
                                                                        WHERE toast.oid = relation.reltoastrelid))
                          WHERE option_name = 'autovacuum_enabled'), 'true')::boolean AS is_vacuumed
      FROM pg_class AS relation
     WHERE relkind IN ('r', 'm') AND relpersistence <> 't' AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
), dead AS (
    SELECT name, n_dead_tup, n_live_tup,
           2 * (current_setting('autovacuum_vacuum_threshold')::bigint
                + current_setting('autovacuum_vacuum_scale_factor')::numeric * greatest(reltuples, 0)::numeric) AS bound,
           coalesce(nullif(current_setting('ventros.dead_rows', true), ''), '10000')::bigint AS least
      FROM relation
      JOIN pg_stat_all_tables ON relid = oid
), width AS (
    -- A row: its header and line pointer, the bitmap of NULLs, and what the statistics say of each column.
    SELECT relation.oid, 36 + sum(avg_width * (1 - null_frac)) AS bytes
      FROM relation
      JOIN pg_class AS named USING (oid)
      JOIN pg_stats ON schemaname = named.relnamespace::regnamespace::text AND tablename = named.relname AND NOT inherited
     GROUP BY relation.oid
    HAVING count(*) = (SELECT count(*) FROM pg_attribute WHERE attrelid = relation.oid AND attnum > 0 AND NOT attisdropped)
), empty AS (
    SELECT name, relpages, relpages - ceil(reltuples * bytes / ((current_setting('block_size')::int - 24) * filled / 100.0)) AS wasted,
           pg_size_bytes(coalesce(nullif(current_setting('ventros.waste', true), ''), '100MB'))
           / current_setting('block_size')::int AS least
      FROM relation
      JOIN width USING (oid)
     WHERE reltuples >= 0
)
SELECT name AS subject, format('autovacuum is off: %s', consequence) AS finding, format('SHOW %s;', name) AS see,
       format('ALTER SYSTEM SET %s = on; SELECT pg_reload_conf();', name) AS mend
  FROM (VALUES ('autovacuum', 'no table is vacuumed or analysed, but against wraparound'),
               ('track_counts', 'it does not know which tables have changed')) AS needed (name, consequence)
 WHERE current_setting(name) = 'off'
UNION ALL
SELECT name, format('autovacuum is off for the table %s, or for its long values', name),
       format('SELECT own.reloptions, toast.reloptions FROM pg_class AS own LEFT JOIN pg_class AS toast ON toast.oid = '
              'own.reltoastrelid WHERE own.oid = %L::regclass;', name),
       format('ALTER TABLE %s RESET (autovacuum_enabled, toast.autovacuum_enabled);', name)
  FROM relation
 WHERE NOT is_vacuumed
UNION ALL
SELECT name, format('the table %s has %s dead rows and %s live ones: autovacuum does not come, or cannot clear them away',
                    name, n_dead_tup, n_live_tup),
       format('SELECT n_live_tup, n_dead_tup, last_autovacuum, last_vacuum, autovacuum_count FROM pg_stat_all_tables WHERE '
              'relid = %L::regclass;', name),
       format('VACUUM (ANALYZE) %s;', name)
  FROM dead
 WHERE n_dead_tup > bound AND n_dead_tup > least
UNION ALL
SELECT name, format('the table %s is estimated to be %s %% empty: %s of %s', name, round(100 * wasted / relpages),
                    pg_size_pretty((wasted * current_setting('block_size')::int)::bigint),
                    pg_size_pretty(relpages * current_setting('block_size')::bigint)),
       format('SELECT pg_size_pretty(pg_relation_size(%1$L)), reltuples FROM pg_class WHERE oid = %1$L::regclass;', name),
       format('VACUUM (FULL, ANALYZE) %s;', name)
  FROM empty
 WHERE wasted > relpages / 2.0 AND wasted > least
 ORDER BY 1, 2;
