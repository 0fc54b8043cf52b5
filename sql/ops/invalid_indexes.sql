-- name:  invalid_indexes
-- kind:  findings
-- why:   CREATE or REINDEX INDEX CONCURRENTLY that was interrupted leaves an index that no query may use and
--        that every write keeps up all the same; a unique one that is invalid may hold duplicates.
-- role:  any that may connect; to see what others are building, one with pg_read_all_stats
-- read:  one row for each such index. One that is being built at this moment is none.
-- mend:  run what stands in mend, as the owner of the tables, outside a transaction: it lets writers pass.
SELECT index.indexrelid::regclass::text AS subject,
       format('the index %s on %s is not %s', index.indexrelid::regclass, index.indrelid::regclass,
              CASE WHEN index.indisready THEN 'valid: it is kept up and never used' ELSE 'ready: it was never filled' END)
       AS finding,
       format('SELECT indisvalid, indisready, pg_get_indexdef(indexrelid) FROM pg_index WHERE indexrelid = %L::regclass;',
              index.indexrelid::regclass) AS see,
       -- _ccnew and _ccold are what REINDEX CONCURRENTLY calls its second copy.
       CASE WHEN relation.relname ~ '_cc(new|old)\d*$' THEN format('DROP INDEX CONCURRENTLY %s;', index.indexrelid::regclass)
            ELSE format('REINDEX INDEX CONCURRENTLY %s;', index.indexrelid::regclass) END AS mend
  FROM pg_index AS index
  JOIN pg_class AS relation ON relation.oid = index.indexrelid AND relation.relkind = 'i'
 WHERE relation.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
       )
   AND NOT (index.indisvalid AND index.indisready AND index.indislive)
   AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS build
                    WHERE build.relid = index.indrelid AND build.datname = current_database())
 ORDER BY 1;
