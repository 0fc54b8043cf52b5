-- name:   number_ranges
-- kind:   findings
-- weight: high
-- means:  When a sequence or the column that it fills is at its end, every INSERT into the table fails.
-- why:    a sequence that has given out its last number raises; and one that fills a smaller column does so
--         when the column is full. Rows that are never stored use numbers up as well.
-- role:   the auditor, ventros_auditor, or a superuser: of a sequence that one may not read the last number is not shown
-- read:   one row for each sequence of the database, of whomever, that has given out 70 in a hundred of its numbers or of
--         what its column holds, SET ventros.used = '50' for less; and one for each that begins anew at its end.
-- mend:   run what stands in mend, as the owner of the table. Where a column has to be widened, the table is written anew
--         under a lock that holds everybody up: plan it.
-- blind:  numbers that come from elsewhere.
WITH counter AS (
    SELECT sequence.seqrelid, sequence.seqtypid, sequence.seqcycle, sequence.seqincrement, owner.attrelid, owner.attname,
           owner.atttypid, state.last_value,
           CASE WHEN seqincrement > 0 THEN seqmax::numeric ELSE -seqmin::numeric END AS own_end,
           CASE WHEN seqincrement > 0 AND owner.atttypid = 'smallint'::regtype THEN 32767
                WHEN seqincrement > 0 AND owner.atttypid = 'integer'::regtype THEN 2147483647
                ELSE 9223372036854775807 END::numeric AS column_end,
           has_sequence_privilege(sequence.seqrelid, 'SELECT, USAGE') AS is_shown
      FROM pg_sequence AS sequence
      JOIN pg_class AS relation ON relation.oid = sequence.seqrelid AND relation.relpersistence <> 't'
      JOIN pg_namespace AS place ON place.oid = relation.relnamespace AND place.nspname !~ '^(pg_|information_schema$)'
      LEFT JOIN pg_sequences AS state ON state.schemaname = place.nspname AND state.sequencename = relation.relname
      LEFT JOIN pg_depend AS owned ON owned.classid = 'pg_class'::regclass AND owned.objid = sequence.seqrelid
       AND owned.refclassid = 'pg_class'::regclass AND owned.deptype IN ('a', 'i')
      LEFT JOIN pg_attribute AS owner ON owner.attrelid = owned.refobjid AND owner.attnum = owned.refobjsubid
), counted AS (
    SELECT *, sign(seqincrement)::numeric * coalesce(last_value, 0) AS used, least(own_end, column_end) AS available,
           coalesce(nullif(current_setting('ventros.used', true), ''), '70')::numeric AS most
      FROM counter
)
SELECT seqrelid::regclass::text AS subject,
       CASE WHEN NOT is_shown THEN format('the last number of the sequence %s is not shown to this role', seqrelid::regclass)
            WHEN used >= available * most / 100
            THEN format('the sequence %s is at %s of %s%s: %s %% are used, and %s are left', seqrelid::regclass, last_value,
                        trim_scale(available), ', which is what ' || attrelid::regclass || '.' || attname || ' holds',
                        round(100 * used / available, 1), trim_scale(available - used))
            ELSE format('the sequence %s begins anew at its end, with numbers that it has given before', seqrelid::regclass)
       END AS finding,
       format('SELECT * FROM pg_sequences WHERE format(''%%I.%%I'', schemaname, sequencename)::regclass = %L::regclass;',
              seqrelid::regclass) AS see,
       CASE WHEN NOT is_shown THEN format('GRANT SELECT ON SEQUENCE %s TO %I;', seqrelid::regclass, current_user)
            WHEN used < available * most / 100 THEN format('ALTER SEQUENCE %s NO CYCLE;', seqrelid::regclass)
            WHEN available < 9223372036854775807
            THEN concat(CASE WHEN column_end < 9223372036854775807
                             THEN format('ALTER TABLE %s ALTER COLUMN %I TYPE bigint; ', attrelid::regclass, attname) END,
                        format('ALTER SEQUENCE %s AS bigint %s;', seqrelid::regclass,
                               CASE WHEN seqincrement > 0 THEN 'NO MAXVALUE' ELSE 'NO MINVALUE' END))
            WHEN attname IS NULL THEN format('SELECT setval(%L, 1); -- if numbers may come a second time', seqrelid::regclass)
            ELSE format('SELECT setval(%L, coalesce(max(%I), 1)) FROM %s; -- unless that is where it is: then nothing is left',
                        seqrelid::regclass, attname, attrelid::regclass) END AS mend
  FROM counted
 WHERE NOT is_shown OR used >= available * most / 100 OR seqcycle
 ORDER BY 1;
