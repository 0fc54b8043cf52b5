-- name: history
-- kind: findings
-- weight: high
-- means: The record of changes is not what took place, and proves nothing there.
-- why:  where history is enabled, every version of every aggregate is on record, and the record, replayed, yields the
--       row. Where it does not, somebody wrote past the triggers, or touched the record.
-- role: the auditor, ventros_auditor, or a superuser: see outbox_versions
-- read: one row for each aggregate, with the first thing that is wrong with its history, ten to a table (SET
--       ventros.most = '1000' for more): versions that are missing, a step that does not begin where the one before it
--       ended, a row that has moved on, is gone, never was recorded, or differs from the replayed record; and one for
--       each table that is not recorded while others are. No row where history was never enabled; after it was
--       disabled, the record is still checked, but not against the rows.
-- steps: SET ventros.after = 'tenant table id' and ventros.upto bound it to the aggregates behind the first up to the
--       second, in the order of the key of aggregate_history; ventros audit asks so, some 50,000 rows at a time.
-- walk: aggregate_history (tenant_id, aggregate_table, aggregate_id)
-- mend: as each row says. Nothing brings back what was not recorded; a baseline says where the record begins anew.
-- blind: who and when (role, actor, use_case, recorded_at) can be altered without contradiction, and so can the whole
--        of an aggregate's history together with its row. It does not look at the columns that hold secrets (the
--        trigger's arguments). It reads the whole history and the rows once, in the
--        order of the key: docs/audit.md has how long that takes.
SET app.tenant_id = '';
SET app.user_id = '';
-- A value's text depends on these; as ventros_history_row has them.
SET "TimeZone" = 'UTC'; SET "DateStyle" = 'ISO'; SET "IntervalStyle" = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1;
WITH aggregate (name) AS (
    VALUES
    -- for each versioned table, with "," between: ('{name}')
    ('agents'),
    ('billing_accounts'),
    ('broadcasts'),
    ('campaign_enrollments'),
    ('campaigns'),
    ('channels'),
    ('chats'),
    ('contact_lists'),
    ('contacts'),
    ('credentials'),
    ('pipeline_statuses'),
    ('pipelines'),
    ('projects'),
    ('sequence_enrollments'),
    ('sequences'),
    ('sessions'),
    ('webhook_subscriptions')
    -- end
), bound AS MATERIALIZED (
    -- Without bounds from before the first tenant, the empty one, to behind the last: none begins with an omega.
    SELECT split_part(after, ' ', 1) AS after_tenant, split_part(after, ' ', 2) AS after_name,
           split_part(after, ' ', 3)::uuid AS after_id, split_part(upto, ' ', 1) AS upto_tenant,
           split_part(upto, ' ', 2) AS upto_name, split_part(upto, ' ', 3)::uuid AS upto_id
      FROM coalesce(nullif(current_setting('ventros.after', true), ''), '  00000000-0000-0000-0000-000000000000') AS after,
           coalesce(nullif(current_setting('ventros.upto', true), ''),
                    chr(969) || ' - ffffffff-ffff-ffff-ffff-ffffffffffff') AS upto
), recorder AS MATERIALIZED (
    -- Of each table the rows from the first to the last id of the first and the last tenant.
    SELECT aggregate.name, trigger.tgenabled IN ('O', 'A') AS enabled,
           CASE WHEN after_name = aggregate.name THEN after_id WHEN after_name < aggregate.name
                THEN '00000000-0000-0000-0000-000000000000' ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff' END::uuid AS first,
           CASE WHEN upto_name = aggregate.name THEN upto_id WHEN upto_name < aggregate.name
                THEN '00000000-0000-0000-0000-000000000000' ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff' END::uuid AS last
      FROM bound, aggregate
      JOIN pg_trigger AS trigger ON trigger.tgrelid = to_regclass(aggregate.name)
       AND trigger.tgfoid = to_regproc('ventros_record_history')
), entry (tenant_id, name, id, version, kind, before, after) AS (
    -- The history, and behind each aggregate's the row itself. One sort and window functions over it, and no join of
    -- one with the other, which the planner could take for small and do row by row.
    SELECT tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, before, after
      FROM aggregate_history
     WHERE (tenant_id, aggregate_table, aggregate_id) > (SELECT after_tenant, after_name, after_id FROM bound)
       AND (tenant_id, aggregate_table, aggregate_id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    -- for each versioned table, with "" between: UNION ALL SELECT {tenant}, '{name}', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT {columns} FROM {name}) AS stored WHERE '{name}' IN (SELECT name FROM recorder WHERE enabled) AND ({tenant}, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = '{name}') AND ({tenant}, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = '{name}') AND ({tenant}, '{name}', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND ({tenant}, '{name}', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'agents', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT tenant_id, id, project_id, user_id, name, email, type, status, role, active, permissions, virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version FROM agents) AS stored WHERE 'agents' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'agents') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'agents') AND (tenant_id, 'agents', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'agents', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT 'user:' || user_id, 'billing_accounts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM billing_accounts) AS stored WHERE 'billing_accounts' IN (SELECT name FROM recorder WHERE enabled) AND ('user:' || user_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'billing_accounts') AND ('user:' || user_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'billing_accounts') AND ('user:' || user_id, 'billing_accounts', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND ('user:' || user_id, 'billing_accounts', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'broadcasts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM broadcasts) AS stored WHERE 'broadcasts' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'broadcasts') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'broadcasts') AND (tenant_id, 'broadcasts', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'broadcasts', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'campaign_enrollments', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM campaign_enrollments) AS stored WHERE 'campaign_enrollments' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'campaign_enrollments') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'campaign_enrollments') AND (tenant_id, 'campaign_enrollments', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'campaign_enrollments', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'campaigns', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM campaigns) AS stored WHERE 'campaigns' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'campaigns') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'campaigns') AND (tenant_id, 'campaigns', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'campaigns', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'channels', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT tenant_id, id, user_id, project_id, name, type, status, external_id, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, version, suspended_from FROM channels) AS stored WHERE 'channels' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'channels') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'channels') AND (tenant_id, 'channels', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'channels', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'chats', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM chats) AS stored WHERE 'chats' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'chats') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'chats') AND (tenant_id, 'chats', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'chats', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'contact_lists', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM contact_lists) AS stored WHERE 'contact_lists' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'contact_lists') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'contact_lists') AND (tenant_id, 'contact_lists', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'contact_lists', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'contacts', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM contacts) AS stored WHERE 'contacts' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'contacts') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'contacts') AND (tenant_id, 'contacts', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'contacts', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'credentials', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT tenant_id, id, project_id, credential_type, name, description, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at, version FROM credentials) AS stored WHERE 'credentials' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'credentials') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'credentials') AND (tenant_id, 'credentials', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'credentials', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'pipeline_statuses', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM pipeline_statuses) AS stored WHERE 'pipeline_statuses' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'pipeline_statuses') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'pipeline_statuses') AND (tenant_id, 'pipeline_statuses', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'pipeline_statuses', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'pipelines', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM pipelines) AS stored WHERE 'pipelines' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'pipelines') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'pipelines') AND (tenant_id, 'pipelines', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'pipelines', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'projects', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM projects) AS stored WHERE 'projects' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'projects') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'projects') AND (tenant_id, 'projects', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'projects', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'sequence_enrollments', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM sequence_enrollments) AS stored WHERE 'sequence_enrollments' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'sequence_enrollments') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'sequence_enrollments') AND (tenant_id, 'sequence_enrollments', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'sequence_enrollments', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'sequences', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM sequences) AS stored WHERE 'sequences' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'sequences') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'sequences') AND (tenant_id, 'sequences', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'sequences', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'sessions', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT * FROM sessions) AS stored WHERE 'sessions' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'sessions') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'sessions') AND (tenant_id, 'sessions', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'sessions', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    UNION ALL SELECT tenant_id, 'webhook_subscriptions', id, version, 'row', NULL, to_jsonb(stored) - 'version' FROM (SELECT tenant_id, id, user_id, project_id, name, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version FROM webhook_subscriptions) AS stored WHERE 'webhook_subscriptions' IN (SELECT name FROM recorder WHERE enabled) AND (tenant_id, id) >= (SELECT after_tenant, first FROM bound, recorder WHERE name = 'webhook_subscriptions') AND (tenant_id, id) <= (SELECT upto_tenant, last FROM bound, recorder WHERE name = 'webhook_subscriptions') AND (tenant_id, 'webhook_subscriptions', id) > (SELECT after_tenant, after_name, after_id FROM bound) AND (tenant_id, 'webhook_subscriptions', id) <= (SELECT upto_tenant, upto_name, upto_id FROM bound)
    -- end
), step AS (
    SELECT *, lag(version) OVER earlier AS previous, lag(after IS NOT NULL) OVER earlier AS was_there,
           lead(version) OVER earlier IS NULL AS is_last,
           count(*) FILTER (WHERE kind IN ('insert', 'baseline')) OVER earlier AS beginnings
      FROM entry
    WINDOW earlier AS (PARTITION BY tenant_id, name, id ORDER BY kind = 'row', version)
), replayed AS (
    -- base is what the record last began with, document the row; fault what is wrong with the step as such.
    SELECT tenant_id, name, id, version, kind, beginnings, before, after,
           CASE WHEN beginnings > 0 THEN first_value(after) OVER since END AS base,
           last_value(CASE kind WHEN 'row' THEN after END) OVER since AS document,
           CASE WHEN kind = 'row' AND previous IS NULL THEN format('was never recorded, and is at version %s', version)
                WHEN kind = 'row' AND (previous <> version OR NOT was_there)
                THEN format('is at version %s, while its history ends with %s%s', version, previous,
                            CASE WHEN NOT was_there THEN ' and its removal' END)
                WHEN kind IN ('row', 'baseline') OR kind = 'insert' AND version = 1 AND previous IS NULL
                  OR kind IN ('update', 'delete') AND previous = version - 1 AND was_there THEN NULL
                WHEN previous IS NULL THEN format('begins with %s to version %s, without a baseline', kind, version)
                WHEN NOT was_there THEN format('has version %s after its removal', version)
                ELSE format('has version %s after version %s', version, previous) END AS fault,
           CASE WHEN kind <> 'row' AND is_last AND after IS NOT NULL AND name IN (SELECT name FROM recorder WHERE enabled)
                THEN format('is gone, while its history ends with version %s', version) END AS gone,
           CASE WHEN kind = 'row' AND version <= previous THEN 'restore the row: it is older than its history'
                WHEN kind = 'row'
                THEN 'find out who wrote past the triggers; then ventros history enable, which writes a baseline' END AS mend
      FROM step
    WINDOW since AS (PARTITION BY tenant_id, name, id, beginnings ORDER BY kind = 'row', version
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
), changed AS (
    -- Of a row only what is not as its base, which is little.
    SELECT tenant_id, name, id, version, kind, fault, gone, mend, key, is_stored, stored, was, became, began,
           row_number() OVER earlier > 1 AS is_known, lag(became) OVER earlier AS known,
           lead(version) OVER earlier IS NULL AS is_last
      FROM replayed
      LEFT JOIN LATERAL (
           SELECT key, document ? key AS is_stored, document -> key AS stored, before -> key AS was, after -> key AS became,
                  base -> key AS began
             FROM jsonb_each(CASE WHEN kind IN ('update', 'delete') THEN coalesce(before, '{}') || coalesce(after, '{}')
                                  WHEN kind = 'row' AND after <> base THEN after END)
            WHERE kind <> 'row' OR value IS DISTINCT FROM base -> key
           OFFSET 0) AS one ON true
     WHERE key IS NOT NULL OR fault IS NOT NULL OR gone IS NOT NULL
    WINDOW earlier AS (PARTITION BY tenant_id, name, id, beginnings, key ORDER BY kind = 'row', version)
), doubtful AS (
    SELECT *, CASE kind WHEN 'row' THEN CASE WHEN is_known THEN known IS DISTINCT FROM became ELSE began IS NOT NULL END
                        ELSE is_last AND is_stored AND became IS DISTINCT FROM stored END AS differs,
           kind <> 'row' AND CASE WHEN is_known THEN known ELSE began END <> coalesce(was, 'null') AS is_broken
      FROM changed
), judged AS (
    SELECT tenant_id, name, id, version, key, wrong.*
      FROM doubtful, LATERAL (VALUES
           (1, CASE WHEN kind <> 'row' THEN fault END,
            'find out who wrote past the triggers, or deleted from the history; to begin anew: docs/history.md'),
           (2, CASE WHEN is_broken THEN 'has %s before version %s not as the record had left it' END,
            'find out who wrote past the triggers, or altered the history; to begin anew: docs/history.md'),
           (3, CASE kind WHEN 'row' THEN fault ELSE gone END,
            coalesce(mend, 'find out who wrote past the triggers; then ventros history enable, which writes a baseline')),
           (4, CASE WHEN differs THEN 'differs from its replayed history in %s' END,
            'ventros history disable; set the row right, with version = version + 1; ventros history enable')
           ) AS wrong (rank, text, mend)
     WHERE (fault IS NOT NULL OR gone IS NOT NULL OR differs OR is_broken) AND text IS NOT NULL
), first AS (
    SELECT DISTINCT ON (tenant_id, name, id) tenant_id, name, id, mend,
           CASE WHEN rank IN (2, 4) THEN format(text, string_agg(DISTINCT key, ', ' ORDER BY key), max(version)) ELSE text END AS text
      FROM judged
     GROUP BY tenant_id, name, id, rank, text, mend, CASE rank WHEN 4 THEN 0 ELSE version END
     ORDER BY tenant_id, name, id, rank, text
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM first
)
SELECT format('%s %s', name, id) AS subject,
       format('the history of %s %s%s: it %s', name, id, ' of tenant ' || nullif(tenant_id, ''), text) AS finding,
       format('SELECT * FROM aggregate_history WHERE tenant_id = %L AND aggregate_table = %L AND aggregate_id = %L '
              'ORDER BY aggregate_version;', tenant_id, name, id) AS see,
       mend
  FROM ranked
 WHERE nth <= most
UNION ALL
SELECT name, format('%s more of %s are at fault', at_fault - most, name), 'SET ventros.most = ''1000'';',
       'the same, once they are shown'
  FROM ranked
 WHERE nth = most + 1
UNION ALL
SELECT name, format('the table %s is not recorded, while others are', name),
       'SELECT tgrelid::regclass, tgenabled FROM pg_trigger WHERE tgname = ''history'';', 'ventros history enable'
  FROM aggregate
 WHERE EXISTS (SELECT FROM recorder) AND nullif(current_setting('ventros.upto', true), '') IS NULL
   AND name NOT IN (SELECT name FROM recorder WHERE enabled)
 ORDER BY 1;
