-- name:   collations
-- kind:   findings
-- weight: critical
-- means:  Indexes on texts may be in another order than the server now thinks: rows are not found, and doubles get in.
-- why:    the order of texts comes from a library of the system. When that was updated, as with the system, an index that
--         was built before is in the old order.
-- role:   any that may connect
-- read:   one row when this database, and one for each of its collations that an index uses, was made with
--         another version of the library.
-- mend:   run what stands in mend, as the owner of the database. It builds the indexes anew, and holds writers up for as
--         long as it takes: REINDEX INDEX CONCURRENTLY, one by one, does not. Where an index that keeps values unique
--         refuses, there are doubles.
WITH stale (ordering, subject, known, actual, refreshed) AS (
    SELECT 'pg_catalog.default'::regcollation::oid, format('database %s', datname), datcollversion,
           pg_database_collation_actual_version(oid), format('ALTER DATABASE %I REFRESH COLLATION VERSION;', datname)
      FROM pg_database
     WHERE datname = current_database() AND datcollversion <> pg_database_collation_actual_version(oid)
    UNION ALL
    SELECT oid, format('collation %s', oid::regcollation), collversion, pg_collation_actual_version(oid),
           format('ALTER COLLATION %s REFRESH VERSION;', oid::regcollation)
      FROM pg_collation
     WHERE collversion <> pg_collation_actual_version(oid)
       AND EXISTS (SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
                    WHERE pg_collation.oid = ANY (indcollation)
                      AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)')
)
SELECT subject, format('%s is of version %s of its library, and the system has %s', subject, known, actual) AS finding,
       'SELECT datname, datcollversion, pg_database_collation_actual_version(oid) FROM pg_database; SELECT '
       'oid::regcollation, collversion, pg_collation_actual_version(oid) FROM pg_collation WHERE collversion IS NOT NULL;' AS see,
       concat((SELECT string_agg(format('REINDEX INDEX %s; ', indexrelid::regclass), '' ORDER BY indexrelid::regclass::text)
                 FROM pg_index
                 JOIN pg_class ON oid = indexrelid AND relkind = 'i' AND relpersistence <> 't'
                WHERE ordering = ANY (indcollation)
                  AND relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'), refreshed) AS mend
  FROM stale
 ORDER BY 1;
