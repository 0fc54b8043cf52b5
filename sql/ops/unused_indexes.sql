-- name:  unused_indexes
-- kind:  findings
-- weight: low
-- means: Each row that is written costs one write more, for nothing.
-- why:   an index that no query has used costs a write with each row, and room in memory, for nothing.
-- role:  any that may connect
-- read:  one row for each index that was never scanned, on a table that was read a thousand times or more since
--        the statistics began, if that is seven days ago; SET ventros.unused_after = '30 days' for longer. When
--        they were never reset, the start of the server counts. Indexes that keep values unique are never
--        listed.
-- mend:  run what stands in mend, as the owner of the tables, outside a transaction: it lets writers pass.
--        Before that: is it used on a replica, whose statistics are its own, or by a report that runs once a
--        quarter?
-- blind: younger statistics; a statement that nobody happened to send.
SELECT used.indexrelid::regclass::text AS subject,
       format('the index %s on %s was not used since %s, in %s reads of the table; it takes %s',
              used.indexrelid::regclass, used.relid::regclass, to_char(began.at, 'YYYY-MM-DD'),
              owner.seq_scan + coalesce(owner.idx_scan, 0), pg_size_pretty(pg_relation_size(used.indexrelid)))
       AS finding,
       format('SELECT indexrelname, idx_scan, pg_size_pretty(pg_relation_size(indexrelid)) FROM pg_stat_user_indexes '
              'WHERE relid = %L::regclass;', used.relid::regclass) AS see,
       format('DROP INDEX CONCURRENTLY IF EXISTS %s; -- to make it again: %s', used.indexrelid::regclass,
              pg_get_indexdef(used.indexrelid)) AS mend
  FROM pg_stat_user_indexes AS used
  JOIN pg_index AS index USING (indexrelid)
  JOIN pg_stat_user_tables AS owner ON owner.relid = used.relid
  JOIN (SELECT coalesce(stats_reset, pg_postmaster_start_time())
          FROM pg_stat_database WHERE datname = current_database()) AS began (at) ON true
 WHERE used.schemaname IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
       )
   AND used.idx_scan = 0 AND index.indisvalid AND NOT index.indisunique
   AND NOT index.indisreplident AND NOT index.indisexclusion
   AND began.at <= now() - coalesce(nullif(current_setting('ventros.unused_after', true), ''), '7 days')::interval
   AND owner.seq_scan + coalesce(owner.idx_scan, 0) >= 1000
 ORDER BY 1;
