-- name:  row_security
-- kind:  findings
-- why:   row-level security keeps one tenant's rows from another when a statement, or somebody by hand, forgets
--        to. It holds for the tables' owner only when it is forced, and policies add up: one that is too wide
--        opens the table.
-- role:  any that may connect
-- read:  one row for each table with a tenant_id where it is off or not forced, or where no policy compares
--        tenant_id with ventros_tenant(); and one for each policy that lets other rows through as well.
--        channel_routes is read by everybody: it tells whose channel an event is for. aggregate_history is written
--        for everybody, by its trigger, and nobody is granted INSERT.
-- mend:  run what stands in mend, as the owner of the tables. It takes a lock that holds everybody up for a
--        moment.
-- blind: a superuser and a role with BYPASSRLS pass every policy: see app_role. Views are not looked at.
WITH tenant_table AS (
    SELECT relation.oid, relation.oid::regclass::text AS name, relrowsecurity, relforcerowsecurity
      FROM pg_class AS relation
      JOIN pg_attribute AS tenant ON tenant.attrelid = relation.oid AND tenant.attname = 'tenant_id'
     WHERE relation.relkind IN ('r', 'p') AND relation.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
     )
), policy AS (
    SELECT tenant_table.oid, name, polname, polcmd, polpermissive,
           -- What it lets be read or changed, and what it lets be written; one that is left out is as the other.
           coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid))
           ~ '^\(tenant_id = (public\.)?ventros_tenant\(\)\)$'
           AND coalesce(pg_get_expr(polwithcheck, polrelid), pg_get_expr(polqual, polrelid))
               ~ '^\(tenant_id = (public\.)?ventros_tenant\(\)\)$' AS of_tenant
      FROM tenant_table
      JOIN pg_policy ON polrelid = tenant_table.oid
)
SELECT name AS subject,
       format('row-level security of %s is %s', name,
              concat_ws(' and ', CASE WHEN NOT relrowsecurity THEN 'off' END,
                        CASE WHEN NOT relforcerowsecurity THEN 'not forced, so does not hold for the owner' END))
       AS finding,
       format('SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %L::regclass;',
              oid::regclass) AS see,
       format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;', oid::regclass) AS mend
  FROM tenant_table
 WHERE NOT relrowsecurity OR NOT relforcerowsecurity
UNION ALL
SELECT name, format('no policy of %s compares tenant_id with ventros_tenant()', name),
       format('SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy '
              'WHERE polrelid = %L::regclass;', name),
       format('CREATE POLICY tenant ON %s USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());',
              oid::regclass)
  FROM tenant_table
 WHERE NOT EXISTS (SELECT FROM policy WHERE policy.oid = tenant_table.oid AND of_tenant AND polpermissive)
UNION ALL
SELECT format('%s.%s', name, polname), format('the policy %s of %s lets pass more than the tenant''s rows', polname, name),
       format('SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy '
              'WHERE polrelid = %L::regclass;', name),
       format('DROP POLICY %I ON %s;', polname, oid::regclass)
  FROM policy
 WHERE polpermissive AND of_tenant IS NOT TRUE AND NOT (name = 'channel_routes' AND polcmd = 'r')
   AND NOT (name = 'aggregate_history' AND polcmd = 'a')
 ORDER BY 1, 2;
