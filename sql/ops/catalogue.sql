-- name:  catalogue
-- kind:  list
-- weight: high
-- means: The database is not the one that the code was written and tested for.
-- why:   every promise of the layer hangs on something in the schema: a policy, a trigger, a key, the body of a
--        function. Whoever changes one by hand leaves no error behind, only a promise that no longer holds.
-- role:  any that may connect; to see what others are building, one with pg_read_all_stats
-- read:  one line for each thing in the schemas of the application, and of the database's event triggers and casts:
--        kind|table|name|definition. The migrations make the lines of the application's catalogue.txt and of those
--        that it stands on, and nothing else; a line there that begins with "? " is made by a command and may be
--        missing. How to compare them with psql: sql/README.md. `ventros audit` does, and says what each
--        difference means. Some lines are there only where something is wrong: owner, foreign keys, inheritance,
--        event trigger, operator, cast; their definition is what ends it. A new line within a definition is \n.
-- mend:  what `ventros audit` prints, as the owner of the tables, or as a superuser where it makes a foreign key or
--        puts its triggers on: what row-level security hides from the owner would not be checked. Most take a lock
--        that holds everybody up.
-- blind: the text of comments, privileges, the order of columns, settings of storage (fillfactor, autovacuum, statistics),
--        publications, what belongs to an extension, and other schemas. A view's text is written otherwise by
--        another version of PostgreSQL. What was written while a fault was there: see outbox_versions and history. How much of a
--        sequence is left: number_ranges.
SET search_path = pg_catalog, pg_temp;
SET "TimeZone" = 'UTC'; SET "DateStyle" = 'ISO'; SET "IntervalStyle" = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET quote_all_identifiers = off;
WITH schema AS (
    SELECT oid, nspname FROM pg_namespace WHERE nspname IN (
        -- for each schema, with "," between: '{name}'
        'public'
        -- end
    )
), of_extension AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relation AS (
    SELECT class.*, format('%I.%I', nspname, relname) AS name
      FROM pg_class AS class
      JOIN schema ON schema.oid = relnamespace
     WHERE (class.tableoid, class.oid) NOT IN (TABLE of_extension)
), stored AS (
    SELECT * FROM relation WHERE relkind IN ('r', 'p', 'f')
), routine AS (
    SELECT proc.*, proc.oid::regprocedure::text AS name
      FROM pg_proc AS proc
      JOIN schema ON schema.oid = pronamespace
     WHERE (proc.tableoid, proc.oid) NOT IN (TABLE of_extension)
), own_type AS (
    SELECT type.*, format('%I.%I', nspname, typname) AS name
      FROM pg_type AS type
      JOIN schema ON schema.oid = typnamespace
     WHERE (type.tableoid, type.oid) NOT IN (TABLE of_extension)
), sequence AS (
    SELECT relation.oid, relation.name, relation.relowner, coalesce(owner.name, '') AS table_name
      FROM relation
      LEFT JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = relation.oid AND refclassid = classid
       AND deptype IN ('a', 'i')
      LEFT JOIN stored AS owner ON owner.oid = refobjid
     WHERE relation.relkind = 'S'
), tree AS (
    SELECT index.*, stored.name AS table_name, conname,
           -- An index that is being built at this moment is not at fault.
           CASE WHEN indisvalid AND indisready AND indislive THEN ''
                WHEN EXISTS (SELECT FROM pg_stat_progress_create_index AS build
                              WHERE build.relid = indrelid AND build.datname = current_database()) THEN ' BEING BUILT'
                ELSE ' INVALID' END AS state
      FROM stored
      JOIN pg_index AS index ON indrelid = stored.oid
      LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid AND contype IN ('p', 'u', 'x')
), fires (state, word) AS (
    VALUES ('O'::"char", 'ENABLE'), ('D', 'DISABLE'), ('R', 'ENABLE REPLICA'), ('A', 'ENABLE ALWAYS')
), owner AS (
    SELECT mode() WITHIN GROUP (ORDER BY relowner) AS oid FROM stored
), owned (kind, word, name, owner) AS (
    SELECT 'owner', 'TABLE', name, relowner FROM relation WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
    UNION ALL
    SELECT 'owner', 'SEQUENCE', name, relowner FROM sequence WHERE table_name = ''
    UNION ALL
    SELECT 'function owner', 'ROUTINE', name, proowner FROM routine
), line (kind, relation, name, definition) AS (
    SELECT 'table', name, '',
           concat_ws(' ', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END,
                     CASE relkind WHEN 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(oid) WHEN 'f' THEN 'FOREIGN' END)
      FROM stored
    UNION ALL
    SELECT 'row security', name, '',
           concat(CASE WHEN NOT relrowsecurity THEN 'DISABLE' ELSE 'ENABLE' END, ' ROW LEVEL SECURITY, ',
                  CASE WHEN NOT relforcerowsecurity THEN 'NO ' END, 'FORCE ROW LEVEL SECURITY')
      FROM stored
     WHERE relkind <> 'f'
    UNION ALL
    SELECT 'column', name, quote_ident(attname),
           concat(format_type(atttypid, atttypmod),
                  (SELECT format(' COLLATE %s', attcollation::regcollation) FROM pg_type
                    WHERE pg_type.oid = atttypid AND typcollation <> attcollation),
                  CASE WHEN attidentity <> ''
                       THEN format(' GENERATED %s AS IDENTITY', CASE attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END)
                       WHEN attgenerated <> ''
                       THEN format(' GENERATED ALWAYS AS (%s) %s', pg_get_expr(adbin, adrelid),
                                   CASE attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                       ELSE ' DEFAULT ' || pg_get_expr(adbin, adrelid) END,
                  CASE WHEN attnotnull THEN ' NOT NULL' END,
                  -- From PostgreSQL 18 on NOT NULL is a constraint, which may hold for new rows only.
                  (SELECT ' NOT VALID' FROM pg_constraint
                    WHERE conrelid = attrelid AND contype = 'n' AND conkey = ARRAY[attnum] AND NOT convalidated))
      FROM stored
      JOIN pg_attribute ON attrelid = stored.oid AND attnum > 0 AND NOT attisdropped
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT 'comments', name, '', string_agg(said, E'\n' ORDER BY said COLLATE "C")
      FROM (SELECT name, format('COMMENT ON TABLE %s IS %L;', name, obj_description(oid, 'pg_class'))
              FROM stored
             WHERE obj_description(oid, 'pg_class') IS NOT NULL
            UNION ALL
            SELECT name, format('COMMENT ON COLUMN %s.%I IS %L;', name, attname, col_description(attrelid, attnum))
              FROM stored
              JOIN pg_attribute ON attrelid = stored.oid AND attnum > 0 AND NOT attisdropped
             WHERE col_description(attrelid, attnum) IS NOT NULL) AS comment (name, said)
     GROUP BY name
    UNION ALL
    SELECT 'constraint', name, quote_ident(pg_constraint.conname), pg_get_constraintdef(pg_constraint.oid) || coalesce(state, '')
      FROM stored
      JOIN pg_constraint ON conrelid = stored.oid AND contype IN ('c', 'f', 'p', 'u', 'x') AND conparentid = 0
      LEFT JOIN tree ON indexrelid = conindid AND contype <> 'f'
    UNION ALL
    SELECT 'index', table_name, format('%I.%I', nspname, relname), pg_get_indexdef(indexrelid) || state
      FROM tree
      JOIN pg_class ON pg_class.oid = indexrelid
      JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE conname IS NULL
    UNION ALL
    SELECT 'trigger', name, quote_ident(tgname),
           format('%s; ALTER TABLE %s %s TRIGGER %I', pg_get_triggerdef(pg_trigger.oid), name, word, tgname)
      FROM relation
      JOIN pg_trigger ON tgrelid = relation.oid AND NOT tgisinternal AND tgparentid = 0
      JOIN fires ON state = tgenabled
    UNION ALL
    SELECT 'policy', name, quote_ident(polname),
           concat('AS ', CASE WHEN polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, ' FOR ',
                  CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                              ELSE 'ALL' END,
                  ' TO ', (SELECT string_agg(coalesce(quote_ident(rolname), 'PUBLIC'), ', ' ORDER BY rolname)
                             FROM unnest(polroles) AS role LEFT JOIN pg_roles ON pg_roles.oid = role),
                  ' USING (' || pg_get_expr(polqual, polrelid) || ')',
                  ' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')')
      FROM stored
      JOIN pg_policy ON polrelid = stored.oid
    UNION ALL
    SELECT 'rule', name, quote_ident(rulename),
           format('%s ALTER TABLE %s %s RULE %I', pg_get_ruledef(pg_rewrite.oid), name, word, rulename)
      FROM relation
      JOIN pg_rewrite ON ev_class = relation.oid AND rulename <> '_RETURN'
      JOIN fires ON state = ev_enabled
    UNION ALL
    SELECT 'function', '', name,
           concat(CASE prokind WHEN 'a' THEN 'an aggregate' ELSE rtrim(pg_get_functiondef(oid), E'\n') END,
                  -- Where it has its owner's rights, who may call it matters.
                  CASE WHEN prosecdef AND NOT EXISTS (
                            SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)
                       THEN format('; REVOKE ALL ON FUNCTION %s FROM PUBLIC', name) END)
      FROM routine
    UNION ALL
    SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, name, '',
           concat_ws(' ', 'WITH (' || array_to_string(reloptions, ', ') || ')', 'AS', pg_get_viewdef(oid))
      FROM relation
     WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT 'sequence', table_name, name,
           format('AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %sCYCLE', format_type(seqtypid, NULL),
                  seqincrement, seqmin, seqmax, seqstart, seqcache, CASE WHEN NOT seqcycle THEN 'NO ' END)
      FROM sequence
      JOIN pg_sequence ON seqrelid = sequence.oid
    UNION ALL
    SELECT CASE typtype WHEN 'd' THEN 'domain' ELSE 'type' END, '', name,
           CASE typtype
           WHEN 'e' THEN format('AS ENUM (%s)', (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder)
                                                   FROM pg_enum WHERE enumtypid = own_type.oid))
           WHEN 'd' THEN concat('AS ', format_type(typbasetype, typtypmod), ' DEFAULT ' || typdefault,
                                CASE WHEN typnotnull THEN ' NOT NULL' END,
                                (SELECT string_agg(format(' CONSTRAINT %I %s', conname, pg_get_constraintdef(oid)), ''
                                                   ORDER BY conname)
                                   FROM pg_constraint WHERE contypid = own_type.oid AND contype = 'c'))
           WHEN 'c' THEN format('AS (%s)', (SELECT string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', '
                                                              ORDER BY attnum)
                                              FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped))
           ELSE 'AS RANGE' END
      FROM own_type
     WHERE typtype IN ('d', 'e', 'r') OR (typtype = 'c' AND typrelid IN (SELECT oid FROM relation WHERE relkind = 'c'))
    UNION ALL
    SELECT 'owner of all', '', '', quote_ident(pg_get_userbyid(oid)) FROM owner WHERE oid IS NOT NULL
    UNION ALL
    SELECT owned.kind, owned.name, quote_ident(pg_get_userbyid(owned.owner)),
           format('ALTER %s %s OWNER TO %I', word, owned.name, pg_get_userbyid(owner.oid))
      FROM owned
      JOIN owner ON owner.oid <> owned.owner
    UNION ALL
    SELECT 'foreign keys', name, string_agg(DISTINCT format('%I', conname), ', '),
           format('ALTER TABLE %s ENABLE TRIGGER ALL', name)
      FROM stored
      JOIN pg_trigger ON tgrelid = stored.oid AND tgisinternal AND tgenabled <> 'O'
      JOIN pg_constraint ON pg_constraint.oid = tgconstraint
     GROUP BY name
    UNION ALL
    SELECT 'inheritance', parent.name, inhrelid::regclass::text,
           CASE WHEN child.relispartition THEN format('ALTER TABLE %s DETACH PARTITION %s', parent.name, inhrelid::regclass)
                ELSE format('ALTER TABLE %s NO INHERIT %s', inhrelid::regclass, parent.name) END
      FROM stored AS parent
      JOIN pg_inherits ON inhparent = parent.oid
      JOIN pg_class AS child ON child.oid = inhrelid
    UNION ALL
    SELECT 'event trigger', '', quote_ident(evtname), format('ALTER EVENT TRIGGER %I DISABLE', evtname)
      FROM pg_event_trigger
     WHERE evtenabled <> 'D' AND (pg_event_trigger.tableoid, oid) NOT IN (TABLE of_extension)
    UNION ALL
    SELECT 'operator', '', operator.oid::regoperator::text, format('DROP OPERATOR %s', operator.oid::regoperator)
      FROM pg_operator AS operator
      JOIN schema ON schema.oid = oprnamespace
     WHERE (operator.tableoid, operator.oid) NOT IN (TABLE of_extension)
    UNION ALL
    SELECT 'cast', castsource::regtype::text, casttarget::regtype::text,
           format('DROP CAST (%s AS %s)', castsource::regtype, casttarget::regtype)
      FROM pg_cast
      -- Those below are made by initdb.
     WHERE oid >= 16384 AND (pg_cast.tableoid, oid) NOT IN (TABLE of_extension)
)
SELECT kind, relation, name, replace(replace(definition, '\', '\\'), E'\n', '\n') AS definition
  FROM line
 ORDER BY kind COLLATE "C", relation COLLATE "C", name COLLATE "C", definition COLLATE "C";
