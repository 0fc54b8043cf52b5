-- name:  statement_costs
-- kind:  look
-- why:   what each statement of sql/ costs on this server, by its name, with nothing installed but
--        pg_stat_statements
-- role:  a superuser, or one with pg_read_all_stats that may use the extension's schema: others' texts are not
--        shown to the rest. The server needs shared_preload_libraries = 'pg_stat_statements', the database
--        CREATE EXTENSION pg_stat_statements.
-- read:  one row for each name, of this database, most time first: share of all time in percent, milliseconds
--        a call, the longest, and their spread (the standard deviation: where it is many times the mean, few calls
--        are slow, and the mean says little), rows a call, share of pages found in memory, bytes of WAL and pages
--        dirtied a call. since is when counting began; evicted how often the least used texts were given up for
--        others since then: where it is not 0, calls are missing, and pg_stat_statements.max is too small. The row
--        without a name is all the rest. No row: nothing was counted, see pg_stat_statements.track. A name proves nothing: ventros sql stats compares the texts
--        themselves.
-- mend:  git grep a name finds its text and who sends it; ventros sql explain shows its plan.
-- The extension lies in a schema of anybody's choice.
DO $$
BEGIN
    PERFORM set_config('search_path', concat_ws(', ', quote_ident(nspname), current_setting('search_path')), false)
       FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace WHERE extname = 'pg_stat_statements';
END
$$;
SELECT substring(query FROM '/\* (\w+\.[^*]+) \*/\s*$') AS statement, sum(calls) AS calls,
       round((100 * sum(total_exec_time) / sum(sum(total_exec_time)) OVER ())::numeric, 1) AS percent,
       round((sum(total_exec_time) / sum(calls))::numeric, 3) AS ms,
       round(max(max_exec_time)::numeric, 1) AS max_ms,
       round(sqrt(greatest(sum(calls * (stddev_exec_time ^ 2 + mean_exec_time ^ 2)) / sum(calls)
                           - (sum(total_exec_time) / sum(calls)) ^ 2, 0))::numeric, 3) AS spread_ms,
       round(sum(rows) / sum(calls), 1) AS rows,
       round(100.0 * sum(shared_blks_hit) / nullif(sum(shared_blks_hit + shared_blks_read), 0), 1) AS in_memory,
       round(sum(wal_bytes) / sum(calls)) AS wal_bytes,
       round(sum(shared_blks_dirtied)::numeric / sum(calls), 2) AS dirtied,
       min(stats_reset) AS since, min(dealloc) AS evicted
  FROM pg_stat_statements, pg_stat_statements_info
 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND calls > 0
 GROUP BY 1
 ORDER BY sum(total_exec_time) DESC;
