-- name:  app_role
-- kind:  findings
-- weight: critical
-- means: A service may read or change what its statements do not, of any tenant.
-- why:   the role that services log in as may do what the statements of sql/ do and nothing else: then no
--        service can forget a tenant, switch a version guard off, or change a table. What it may do more is a hole in
--        all of that.
-- role:  any that may connect
-- read:  one row for each power that the role has and should not; or one that says there is no such role. It is
--        ventros_app; SET ventros.app = 'another' for another. Column by column, what it is granted is compared
--        by ventros migrate roles, which takes away what is too much.
-- mend:  run what stands in mend, as a superuser.
-- blind: other roles that may log in and use the tables.
WITH app AS (
    SELECT role.*
      FROM pg_roles AS role
     WHERE rolname = coalesce(nullif(current_setting('ventros.app', true), ''), 'ventros_app')
), of_application (schema) AS (
    SELECT to_regnamespace(name)::oid::regnamespace FROM (VALUES
        -- for each schema, with "," between: ('{name}')
        ('public')
        -- end
    ) AS declared (name) WHERE to_regnamespace(name) IS NOT NULL
), fault (place, role, finding, mend) AS (
    SELECT 1, rolname, 'is a superuser: it passes every policy and every privilege',
           format('ALTER ROLE %I NOSUPERUSER;', rolname) FROM app WHERE rolsuper
    UNION ALL
    SELECT 2, rolname, 'has BYPASSRLS: it sees and writes the rows of every tenant',
           format('ALTER ROLE %I NOBYPASSRLS;', rolname) FROM app WHERE rolbypassrls AND NOT rolsuper
    UNION ALL
    SELECT 3, rolname, 'may make roles, databases or copies of the server',
           format('ALTER ROLE %I NOCREATEROLE NOCREATEDB NOREPLICATION;', rolname)
      FROM app WHERE (rolcreaterole OR rolcreatedb OR rolreplication) AND NOT rolsuper
    UNION ALL
    SELECT 4, app.rolname, format('is a member of %s, and may become what that is', role.rolname),
           format('REVOKE %I FROM %I;', role.rolname, app.rolname)
      FROM app
      JOIN pg_roles AS role ON role.oid <> app.oid AND pg_has_role(app.oid, role.oid, 'MEMBER')
     WHERE NOT app.rolsuper
       AND (role.rolsuper OR role.rolbypassrls
            OR role.rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files',
                                'pg_write_server_files', 'pg_execute_server_program')
            OR EXISTS (SELECT FROM pg_class JOIN of_application ON schema = relnamespace WHERE relowner = role.oid))
    UNION ALL
    SELECT 5, rolname, format('owns %s', string_agg(owned.name, ', ' ORDER BY owned.name)),
           format('REASSIGN OWNED BY %I TO %I;', rolname,
                  (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()))
      FROM app
      JOIN (SELECT relowner, oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            UNION ALL SELECT proowner, oid::regprocedure::text FROM pg_proc
            UNION ALL SELECT nspowner, 'the schema ' || nspname FROM pg_namespace
            UNION ALL SELECT datdba, 'the database ' || datname FROM pg_database
           ) AS owned (owner, name) ON owned.owner = app.oid
     GROUP BY rolname
    UNION ALL
    SELECT 6, rolname, format('may make objects in the schema %s', schema),
           format('REVOKE CREATE ON SCHEMA %s FROM %I, PUBLIC;', schema, rolname)
      FROM app, of_application WHERE has_schema_privilege(app.oid, schema, 'CREATE') AND NOT rolsuper
    UNION ALL
    SELECT 7, rolname,
           format('may TRUNCATE, refer to or put triggers on %s',
                  string_agg(relation.oid::regclass::text, ', ' ORDER BY relation.oid::regclass::text)),
           format('REVOKE TRUNCATE, REFERENCES, TRIGGER ON %s FROM %I, PUBLIC;',
                  string_agg(relation.oid::regclass::text, ', ' ORDER BY relation.oid::regclass::text), rolname)
      FROM app
      JOIN pg_class AS relation ON relation.relnamespace IN (SELECT schema FROM of_application)
       AND relation.relkind IN ('r', 'p')
       AND has_table_privilege(app.oid, relation.oid, 'TRUNCATE, REFERENCES, TRIGGER')
     WHERE NOT rolsuper AND relation.relowner <> app.oid
     GROUP BY rolname
    UNION ALL
    SELECT 9, rolname,
           format('looks for tables in another schema before public: %s', setting),
           CASE WHEN setdatabase = 0 THEN format('ALTER ROLE %I RESET search_path;', rolname)
                WHEN setrole = 0 THEN format('ALTER DATABASE %I RESET search_path;', current_database())
                ELSE format('ALTER ROLE %I IN DATABASE %I RESET search_path;', rolname, current_database()) END
      FROM app
      JOIN pg_db_role_setting ON setrole IN (0, app.oid)
       AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
     CROSS JOIN unnest(setconfig) AS setting
     WHERE setting ~ '^search_path=' AND setting !~ '^search_path=("\$user", *)?public *(,|$)'
    UNION ALL
    SELECT 8, name, 'does not exist: which role do services log in as?', 'SET ventros.app = ''…''; and ask again'
      FROM (SELECT coalesce(nullif(current_setting('ventros.app', true), ''), 'ventros_app')) AS wanted (name)
     WHERE NOT EXISTS (SELECT FROM app)
)
SELECT role AS subject,
       format('the role %s %s', role, finding) AS finding,
       format('SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %L; '
              'SELECT pg_describe_object(classid, objid, objsubid), deptype FROM pg_shdepend '
              'WHERE refobjid = to_regrole(%L) AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = '
              'current_database()));', role, quote_ident(role)) AS see,
       mend
  FROM fault
 ORDER BY place, finding;
