-- name:  row_security
-- kind:  findings
-- why:   row-level security keeps one tenant's rows from another when a statement, or somebody by hand, forgets
--        to. It holds for the tables' owner only when it is forced, and policies add up: one that is too wide
--        opens the table.
-- role:  any that may connect
-- read:  one row for each table with a tenant_id, or of what belongs to a user, where it is off or not forced, or
--        where for some command no policy compares tenant_id with ventros_tenant(), or the user's column with
--        ventros_user(), USING and WITH CHECK; and one for each policy that lets other rows through as well. A
--        directory is read by whoever has set a key of the row: a statement that says why it compares no tenant
--        (tenant:) reads it. aggregate_history is written for everybody, by its trigger, and nobody is granted INSERT.
--        The policy of_user of outbox_events lets in events of what belongs to the unit's user. Relay, scheduler and
--        auditor work for all tenants, by the policies of grants.sql, which are for them alone; SET ventros.relay =
--        'another' for one of another name.
-- mend:  run what stands in mend, as the owner of the tables. It takes a lock that holds everybody up for a
--        moment.
-- blind: a superuser and a role with BYPASSRLS pass every policy: see roles. Views are not looked at.
WITH directory (oid) AS (
    SELECT to_regclass(name)::oid FROM unnest(ARRAY[
        -- for each directory, with "," between: '{name}'
        'channel_routes'
        -- end
    ]::text[]) AS name
), of_user (oid, scope) AS (
    SELECT to_regclass(split_part(one, ' ', 1))::oid, split_part(one, ' ', 2) FROM unnest(ARRAY[
        -- for each table of a user, with "," between: '{name} {column}'
        'billing_accounts user_id',
        'users id'
        -- end
    ]::text[]) AS one
), scoped AS (
    SELECT relation.oid, relation.oid::regclass::text AS name, relrowsecurity, relforcerowsecurity,
           CASE WHEN tenant.attname IS NOT NULL THEN 'tenant_id = ventros_tenant()'
                ELSE of_user.scope || ' = ventros_user()' END AS own,
           CASE WHEN tenant.attname IS NOT NULL THEN 'tenant' ELSE 'own' END AS policy
      FROM pg_class AS relation
      LEFT JOIN pg_attribute AS tenant ON tenant.attrelid = relation.oid AND tenant.attname = 'tenant_id'
      LEFT JOIN of_user ON of_user.oid = relation.oid
     WHERE relation.relkind IN ('r', 'p') AND (tenant.attname IS NOT NULL OR of_user.oid IS NOT NULL)
       AND relation.relnamespace::regnamespace::text IN (
           -- for each schema, with "," between: '{name}'
           'public'
           -- end
     )
), opened (table_name, policy_name, role) AS (
    VALUES
    -- for each policy, with "," between: ('{table}', '{name}', '{role}')
    ('outbox_deliveries', 'relay_select', 'relay'),
    ('outbox_deliveries', 'relay_insert', 'relay'),
    ('outbox_deliveries', 'relay_delete', 'relay'),
    ('outbox_events', 'relay_select', 'relay'),
    ('outbox_queues', 'relay_select', 'relay'),
    ('outbox_queues', 'relay_insert', 'relay'),
    ('outbox_queues', 'relay_update', 'relay'),
    ('outbox_queues', 'relay_delete', 'relay'),
    ('commit_markers', 'scheduler_select', 'scheduler'),
    ('commit_markers', 'scheduler_delete', 'scheduler'),
    ('outbox_deliveries', 'scheduler_select', 'scheduler'),
    ('outbox_events', 'scheduler_select', 'scheduler'),
    ('outbox_events', 'scheduler_delete', 'scheduler'),
    ('processed_events', 'scheduler_select', 'scheduler'),
    ('processed_events', 'scheduler_delete', 'scheduler'),
    ('aggregate_history', 'auditor_select', 'auditor'),
    ('commit_markers', 'auditor_select', 'auditor'),
    ('expected_events', 'auditor_select', 'auditor'),
    ('outbox_deliveries', 'auditor_select', 'auditor'),
    ('outbox_events', 'auditor_select', 'auditor'),
    ('outbox_queues', 'auditor_select', 'auditor'),
    ('processed_events', 'auditor_select', 'auditor'),
    ('webhook_counters', 'relay_select', 'relay'),
    ('webhook_counters', 'relay_insert', 'relay'),
    ('webhook_counters', 'relay_update', 'relay'),
    ('webhook_subscriptions', 'relay_select', 'relay'),
    ('agent_counters', 'auditor_select', 'auditor'),
    ('agents', 'auditor_select', 'auditor'),
    ('billing_accounts', 'auditor_select', 'auditor'),
    ('broadcast_counters', 'auditor_select', 'auditor'),
    ('broadcasts', 'auditor_select', 'auditor'),
    ('campaign_counters', 'auditor_select', 'auditor'),
    ('campaign_steps', 'auditor_select', 'auditor'),
    ('campaigns', 'auditor_select', 'auditor'),
    ('channel_counters', 'auditor_select', 'auditor'),
    ('channel_routes', 'auditor_select', 'auditor'),
    ('channels', 'auditor_select', 'auditor'),
    ('chat_participants', 'auditor_select', 'auditor'),
    ('chats', 'auditor_select', 'auditor'),
    ('contact_custom_fields', 'auditor_select', 'auditor'),
    ('contact_identities', 'auditor_select', 'auditor'),
    ('contact_list_filters', 'auditor_select', 'auditor'),
    ('contact_list_members', 'auditor_select', 'auditor'),
    ('contact_lists', 'auditor_select', 'auditor'),
    ('contacts', 'auditor_select', 'auditor'),
    ('credential_uses', 'auditor_select', 'auditor'),
    ('credentials', 'auditor_select', 'auditor'),
    ('messages', 'auditor_select', 'auditor'),
    ('pipeline_custom_fields', 'auditor_select', 'auditor'),
    ('pipeline_statuses', 'auditor_select', 'auditor'),
    ('pipelines', 'auditor_select', 'auditor'),
    ('placements', 'auditor_select', 'auditor'),
    ('projects', 'auditor_select', 'auditor'),
    ('sequence_counters', 'auditor_select', 'auditor'),
    ('sequence_steps', 'auditor_select', 'auditor'),
    ('sequences', 'auditor_select', 'auditor'),
    ('sessions', 'auditor_select', 'auditor'),
    ('users', 'auditor_select', 'auditor'),
    ('webhook_counters', 'auditor_select', 'auditor'),
    ('webhook_subscriptions', 'auditor_select', 'auditor')
    -- end
), policy AS (
    SELECT scoped.oid, name, polname, polcmd, polpermissive, polroles,
           -- What it lets be read or changed, and what it lets be written; one that is left out is as the other.
           replace(coalesce(pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)), 'public.', '')
           = '(' || own || ')'
           AND replace(coalesce(pg_get_expr(polwithcheck, polrelid), pg_get_expr(polqual, polrelid)), 'public.', '')
               = '(' || own || ')' AS known,
           pg_get_expr(polqual, polrelid) LIKE '%current_setting(''app.%' AS asked
      FROM scoped
      JOIN pg_policy ON polrelid = scoped.oid
), without AS (
    SELECT scoped.oid, command
      FROM scoped, (VALUES ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')) AS one (command, letter)
     WHERE NOT EXISTS (SELECT FROM policy
                        WHERE policy.oid = scoped.oid AND known AND polpermissive AND polcmd IN ('*', letter::"char"))
       AND NOT (letter = 'r' AND scoped.oid IN (SELECT oid FROM directory))
       AND NOT (letter <> 'r' AND scoped.oid = to_regclass('public.aggregate_history'))
)
SELECT name AS subject,
       format('row-level security of %s is %s', name,
              concat_ws(' and ', CASE WHEN NOT relrowsecurity THEN 'off' END,
                        CASE WHEN NOT relforcerowsecurity THEN 'not forced, so does not hold for the owner' END))
       AS finding,
       format('SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %L::regclass;',
              oid::regclass) AS see,
       format('ALTER TABLE %1$s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;', oid::regclass) AS mend
  FROM scoped
 WHERE NOT relrowsecurity OR NOT relforcerowsecurity
UNION ALL
SELECT name, format('no policy of %s lets pass by %s for %s', name, own,
                    (SELECT string_agg(command, ', ') FROM without WHERE without.oid = scoped.oid)),
       format('SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy '
              'WHERE polrelid = %L::regclass;', name),
       format('DROP POLICY IF EXISTS %3$I ON %1$s; CREATE POLICY %3$I ON %1$s USING (%2$s) WITH CHECK (%2$s);',
              oid::regclass, own, policy)
  FROM scoped
 WHERE oid IN (SELECT oid FROM without)
UNION ALL
SELECT format('%s.%s', name, polname), 
       format('the policy %s of %s lets pass more than the tenant''s rows, or the user''s', polname, name),
       format('SELECT polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid) FROM pg_policy '
              'WHERE polrelid = %L::regclass;', name),
       format('DROP POLICY %I ON %s;', polname, oid::regclass)
  FROM policy
 WHERE polpermissive AND known IS NOT TRUE AND NOT (oid IN (SELECT oid FROM directory) AND polcmd = 'r' AND asked)
   AND NOT (oid = to_regclass('public.aggregate_history') AND polcmd = 'a')
   AND NOT (oid = to_regclass('public.outbox_events') AND polname = 'of_user' AND polcmd = 'a')
   AND NOT EXISTS (
       SELECT FROM opened
        WHERE to_regclass(table_name) = policy.oid AND policy_name = polname
          AND polcmd = (CASE split_part(polname, '_', 2) WHEN 'select' THEN 'r' WHEN 'insert' THEN 'a'
                                                         WHEN 'update' THEN 'w' ELSE 'd' END)::"char"
          AND polroles = ARRAY[to_regrole(quote_ident(coalesce(
              nullif(current_setting('ventros.' || role, true), ''), 'ventros_' || role)))::oid])
 ORDER BY 1, 2;
