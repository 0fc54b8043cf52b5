-- name:  redundant_indexes
-- kind:  findings
-- weight: low
-- means: Each row that is written costs one write more, for nothing.
-- why:   an index whose columns another one begins with answers nothing that the other does not, and costs a
--        write with each row all the same.
-- role:  any that may connect
-- read:  one row for each such index, with the one that makes it redundant. Of two that are the same, the later
--        made is redundant. An index behind a key or constraint, or that keeps values unique, never is, but for
--        its exact twin.
-- mend:  run what stands in mend, as the owner of the tables, outside a transaction: it lets writers pass. The
--        shorter index is smaller: where it is read very often and the other is large, it may be kept on
--        purpose.
WITH tree AS (
    SELECT index.indexrelid, index.indrelid, index.indisunique, index.indnkeyatts AS width, index.indnatts,
           EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid) OR index.indisreplident AS needed,
           coalesce(pg_get_expr(index.indpred, index.indrelid), '') AS predicate,
           ARRAY(SELECT (pg_get_indexdef(index.indexrelid, place, true), index.indclass[place - 1],
                         index.indcollation[place - 1], index.indoption[place - 1])::text
                   FROM generate_series(1, index.indnkeyatts) AS place ORDER BY place) AS keys,
           ARRAY(SELECT pg_get_indexdef(index.indexrelid, place, true)
                   FROM generate_series(index.indnkeyatts + 1, index.indnatts) AS place ORDER BY 1) AS included
      FROM pg_index AS index
      JOIN pg_class AS relation ON relation.oid = index.indexrelid AND relation.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
           )
      JOIN pg_am ON pg_am.oid = relation.relam AND pg_am.amname = 'btree'
     WHERE index.indisvalid AND index.indislive
)
SELECT redundant.indexrelid::regclass::text AS subject,
       CASE WHEN redundant.keys = covering.keys
            THEN format('the index %s says the same as %s', redundant.indexrelid::regclass, covering.indexrelid::regclass)
            ELSE format('the index %s is the beginning of %s', redundant.indexrelid::regclass, covering.indexrelid::regclass)
       END AS finding,
       format('SELECT pg_get_indexdef(oid), pg_size_pretty(pg_relation_size(oid)) FROM pg_class WHERE oid IN '
              '(%L::regclass, %L::regclass);', redundant.indexrelid::regclass, covering.indexrelid::regclass) AS see,
       format('DROP INDEX CONCURRENTLY IF EXISTS %s; -- to make it again: %s', redundant.indexrelid::regclass,
              pg_get_indexdef(redundant.indexrelid)) AS mend
  FROM tree AS redundant
  JOIN LATERAL (
       SELECT *
         FROM tree AS candidate
        WHERE candidate.indrelid = redundant.indrelid AND candidate.indexrelid <> redundant.indexrelid
          AND candidate.predicate = redundant.predicate AND candidate.keys[1:redundant.width] = redundant.keys
          AND redundant.included <@ (candidate.included || candidate.keys)
          -- Its twin makes a unique index redundant; a longer one does not keep the same values unique.
          AND (NOT redundant.indisunique OR candidate.keys = redundant.keys AND candidate.indisunique)
          -- Of twins the needed one stays, then the unique one, then the older one.
          AND (candidate.keys <> redundant.keys OR candidate.included <> redundant.included
               OR (candidate.needed, candidate.indisunique, -candidate.indexrelid::bigint)
                  > (redundant.needed, redundant.indisunique, -redundant.indexrelid::bigint))
        ORDER BY candidate.width, candidate.indexrelid
        LIMIT 1) AS covering ON true
 WHERE NOT redundant.needed
 ORDER BY 1;
